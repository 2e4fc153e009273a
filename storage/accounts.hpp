#pragma once

#include <optional>
#include <string>

#include "messages/accounts.hpp"
#include "storage/session.hpp"

/// Who can sign in, and the refresh tokens they hold. Hashes only: no password or token is ever
/// stored.
namespace jobraker::storage {

/// An account with the hash its password is checked against.
struct Credentials {
  Account account;
  std::string password_hash;
};

/// A refresh token as it is stored.
struct RefreshToken {
  UserId user{};
  Uuid family{};       ///< one per login; all tokens that descend from it by rotation share it
  Bytes token_hash{};  ///< of the token's text
  Time expires_at{};
};

/// Whose session a rotation carries on.
struct Rotated {
  UserId user{};
  Role role = Role::seeker;
  Uuid family{};
};

/// A new account. Errc::conflict when the address is registered (in any case of letters).
task<Result<Account>> create_account(Session& session, std::string email, std::string password_hash,
                                     Role role);

/// The account with this address, in any case of letters, or Errc::not_found.
task<Result<Credentials>> find_credentials(Session& session, std::string email);

/// The account, or Errc::not_found.
task<Result<Account>> find_account(Session& session, UserId user);

/// Replaces the password's hash. Errc::not_found when there is no such account.
task<Done> set_password_hash(Session& session, UserId user, std::string password_hash);

/// Whether there is an admin yet.
task<Result<bool>> admin_exists(Session& session);

/// Stores a token issued at login.
task<Done> store_refresh_token(Session& session, RefreshToken token);

/// Exchanges a token for its successor, exactly once. Errc::unauthenticated when it is unknown,
/// expired, revoked or was used before; a second use means that somebody copied it, so it also
/// revokes the whole family (RFC 9700 §4.14.2).
task<Result<Rotated>> rotate_refresh_token(Session& session, Bytes old_hash, Bytes new_hash,
                                           Time new_expiry, Time now);

/// Ends the session this token belongs to. No error when the token is unknown: it works no more
/// either way.
task<Done> revoke_family(Session& session, Bytes token_hash, Time now);

/// Ends all sessions of an account; after a change of password.
task<Done> revoke_all(Session& session, UserId user, Time now);

/// Forgets tokens that expired before `now`; answers how many.
task<Result<std::size_t>> delete_expired_tokens(Session& session, Time now);

}  // namespace jobraker::storage
