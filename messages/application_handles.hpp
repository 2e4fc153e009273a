#pragma once

#include "messages/actor.hpp"
#include "messages/applications.hpp"
#include "messages/companies.hpp"
#include "messages/submissions.hpp"

/// What may be asked of `/system/applications`.
namespace jobraker {

/// `/system/applications`: applications and companies. What is somebody else's is not_found, except
/// for admins.
using ApplicationsActor = caf::typed_actor<
  // conflict when there is one for this posting already; invalid for a status not to be set by
  // hand.
  caf::replies_to<Context, CreateApplication>::with<Application>,
  // With what would be sent, what was approved, and what came of it.
  caf::replies_to<Context, GetApplication>::with<ApplicationView>,
  // forbidden without the consent; not_found; conflict when it was sent, or the posting is closed.
  caf::replies_to<Context, AutoApplyTo>::with<AutoApplied>,
  caf::replies_to<Context, ListApplications>::with<ApplicationPage>,
  // conflict when the status cannot follow the present one.
  caf::replies_to<Context, ChangeThisApplication>::with<Application>,
  caf::replies_to<Context, GetApplicationEvents>::with<ApplicationEvents>,
  // forbidden for seekers; not_found before the first save.
  caf::replies_to<Context, WhichCompany>::with<Company>,
  // The company as committed; conflict when another employer's has this name.
  caf::replies_to<Context, SaveThisCompany>::with<Company>>;

}  // namespace jobraker
