#pragma once

#include "actors/applications/application_services.hpp"

namespace jobraker::applications {

/// The addresses of recordings and screenshots are signed for a day. Those of the latest run that
/// has ended are asked for anew when they are older; when Skyvern does not answer soon, the old
/// ones stay.
task<void> refresh_evidence(Services& services, Context context, ApplicationView& view);

}  // namespace jobraker::applications
