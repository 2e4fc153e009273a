#pragma once

#include <memory>
#include <string>

#include "actors/accounts/tokens.hpp"
#include "actors/system/services.hpp"

namespace jobraker {

/// Starts `/system/accounts`. `tokens` signs what it hands out.
AccountsActor start_accounts(Services& services, std::shared_ptr<const AccessTokens> tokens,
                             const std::string& path);

}  // namespace jobraker
