#include <algorithm>
#include <charconv>

#include "actors/inspection/core/trace_tree.hpp"
#include "actors/inspection/desk.hpp"
#include "actors/inspection/shown.hpp"
#include "actors/system/type_names.hpp"

// What was: dead actors and traces.
namespace jobraker::inspection {
namespace {

constexpr std::size_t spans_shown = 5000;
constexpr std::size_t name_shown = 300;

using Micros = std::chrono::microseconds;

Time died_at(const DeadActor& dead) { return std::chrono::time_point_cast<Micros>(dead.died_at); }

/// Time of death and id, which together are unique.
struct DeathCursor {
  std::int64_t at_us = 0;
  std::uint64_t id = 0;

  static DeathCursor of(const DeadActor& dead) {
    return {died_at(dead).time_since_epoch().count(), dead.figures.id};
  }
  std::string text() const { return std::to_string(at_us) + "-" + std::to_string(id); }
  static std::optional<DeathCursor> parse(std::string_view text) {
    DeathCursor out;
    const auto dash = text.find('-');
    if (dash == std::string_view::npos)
      return std::nullopt;
    const auto* end = text.data() + text.size();
    const auto at = std::from_chars(text.data(), text.data() + dash, out.at_us);
    const auto id = std::from_chars(text.data() + dash + 1, end, out.id);
    if (at.ec != std::errc{} || at.ptr != text.data() + dash || id.ec != std::errc{} ||
        id.ptr != end)
      return std::nullopt;
    return out;
  }
  /// The latest first.
  bool before(const DeathCursor& other) const {
    return at_us != other.at_us ? at_us > other.at_us : id > other.id;
  }
};

std::string span_name(const Span& span) {
  return span.kind == SpanKind::message ? message_type_name(span.name)
                                        : short_line(span.name, name_shown);
}

std::string span_text(std::uint64_t id) {
  Trace trace;
  set_span_id(trace, id);
  return trace.header().substr(36, 16);
}

TraceSpan shown(const PlacedSpan& placed, std::int64_t first_ns, const Paths& paths) {
  const auto& span = placed.span;
  TraceSpan out;
  out.id = span_text(span.id);
  if (placed.parent != 0)
    out.parent = span_text(placed.parent);
  out.kind = to_string(span.kind);
  out.name = span_name(span);
  out.actor = path_in(paths, span.actor);
  out.sender = path_in(paths, span.sender);
  out.start_us = (span.began_ns - first_ns) / 1000;
  out.wait_us = static_cast<std::int64_t>(span.wait_ns / 1000);
  out.run_us = static_cast<std::int64_t>(span.run_ns / 1000);
  out.failed = span.failed;
  out.depth = placed.depth;
  return out;
}

}  // namespace

Result<DeadActorPage> dead_actors(const Scanner& scanner, const ActorRegistry& registry,
                                  const GetDeadActors& query) {
  std::optional<DeathCursor> after;
  if (query.cursor && !(after = DeathCursor::parse(*query.cursor)))
    return fail(Errc::invalid, "the cursor is not one of this list");
  auto dead = registry.dead();
  std::sort(dead.begin(), dead.end(), [](const DeadActor& a, const DeadActor& b) {
    return DeathCursor::of(a).before(DeathCursor::of(b));
  });
  const WallClock clock;
  const auto limit = static_cast<std::size_t>(std::clamp<std::int64_t>(query.limit, 1, 1000));
  std::unordered_set<std::uint64_t> senders;
  std::vector<const DeadActor*> page;
  DeadActorPage out;
  for (const auto& one : dead) {
    if ((query.crashed && *query.crashed != one.crashed) ||
        (after && !after->before(DeathCursor::of(one))))
      continue;
    if (page.size() == limit) {
      out.next = DeathCursor::of(*page.back()).text();
      break;
    }
    page.push_back(&one);
    for (const auto& span : one.last_messages)
      senders.insert(span.sender);
  }
  const auto paths = scanner.paths_of(senders);
  for (const auto* one : page) {
    auto& row = out.items.emplace_back();
    row.path = one->figures.path;
    row.kind = one->figures.kind;
    row.reason = one->reason;
    row.crashed = one->crashed;
    row.born_at = unix_time(one->figures.born_s);
    row.died_at = died_at(*one);
    row.messages = static_cast<std::int64_t>(one->figures.handled);
    row.failures = one->figures.failures;
    for (const auto& span : one->last_messages)
      row.last_messages.push_back(seen(span, paths, clock));
  }
  return out;
}

TraceList list_traces(const GetTraces& query) {
  const WallClock clock;
  auto traces =
    summarise(find_spans([](const Span& span) { return span.trace != decltype(span.trace){}; }));
  const auto slowest = query.slowest.value_or(false);
  std::sort(traces.begin(), traces.end(), [&](const TraceSummary& a, const TraceSummary& b) {
    const auto [x, y] = slowest ? std::pair{a.ended_ns - a.began_ns, b.ended_ns - b.began_ns}
                                : std::pair{a.began_ns, b.began_ns};
    return x != y ? x > y : a.trace < b.trace;
  });
  TraceList out;
  for (const auto& trace : traces) {
    if (out.items.size() == static_cast<std::size_t>(query.limit))
      break;
    if (query.failed && *query.failed != trace.failed)
      continue;
    auto name = span_name(trace.root);
    if (query.name && name.find(*query.name) == std::string::npos)
      continue;
    out.items.push_back({*trace_text(trace.trace), std::move(name), clock.at(trace.began_ns),
                         (trace.ended_ns - trace.began_ns) / 1000,
                         static_cast<std::int64_t>(trace.spans), trace.failed});
  }
  return out;
}

Result<TraceView> trace_view(const Scanner& scanner, const std::string& trace_id) {
  const auto wanted = Trace::parse("00-" + trace_id + "-0000000000000001-01");
  if (!wanted || trace_id.size() != 32)
    return fail(Errc::not_found, "there is no such trace");
  const WallClock clock;
  auto tree = build_trace(
    find_spans([&](const Span& span) { return span.trace == wanted->trace_id; }), spans_shown);
  if (tree.spans.empty())
    return fail(Errc::not_found, "nothing is remembered of this trace");
  std::unordered_set<std::uint64_t> actors;
  auto first_ns = tree.spans.front().span.began_ns;
  for (const auto& placed : tree.spans) {
    first_ns = std::min(first_ns, placed.span.began_ns);
    actors.insert(placed.span.actor);
    actors.insert(placed.span.sender);
  }
  const auto paths = scanner.paths_of(actors);
  TraceView out;
  out.trace_id = trace_id;
  out.at = clock.at(first_ns);
  out.truncated = tree.truncated || spans_lost(wanted->trace_id);
  for (const auto& placed : tree.spans) {
    out.spans.push_back(shown(placed, first_ns, paths));
    if (placed.span.kind == SpanKind::event)
      out.events.push_back({std::string{placed.span.name}, {}, {}, clock.at(placed.span.began_ns)});
  }
  return out;
}

}  // namespace jobraker::inspection
