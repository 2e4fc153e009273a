#include "tools/server/accounts.hpp"

#include <algorithm>

#include "actors/accounts/accounts_actor.hpp"
#include "actors/notifications/notifications_actor.hpp"
#include "actors/profile/user_actor.hpp"

namespace jobraker::server {

Accounts::Accounts(Machine& machine)
    : machine_(machine), tokens_(std::make_shared<const AccessTokens>(
                           machine.config.auth.jwt_secret,
                           std::chrono::minutes{machine.config.auth.access_token_minutes})),
      users_(std::make_shared<Directory<UserId, UserActor>>(
        machine.system.registry(), "/users/",
        static_cast<std::size_t>(machine.config.actors.live_users_max),
        [this](const UserId& id, const std::string& path) {
          return start_user(machine_.services, id, path);
        })),
      accounts_(
        machine.system.registry(), "/system/accounts",
        [this](const std::string& at) { return start_accounts(machine_.services, tokens_, at); }),
      notifications_(
        machine.supervised<NotificationsActor>("/system/notifications", start_notifications)) {
  machine.services.user = [this](const UserId& id) { return users_->find(id); };
  machine.services.release_user = [this](const UserId& id) { users_->release(id); };
  machine.keep(notifications_, "notifications");
}

void Accounts::offer(Actors& actors, net::Capabilities& capabilities) const {
  actors.accounts = [this] { return accounts_.find(); };
  actors.user = [this](const UserId& id) { return users_->find(id); };
  capabilities.notifications = [this] { return notifications_.find(); };
}

net::Authenticate Accounts::bearer() const {
  return [tokens = tokens_](const net::Request& request) -> Result<Principal> {
    static thread_local std::unique_ptr<TokenCache> cache;
    static thread_local const AccessTokens* of = nullptr;
    if (of != tokens.get()) {
      cache = std::make_unique<TokenCache>(*tokens);
      of = tokens.get();
    }
    auto header = request.headers.value("authorization");
    constexpr std::string_view scheme = "Bearer ";
    if (header.size() <= scheme.size() ||
        !std::equal(scheme.begin(), scheme.end(), header.begin(),
                    [](char a, char b) { return (a | 0x20) == (b | 0x20); }))
      return fail(Errc::unauthenticated, "an access token is needed: Authorization: Bearer …");
    return cache->check(header.substr(scheme.size()), now());
  };
}

void Accounts::close_live() { users_->close(); }

void Accounts::close() {
  accounts_.close();
  notifications_.close();
}

}  // namespace jobraker::server
