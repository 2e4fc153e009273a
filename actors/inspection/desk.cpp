#include "actors/inspection/desk.hpp"

#include <algorithm>

#include "actors/inspection/core/paths.hpp"
#include "actors/inspection/core/tree.hpp"
#include "actors/inspection/shown.hpp"
#include "messages/codec.hpp"

namespace jobraker::inspection {
namespace {

constexpr std::size_t children_shown = 1000;
constexpr std::size_t messages_shown = 32;
constexpr std::size_t pending_shown = 100;
constexpr std::size_t name_shown = 300;

std::vector<SeenMessage> seen_by(const Scanner& scanner, const std::vector<Span>& spans,
                                 const WallClock& clock) {
  std::unordered_set<std::uint64_t> senders;
  for (const auto& span : spans)
    if (span.sender != 0)
      senders.insert(span.sender);
  const auto paths = scanner.paths_of(senders);
  std::vector<SeenMessage> out;
  for (const auto& span : spans)
    out.push_back(seen(span, paths, clock));
  return out;
}

std::vector<PendingEffect> effects_of(std::uint64_t actor, const std::vector<Pending>& pending,
                                      const WallClock& clock) {
  std::vector<const Pending*> own;
  for (const auto& one : pending)
    if (one.cause.actor == actor)
      own.push_back(&one);
  std::sort(own.begin(), own.end(),
            [](const auto* a, const auto* b) { return a->began_ns < b->began_ns; });
  if (own.size() > pending_shown)
    own.resize(pending_shown);
  std::vector<PendingEffect> out;
  for (const auto* one : own)
    out.push_back({std::string{to_string(one->kind)}, short_line(one->name, name_shown),
                   std::max<std::int64_t>(0, (clock.steady_ns() - one->began_ns) / 1000),
                   trace_text(one->cause.trace)});
  return out;
}

HandlerTimes times_of(const ActorFigures& figures) {
  HandlerTimes out;
  out.bounds_us.assign(handler_bounds_us.begin(), handler_bounds_us.end());
  out.counts.assign(figures.histogram.begin(), figures.histogram.end());
  return out;
}

}  // namespace

Result<ActorPage> list_actors(Scanner& scanner, const GetActors& query) {
  const WallClock clock;
  const auto pending = oldest_pending(pending_spans());
  auto selector = RowSelector::make(query, clock.steady_ns(), pending);
  if (!selector)
    return fail(std::move(selector.error()));
  scanner.scan([&](const Sample& sample) { selector->offer(sample); });
  auto chosen = selector->finish();
  ActorPage page;
  page.at = clock.time();
  page.total = chosen.total;
  page.next = std::move(chosen.next);
  for (const auto& row : chosen.rows)
    page.items.push_back(to_row(row, pending, clock));
  return page;
}

ActorTree actor_tree(Scanner& scanner, const GetActorTree& query) {
  const WallClock clock;
  TreeLevel level{query.path.value_or("/"), children_shown};
  scanner.scan([&](const Sample& sample) { level.offer(sample); });
  auto children = level.finish();
  return {level.place(), std::move(children.branches), children.total, clock.time()};
}

Result<ActorLook> look_at(Scanner& scanner, const ActorRegistry& registry, std::string_view path) {
  const WallClock clock;
  const auto place = normal_path(path);
  const auto figures = registry.find(place);
  if (!figures)
    return fail(Errc::not_found, "no actor lives at " + place);
  const auto pending = pending_spans();
  const auto oldest = oldest_pending(pending);
  ActorLook look;
  Chosen chosen;
  scanner.scan([&](const Sample& sample) {
    if (sample.id == figures->id)
      chosen.sample = sample;
    else if (is_under(sample.path, place) && sample.path.size() > place.size())
      ++look.children;
  });
  if (chosen.sample.id == 0)
    return fail(Errc::not_found, "the actor has just ended");
  chosen.path = place;
  look.row = to_row(chosen, oldest, clock);
  look.times = times_of(*figures);
  look.messages = seen_by(scanner, last_messages(figures->id, messages_shown), clock);
  look.pending = effects_of(figures->id, pending, clock);
  return look;
}

std::string look_json(const ActorLook& look, const std::optional<std::string>& summary,
                      const std::string& note) {
  json::Writer w;
  w.begin_object().key("actor");
  json::write(w, look.row);
  w.key("summary");
  if (summary)
    w.raw(*summary);
  else
    w.null();
  w.key("summary_note");
  if (note.empty())
    w.null();
  else
    w.value(std::string_view{note});
  w.key("handler_histogram");
  json::write(w, look.times);
  w.key("messages");
  json::write(w, look.messages);
  w.key("pending");
  json::write(w, look.pending);
  w.member("children", look.children).end_object();
  return w.text();
}

}  // namespace jobraker::inspection
