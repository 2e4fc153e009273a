#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "actors/applications/application_services.hpp"
#include "actors/applications/core/lifecycle.hpp"
#include "net/client/skyvern.hpp"
#include "storage/session.hpp"

/// One step of an application's life: what happened is decided on by the lifecycle under the row's
/// lock, and all that follows is committed with it.
namespace jobraker::applications {

/// A step with what goes along with it.
struct Decision {
  Step step{};
  std::optional<RunReport> report{};         ///< to be kept as evidence
  std::optional<net::SkyvernOrder> order{};  ///< for Call::create
  std::optional<Time> at{};  ///< when it was decided, if a lock was waited for meanwhile
};

/// Decides inside the transaction; may read and write there, and may run more than once.
using Decide = std::function<task<Result<Decision>>(storage::Session&, const Application&,
                                                    const Standing&, Time now)>;

/// What was committed, and what is to be done now.
struct Committed {
  Application application{};
  Submission submission{};
  std::vector<Call> calls{};
  std::optional<net::SkyvernOrder> order{};
};

/// Takes the step and tells live sessions of it. `now` is when the row's lock was had. Errors: the
/// decision's; not_found.
task<Result<Committed>> take_step(Services& services, Context context, ApplicationId application,
                                  std::optional<UserId> owner, Decide decide);

/// What is due: the way into the queue, its turn, polls and look-ups.
Decide waking(Services& services);

/// News of a run: a webhook's, or Skyvern's answer when it was `asked` for.
Decide hearing(Services& services, RunReport report, bool asked);

/// Makes the calls of a step and takes those that follow from their answers, until there is nothing
/// left to do now. Answers when to wake it next.
task<std::optional<Time>> make_calls(Services& services, Committed committed);

/// Takes every step that is due. Answers when to wake it next; Errc::not_found when there is no
/// such application.
task<Result<std::optional<Time>>> run_due(Services& services, ApplicationId application);

}  // namespace jobraker::applications
