#include "actors/inspection/inspector_actor.hpp"

#include "actors/inspection/actions.hpp"
#include "actors/inspection/desk.hpp"
#include "actors/inspection/overview.hpp"
#include "actors/system/admin_only.hpp"
#include "actors/system/observed.hpp"
#include "actors/system/summary.hpp"
#include "messages/codec.hpp"
#include "storage/audit.hpp"
#include "storage/databases.hpp"

namespace jobraker {
namespace {

using inspection::Inspection;

struct InspectorState {
  static inline const char* name = "inspector";
  Services* services = nullptr;
  Inspection* inspection = nullptr;
  std::int64_t answered = 0;

  std::string summary() const {
    return Summary{}
      .with("answered", answered)
      .with("alarms", inspection->lookout.alarms().size())
      .text();
  }
};

using Self = Shell<InspectorState, InspectorActor>;

/// Answers with what `work(context)`, a coroutine, gives.
template <class T, class Work>
caf::result<T> answer_with(Self* self, const Context& context, Work work) {
  if (auto may = admin_only(context); !may)
    return to_caf(may.error());
  ++self->state.answered;
  return self->answer<T>(self->state.services->io, std::move(work));
}

/// Answers with what `look()` finds, as JSON, both made on the pool.
template <class Look>
caf::result<JsonText> looked_up(Self* self, const Context& context, Look look) {
  return answer_with<JsonText>(
    self, context, [&i = *self->state.inspection, look]() -> task<Result<JsonText>> {
      co_return co_await i.pool.run<JsonText>([&i, look]() -> Result<JsonText> {
        auto found = look(i);
        if (!found)
          return fail(std::move(found.error()));
        return JsonText{json::encode(*found)};
      });
    });
}

task<Result<JsonText>> text_of(task<Result<std::string>> work) {
  auto text = co_await std::move(work);
  if (!text)
    co_return fail(std::move(text.error()));
  co_return JsonText{std::move(*text)};
}

/// A trace with what PostgreSQL knows of it, as far as it is there.
task<Result<JsonText>> whole_trace(Services& services, Inspection& inspection, Context context,
                                   std::string id) {
  auto view = co_await inspection.pool.run<TraceView>(
    [&] { return inspection::trace_view(inspection.scanner, id); });
  if (!view)
    co_return fail(std::move(view.error()));
  storage::Until session{services.databases.here(), context.deadline};
  // The log is written some time after the call.
  auto calls = co_await storage::calls_of_trace(session, id, view->at - std::chrono::minutes{1},
                                                view->at + std::chrono::hours{1});
  if (calls)
    view->model_calls = std::move(*calls);
  co_return co_await inspection.pool.run<JsonText>(
    [&]() -> Result<JsonText> { return JsonText{json::encode(*view)}; });
}

task<Result<JsonText>> audit(Services& services, Context context, GetAudit query) {
  storage::Until session{services.databases.here(), context.deadline};
  auto page = co_await storage::list_audit(session, std::move(query));
  if (!page)
    co_return fail(std::move(page.error()));
  co_return JsonText{json::encode(*page)};
}

caf::result<JsonText> dead(Self* self, const Context& c, const GetDeadActors& m) {
  return looked_up(
    self, c, [m](Inspection& i) { return inspection::dead_actors(i.scanner, i.registry, m); });
}

caf::result<JsonText> tree(Self* self, const Context& c, const GetActorTree& m) {
  return looked_up(self, c, [m](Inspection& i) -> Result<ActorTree> {
    return inspection::actor_tree(i.scanner, m);
  });
}

caf::result<JsonText> alarms(Self* self, const Context& c) {
  return looked_up(
    self, c, [](Inspection& i) -> Result<AlarmList> { return AlarmList{i.lookout.alarms()}; });
}

caf::result<JsonText> traces(Self* self, const Context& c, const GetTraces& m) {
  return looked_up(self, c,
                   [m](Inspection&) -> Result<TraceList> { return inspection::list_traces(m); });
}

caf::result<JsonText> show(Self* self, const Context& c, const GetActor& m) {
  return answer_with<JsonText>(self, c, [&i = *self->state.inspection, m] {
    return text_of(inspection::look_with_summary(i, m.path));
  });
}

caf::result<ActionDone> act(Self* self, const Context& c, const ActOnActor& m) {
  return answer_with<ActionDone>(self, c,
                                 [&s = *self->state.services, &i = *self->state.inspection, c, m] {
                                   return inspection::act(s, i, c, m);
                                 });
}

caf::result<JsonText> trace(Self* self, const Context& c, const GetTrace& m) {
  return answer_with<JsonText>(self, c,
                               [&s = *self->state.services, &i = *self->state.inspection, c, m] {
                                 return whole_trace(s, i, c, m.trace_id);
                               });
}

caf::result<JsonText> stand(Self* self, const Context& c) {
  return answer_with<JsonText>(self, c,
                               [&s = *self->state.services, &i = *self->state.inspection, c] {
                                 return text_of(inspection::overview(s, i, c));
                               });
}

InspectorActor::behavior_type inspector(Self* self, Services* services, Inspection* inspection) {
  self->state.services = services;
  self->state.inspection = inspection;
  return {
    [self](const Context& c, const GetActors& m) {
      return looked_up(self, c,
                       [m](Inspection& i) { return inspection::list_actors(i.scanner, m); });
    },
    [self](const Context& c, const GetActorTree& m) { return tree(self, c, m); },
    [self](const Context& c, const GetActor& m) { return show(self, c, m); },
    [self](const Context& c, const GetDeadActors& m) { return dead(self, c, m); },
    [self](const Context& c, const ActOnActor& m) { return act(self, c, m); },
    [self](const Context& c, const GetAlarms&) { return alarms(self, c); },
    [self](const Context& c, const GetTraces& m) { return traces(self, c, m); },
    [self](const Context& c, const GetTrace& m) { return trace(self, c, m); },
    [self](const Context& c, const GetAudit& m) {
      return answer_with<JsonText>(self, c,
                                   [&s = *self->state.services, c, m] { return audit(s, c, m); });
    },
    [self](const Context& c, const GetOverview&) { return stand(self, c); },
  };
}

}  // namespace

InspectorActor start_inspector(Services& services, Inspection& inspection,
                               const std::string& path) {
  return services.system.spawn(path, "inspector", inspector, &services, &inspection);
}

}  // namespace jobraker
