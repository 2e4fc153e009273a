#include <algorithm>
#include <cstdio>

#include "actors/inspection/core/rows.hpp"
#include "actors/inspection/lookout.hpp"
#include "actors/system/type_names.hpp"

// What the lookout finds worth an alarm.
namespace jobraker::inspection {
namespace {

/// Actors one look names at most; the worst of them become alarms.
constexpr std::size_t found_max = 2000;
constexpr std::chrono::seconds storm_window{60};

/// An actor that stands out, before its words are looked for.
struct Standout {
  AlarmKind kind;
  std::string path;
  std::uint64_t id;
  double value;
  const char* type;
};

std::string in_seconds(double milliseconds) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f s", milliseconds / 1000);
  return text;
}

std::string words(const Standout& one, const OldestPending& pending) {
  if (one.kind == AlarmKind::long_mailbox)
    return std::to_string(static_cast<std::int64_t>(one.value)) + " messages wait";
  auto out = "in the handler of " + (one.type ? message_type_name(one.type) : "a message") +
             " for " + in_seconds(one.value);
  if (const auto waits = pending.find(one.id); waits != pending.end())
    out += ", " + waiting_text(waits->second.kind, waits->second.name) + " under way";
  return out;
}

/// Reads no more of a cell than it must: this runs every second, whoever looks.
std::vector<Standout> standouts(const ActorRegistry& registry, const AlarmBook& book) {
  constexpr auto relaxed = std::memory_order_relaxed;
  const auto now_ns = steady_nanoseconds();
  const auto mailbox_min = static_cast<std::uint64_t>(book.limits(AlarmKind::long_mailbox).clear);
  const auto taken_before =
    now_ns - static_cast<std::int64_t>(book.limits(AlarmKind::long_handler).clear * 1e6);
  std::vector<Standout> out;
  registry.visit([&](const ActorCell& cell) {
    const auto handled = cell.handled.load(relaxed);
    const auto came = cell.enqueued.load(relaxed);
    const auto last = cell.last_ns.load(relaxed);
    const bool running = (last & 1) != 0;
    const bool stuck = running && last < taken_before;
    const bool full = came > handled && came - handled >= mailbox_min;
    if ((!stuck && !full) || out.size() >= found_max)
      return;
    const std::string path{cell.path, cell.path_size};
    if (full)
      out.push_back({AlarmKind::long_mailbox, path, cell.actor_id,
                     static_cast<double>(came - handled - (running ? 1 : 0)), nullptr});
    if (stuck)
      out.push_back({AlarmKind::long_handler, path, cell.actor_id,
                     static_cast<double>(now_ns - last) / 1e6, cell.last_type.load(relaxed)});
  });
  return out;
}

}  // namespace

std::vector<Conspicuous> Lookout::find_conspicuous() {
  const auto found = standouts(registry_, book_);
  std::vector<Conspicuous> out;
  if (found.empty())
    return out;
  const auto pending = oldest_pending(pending_spans());
  for (const auto& one : found)
    out.push_back({one.kind, one.path, one.value, words(one, pending)});
  return out;
}

/// The dead are looked at only when somebody has crashed since the last look.
void Lookout::count_crashes(std::vector<Conspicuous>& found, Time now) {
  const auto since = now - storm_window;
  if (const auto crashes = registry_.crashes(); crashes != crashes_seen_) {
    crashes_seen_ = crashes;
    crashes_.clear();
    for (const auto& dead : registry_.dead())
      if (dead.crashed)
        crashes_[dead.figures.path].push_back(
          std::chrono::time_point_cast<std::chrono::microseconds>(dead.died_at));
  }
  for (auto at = crashes_.begin(); at != crashes_.end();) {
    std::erase_if(at->second, [&](Time when) { return when < since; });
    at = at->second.empty() ? crashes_.erase(at) : std::next(at);
  }
  for (const auto& [path, times] : crashes_)
    found.push_back({AlarmKind::restart_storm, path, static_cast<double>(times.size()),
                     std::to_string(times.size()) + " crashes within a minute"});
}

void Lookout::check_alarms() {
  std::lock_guard checking{checking_};
  const auto time = now();
  auto found = find_conspicuous();
  count_crashes(found, time);
  std::lock_guard guard{mutex_};
  found.insert(found.end(), stale_.begin(), stale_.end());
  announce(book_.look(time, found));
}

}  // namespace jobraker::inspection
