#pragma once

#include <memory>
#include <optional>

#include "actors/accounts/tokens.hpp"
#include "messages/notification_handles.hpp"
#include "net/api/routes.hpp"
#include "net/http/server.hpp"
#include "tools/server/machine.hpp"

namespace jobraker::server {

/// Who people are: accounts, profiles, and what they are notified of.
class Accounts {
public:
  explicit Accounts(Machine& machine);

  void offer(Actors& actors, net::Capabilities& capabilities) const;
  /// The user's actor if it is in memory.
  std::optional<UserActor> awake(const UserId& user) const { return users_->alive(user); }
  /// What the HTTP server asks about the Authorization header.
  net::Authenticate bearer() const;
  /// The users' actors end.
  void close_live();
  void close();

private:
  Machine& machine_;
  std::shared_ptr<const AccessTokens> tokens_;
  std::shared_ptr<Directory<UserId, UserActor>> users_;
  Supervised<AccountsActor> accounts_;
  Supervised<NotificationsActor> notifications_;
};

}  // namespace jobraker::server
