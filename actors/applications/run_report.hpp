#pragma once

#include "messages/submissions.hpp"
#include "net/client/skyvern.hpp"

namespace jobraker::applications {

/// A run in our words.
RunReport report_of(const net::SkyvernRun& run);

}  // namespace jobraker::applications
