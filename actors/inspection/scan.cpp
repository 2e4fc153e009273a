#include "actors/inspection/scan.hpp"

#include "actors/inspection/core/paths.hpp"
#include "actors/inspection/shown.hpp"
#include "actors/system/type_names.hpp"

namespace jobraker::inspection {
namespace {

constexpr std::int64_t rates_kept_ns = 30'000'000'000;
/// Cells between two looks at the clock.
constexpr std::size_t cells_a_look = 256;

void add(Totals& sum, const Sample& s, const Rates::Delta& delta) {
  ++sum.actors;
  sum.running += s.running ? 1 : 0;
  sum.mailbox += static_cast<std::int64_t>(s.mailbox);
  sum.messages += static_cast<std::int64_t>(s.handled);
  sum.failures += s.failures;
  sum.restarts += s.restarts;
  sum.lately += delta.messages;
  sum.busy_lately += delta.busy_ns;
}

}  // namespace

Scan Scanner::scan(const std::function<void(const Sample&)>& look) {
  std::lock_guard guard{mutex_};
  auto now_ns = steady_nanoseconds();
  Scan out;
  out.names = registry_.kinds();
  out.kinds.resize(out.names.size());
  rates_.begin(now_ns, registry_.size());
  out.seconds = rates_.seconds();
  std::size_t cells = 0;
  registry_.visit([&](const ActorCell& cell) {
    if (cells++ % cells_a_look == 0)
      now_ns = steady_nanoseconds();
    Sample s{registry_.figures(cell, static_cast<std::uint64_t>(now_ns) / 1000),
             {cell.path, cell.path_size}};
    if (cell.kind < out.names.size())
      s.kind = out.names[cell.kind];
    const auto delta = rates_.note(s.id, s.handled, s.busy_ns);
    s.rated = delta.known && out.seconds > 0;
    if (s.rated)
      s.rate = static_cast<double>(delta.messages) / out.seconds;
    add(out.all, s, delta);
    if (cell.kind < out.kinds.size())
      add(out.kinds[cell.kind], s, delta);
    look(s);
  });
  rates_.end();
  return out;
}

void Scanner::tidy(std::int64_t now_ns) {
  // Whoever scans has the lock, and then nothing is too old.
  std::unique_lock guard{mutex_, std::try_to_lock};
  if (guard && rates_.remembered_ns() != 0 && now_ns - rates_.remembered_ns() > rates_kept_ns)
    rates_.forget();
}

std::unordered_map<std::uint64_t, std::string>
Scanner::paths_of(const std::unordered_set<std::uint64_t>& ids) const {
  std::unordered_map<std::uint64_t, std::string> out;
  if (!ids.empty())
    registry_.visit([&](const ActorCell& cell) {
      if (ids.contains(cell.actor_id))
        out.emplace(cell.actor_id, std::string{cell.path, cell.path_size});
    });
  return out;
}

ActorRow to_row(const Chosen& chosen, const OldestPending& pending, const WallClock& clock) {
  const auto& s = chosen.sample;
  ActorRow row;
  row.path = chosen.path;
  row.kind = s.kind;
  row.parent = parent_of(chosen.path);
  const auto waits = pending.find(s.id);
  row.state = state_of(s, waits != pending.end());
  if (waits != pending.end())
    row.waiting_on = waiting_text(waits->second.kind, waits->second.name);
  row.mailbox = static_cast<std::int64_t>(s.mailbox);
  row.messages = static_cast<std::int64_t>(s.handled);
  if (s.rated)
    row.rate = s.rate;
  row.failures = s.failures;
  row.dropped = s.dropped;
  row.restarts = s.restarts;
  row.busy_us = static_cast<std::int64_t>(s.busy_ns / 1000);
  row.wait_us_mean = static_cast<std::int64_t>(mean_wait_us(s));
  if (s.last_type && s.last_ns != 0)
    row.last_message = TakenMessage{message_type_name(s.last_type), clock.at(s.last_ns)};
  if (s.running)
    row.running_us = running_us(s, clock.steady_ns());
  row.born_at = unix_time(s.born_s);
  if (s.bytes > 0)
    row.bytes = static_cast<std::int64_t>(s.bytes);
  return row;
}

std::optional<std::string> trace_text(const std::array<std::uint8_t, 16>& trace) {
  if (trace == std::array<std::uint8_t, 16>{})
    return std::nullopt;
  Trace id;
  id.trace_id = trace;
  return id.id();
}

std::optional<std::string> path_in(const Paths& paths, std::uint64_t id) {
  const auto known = paths.find(id);
  return known == paths.end() ? std::nullopt : std::optional{known->second};
}

SeenMessage seen(const Span& span, const Paths& paths, const WallClock& clock) {
  SeenMessage out;
  out.at = clock.at(span.began_ns);
  out.type = message_type_name(span.name);
  out.sender = path_in(paths, span.sender);
  out.bytes = static_cast<std::int64_t>(message_size(span.name));
  out.wait_us = static_cast<std::int64_t>(span.wait_ns / 1000);
  out.run_us = static_cast<std::int64_t>(span.run_ns / 1000);
  out.trace_id = trace_text(span.trace);
  out.failed = span.failed;
  return out;
}

}  // namespace jobraker::inspection
