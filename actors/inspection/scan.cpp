#include "actors/inspection/scan.hpp"

#include "actors/inspection/core/paths.hpp"
#include "actors/inspection/shown.hpp"
#include "actors/system/type_names.hpp"

namespace jobraker::inspection {
namespace {

/// Restarts are in no cell; they are read from the registry's list that seldom, which is expensive.
constexpr std::int64_t restarts_every_ns = 30'000'000'000;
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

Sample read_cell(const ActorCell& cell, const std::vector<std::string_view>& kinds,
                 std::uint64_t now_us) {
  constexpr auto relaxed = std::memory_order_relaxed;
  Sample s;
  s.path = {cell.path, cell.path_size};
  if (cell.kind < kinds.size())
    s.kind = kinds[cell.kind];
  s.id = cell.actor_id;
  s.born_s = cell.born_s;
  // In this order: what is taken has come before.
  s.handled = cell.handled.load(relaxed);
  const auto taken_sum = cell.taken_sum_us.load(relaxed);
  const auto came_sum = cell.enqueued_sum_us.load(relaxed);
  const auto came = cell.enqueued.load(relaxed);
  const auto last = cell.last_ns.load(relaxed);
  s.running = (last & 1) != 0;
  s.last_ns = last;
  const auto taken = s.handled + (s.running ? 1 : 0);
  s.mailbox = came > taken ? came - taken : 0;
  const auto waited = static_cast<std::int64_t>(taken_sum + s.mailbox * now_us - came_sum);
  // Read one after the other, the sums may belong to different moments; then there is no figure.
  s.waited_us = waited > 0 ? static_cast<std::uint64_t>(waited) : 0;
  s.failures = cell.failures.load(relaxed);
  s.dropped = cell.dropped.load(relaxed);
  s.awaits = cell.awaits.load(relaxed);
  s.busy_ns = cell.busy_ns.load(relaxed);
  const auto flags = cell.flags.load(relaxed);
  s.paused = (flags & ActorCell::paused) != 0;
  s.draining = (flags & ActorCell::draining) != 0;
  s.last_type = cell.last_type.load(relaxed);
  return s;
}

Scan Scanner::scan(const std::function<void(const Sample&)>& look) {
  std::lock_guard guard{mutex_};
  auto now_ns = steady_nanoseconds();
  refresh_restarts(now_ns);
  Scan out;
  out.names = registry_.kinds();
  out.kinds.resize(out.names.size());
  rates_.begin(now_ns, registry_.size());
  out.seconds = rates_.seconds();
  std::size_t cells = 0;
  registry_.visit([&](const ActorCell& cell) {
    if (cells++ % cells_a_look == 0)
      now_ns = steady_nanoseconds();
    auto s = read_cell(cell, out.names, static_cast<std::uint64_t>(now_ns) / 1000);
    if (!restarts_.empty())
      if (const auto known = restarts_.find(s.id); known != restarts_.end())
        s.restarts = known->second;
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

void Scanner::refresh_restarts(std::int64_t now_ns) {
  if (registry_.crashes() == 0 && !restarts_expected_)
    return;
  if (restarts_at_ns_ != 0 && now_ns - restarts_at_ns_ < restarts_every_ns)
    return;
  restarts_at_ns_ = now_ns;
  restarts_.clear();
  for (const auto& actor : registry_.list())
    if (actor.restarts > 0)
      restarts_.emplace(actor.actor_id, actor.restarts);
}

void Scanner::expect_restart() {
  std::lock_guard guard{mutex_};
  restarts_expected_ = true;
  restarts_at_ns_ = 0;
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
