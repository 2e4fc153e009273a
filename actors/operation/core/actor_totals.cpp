#include "actors/operation/core/actor_totals.hpp"

#include <algorithm>
#include <map>

namespace jobraker::operation {
namespace {

/// What has come since; counters that saturate or are read a moment too early never go back.
std::uint64_t since(std::uint64_t now, std::uint64_t before) noexcept {
  return now > before ? now - before : 0;
}

}  // namespace

void ActorTotals::count(const ActorCount& actor, std::unordered_map<std::uint64_t, Seen>& seen) {
  const auto [at, first] = seen.try_emplace(actor.id);
  if (first)
    if (const auto before = seen_.find(actor.id); before != seen_.end())
      at->second = before->second;
  auto& sum = sums_[actor.kind];
  auto& known = at->second;
  sum.messages += since(actor.messages, known.messages);
  sum.failures += since(actor.failures, known.failures);
  sum.busy_ns += since(actor.busy_ns, known.busy_ns);
  known.messages = std::max(known.messages, actor.messages);
  known.failures = std::max(known.failures, actor.failures);
  known.busy_ns = std::max(known.busy_ns, actor.busy_ns);
}

void ActorTotals::look(const std::vector<ActorCount>& living, const std::vector<ActorCount>& dead) {
  for (auto& [kind, sum] : sums_)
    sum.living = sum.mailbox = 0;
  std::unordered_map<std::uint64_t, Seen> seen;
  seen.reserve(living.size() + dead.size());
  for (const auto& actor : living) {
    count(actor, seen);
    auto& sum = sums_[actor.kind];
    ++sum.living;
    sum.mailbox += actor.mailbox;
  }
  for (const auto& actor : dead)
    count(actor, seen);
  seen_ = std::move(seen);
}

void ActorTotals::add_to(Families& families) const {
  const std::map<std::string_view, Sum> ordered{sums_.begin(), sums_.end()};
  const auto each = [&](Family family, auto value) {
    for (const auto& [kind, sum] : ordered)
      family.add(value(sum), {{"kind", kind}});
  };
  each(Family::gauge(families, "jobraker_actors", "Living actors."),
       [](const Sum& sum) { return sum.living; });
  each(Family::gauge(families, "jobraker_actor_mailbox_messages",
                     "Messages that came and were not taken yet."),
       [](const Sum& sum) { return sum.mailbox; });
  each(Family::counter(families, "jobraker_actor_messages_total", "Messages that were handled."),
       [](const Sum& sum) { return sum.messages; });
  each(Family::counter(families, "jobraker_actor_failures_total",
                       "Handlers that were left by an exception."),
       [](const Sum& sum) { return sum.failures; });
  each(Family::counter(families, "jobraker_actor_handler_seconds_total", "Time in handlers."),
       [](const Sum& sum) { return static_cast<double>(sum.busy_ns) / 1e9; });
}

}  // namespace jobraker::operation
