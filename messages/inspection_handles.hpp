#pragma once

#include "messages/actor.hpp"
#include "messages/chat_desk.hpp"
#include "messages/inspection.hpp"

namespace jobraker {

/// `/system/inspector`: for operators only (forbidden otherwise). Answers are JSON: they are made
/// where there is time for it.
using InspectorActor = caf::typed_actor<
  // ActorPage; invalid: a cursor that is none.
  caf::replies_to<Context, GetActors>::with<JsonText>,
  // ActorTree.
  caf::replies_to<Context, GetActorTree>::with<JsonText>,
  // not_found: nobody lives there.
  caf::replies_to<Context, GetActor>::with<JsonText>,
  // DeadActorPage.
  caf::replies_to<Context, GetDeadActors>::with<JsonText>,
  // Done after its audit row is committed. invalid: not confirmed; not_found; conflict: whom it
  // would hit must not be stopped by hand.
  caf::replies_to<Context, ActOnActor>::with<ActionDone>,
  // AlarmList.
  caf::replies_to<Context, GetAlarms>::with<JsonText>,
  // TraceList.
  caf::replies_to<Context, GetTraces>::with<JsonText>,
  // TraceView; not_found: nothing of it is remembered.
  caf::replies_to<Context, GetTrace>::with<JsonText>,
  // AuditPage.
  caf::replies_to<Context, GetAudit>::with<JsonText>,
  // How the node stands; what is not to be had is null.
  caf::replies_to<Context, GetOverview>::with<JsonText>>;

}  // namespace jobraker
