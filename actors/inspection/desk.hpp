#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/inspection/scan.hpp"
#include "messages/inspection.hpp"
#include "messages/result.hpp"

namespace jobraker::inspection {

/// What is answered about actors and traces. All of these take milliseconds when there are many
/// actors: to be called on a work pool. Any thread.
Result<ActorPage> list_actors(Scanner& scanner, const GetActors& query);

/// One level of the tree.
ActorTree actor_tree(Scanner& scanner, const GetActorTree& query);

/// One actor, but for what it says of itself.
struct ActorLook {
  ActorRow row{};
  HandlerTimes times{};
  std::vector<SeenMessage> messages{};  ///< the newest first
  std::vector<PendingEffect> pending{};
  std::int64_t children = 0;
};
Result<ActorLook> look_at(Scanner& scanner, const ActorRegistry& registry, std::string_view path);

/// The look as JSON, with the actor's own summary (a JSON object) or why there is none.
std::string look_json(const ActorLook& look, const std::optional<std::string>& summary,
                      const std::string& note);

/// Those that have ended. Errc::invalid for a cursor that is none.
Result<DeadActorPage> dead_actors(const Scanner& scanner, const ActorRegistry& registry,
                                  const GetDeadActors& query);

/// Traces that are still remembered.
TraceList list_traces(const GetTraces& query);

/// One trace, without what PostgreSQL knows of it. Errc::not_found when nothing is remembered.
Result<TraceView> trace_view(const Scanner& scanner, const std::string& trace_id);

}  // namespace jobraker::inspection
