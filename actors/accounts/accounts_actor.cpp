#include "actors/accounts/accounts_actor.hpp"

#include <spdlog/spdlog.h>

#include "actors/accounts/throttle.hpp"
#include "actors/system/observed.hpp"
#include "actors/system/work_pool.hpp"
#include "storage/accounts.hpp"
#include "storage/databases.hpp"

namespace jobraker {
namespace {

using storage::Until;

struct AccountsState {
  static inline const char* name = "accounts";
  Services* services = nullptr;
  std::shared_ptr<const AccessTokens> tokens;
  std::unique_ptr<LoginThrottle> throttle;
  PasswordCost cost;
};

using Self = Shell<AccountsState, AccountsActor>;

/// Tokens for somebody who has just proved who they are; opens a session of refresh tokens.
task<Result<Tokens>> open_session(Services& services, const AccessTokens& tokens,
                                  storage::Session& session, Principal who) {
  auto refresh = new_refresh_token();
  storage::RefreshToken row;
  row.user = who.user;
  row.family = new_uuid();
  row.token_hash = storage::Bytes{refresh_token_hash(refresh)};
  row.expires_at = now() + std::chrono::hours{24 * services.config.auth.refresh_token_days};
  auto stored = co_await storage::store_refresh_token(session, std::move(row));
  if (!stored)
    co_return fail(std::move(stored.error()));
  Tokens out;
  out.access_token = tokens.issue(who, now());
  out.refresh_token = std::move(refresh);
  out.expires_in = tokens.life().count();
  co_return out;
}

task<Result<Tokens>> sign_up(Services& services, std::shared_ptr<const AccessTokens> tokens,
                             PasswordCost cost, Context context, RegisterAccount request) {
  if (request.role == Role::admin)
    co_return fail(Errc::forbidden,
                   "admins are made on the server: jobraker-server --create-admin");
  auto email = normalise_email(request.email);
  if (!email)
    co_return fail(std::move(email.error()));
  auto hash = co_await services.passwords.run<std::string>(
    [cost, password = std::move(request.password)] { return hash_password(password, cost); });
  if (!hash)
    co_return fail(std::move(hash.error()));
  Until session{services.databases.here(), context.deadline};
  auto outcome = co_await session.transaction(
    [&](storage::Transaction& transaction) -> task<Result<Tokens>> {
      auto account = co_await storage::create_account(transaction, *email, *hash, request.role);
      if (!account)
        co_return fail(std::move(account.error()));
      Principal who{account->id, account->role};
      co_return co_await open_session(services, *tokens, transaction, who);
    },
    context.deadline);
  if (!outcome && outcome.error().code == Errc::conflict)
    co_return fail(Errc::conflict, "this e-mail address is registered already");
  co_return outcome;
}

task<Result<Tokens>> sign_in(Services& services, std::shared_ptr<const AccessTokens> tokens,
                             PasswordCost cost, Context context, Login request) {
  auto wrong = fail(Errc::unauthenticated, "e-mail address or password are wrong");
  auto email = normalise_email(request.email);
  Until session{services.databases.here(), context.deadline};
  std::optional<storage::Credentials> found;
  if (email) {
    auto credentials = co_await storage::find_credentials(session, *email);
    if (!credentials && credentials.error().code != Errc::not_found)
      co_return fail(std::move(credentials.error()));
    if (credentials)
      found = std::move(*credentials);
  }
  // An unknown address costs the same time, so that nobody can find out who has an account.
  auto password = std::move(request.password);
  std::string stored = found ? found->password_hash : std::string{};
  auto good = co_await services.passwords.run<bool>([stored, password, cost]() -> Result<bool> {
    if (!stored.empty())
      return verify_password(stored, password);
    if (auto hash = hash_password(password, cost); !hash)
      return fail(std::move(hash.error()));
    return false;
  });
  if (!good)
    co_return fail(std::move(good.error()));
  if (!*good || !found)
    co_return wrong;
  Principal who{found->account.id, found->account.role};
  co_return co_await open_session(services, *tokens, session, who);
}

task<Result<Tokens>> refresh(Services& services, std::shared_ptr<const AccessTokens> tokens,
                             Context context, RefreshTokens request) {
  auto next = new_refresh_token();
  auto expiry = now() + std::chrono::hours{24 * services.config.auth.refresh_token_days};
  auto rotated = co_await storage::rotate_refresh_token(
    services.databases.here(), storage::Bytes{refresh_token_hash(request.refresh_token)},
    storage::Bytes{refresh_token_hash(next)}, expiry, now());
  if (!rotated)
    co_return fail(std::move(rotated.error()));
  Tokens out;
  out.access_token = tokens->issue(Principal{rotated->user, rotated->role}, now());
  out.refresh_token = std::move(next);
  out.expires_in = tokens->life().count();
  co_return out;
}

caf::result<Tokens> login(Self* self, const Context& context, const Login& request) {
  auto& state = self->state;
  auto clock = LoginThrottle::Clock::now();
  auto account_key = "account " + normalise_email(request.email).value_or(request.email);
  auto address_key = "address " + request.address;
  auto wait =
    std::max(state.throttle->wait(account_key, clock), state.throttle->wait(address_key, clock));
  if (wait.count() > 0)
    return to_caf(
      Error{Errc::rate_limited, "too many failed logins; wait before you try again", {}, wait});
  state.throttle->attempt(account_key, clock);
  state.throttle->attempt(address_key, clock);
  auto promise = self->make_response_promise<Tokens>();
  self->await<Tokens>(
    state.services->io,
    [&services = *state.services, tokens = state.tokens, cost = state.cost, context, request] {
      return sign_in(services, tokens, cost, context, request);
    },
    [self, promise, account_key, address_key](Result<Tokens> result) mutable {
      auto& throttle = *self->state.throttle;
      if (result) {
        throttle.succeeded(account_key);
        throttle.give_back(address_key);
      } else if (result.error().code == Errc::unauthenticated) {
        spdlog::info("event=login.failed");
      } else {
        throttle.give_back(account_key);
        throttle.give_back(address_key);
      }
      settle(promise, std::move(result));
    });
  return promise;
}

AccountsActor::behavior_type accounts_actor(Self* self, Services* services,
                                            std::shared_ptr<const AccessTokens> tokens) {
  auto& state = self->state;
  const auto& auth = services->config.auth;
  state.services = services;
  state.tokens = std::move(tokens);
  state.cost = {static_cast<std::size_t>(auth.argon2_memory_kib) * 1024,
                static_cast<unsigned long long>(auth.argon2_passes)};
  state.throttle =
    std::make_unique<LoginThrottle>(static_cast<std::uint32_t>(auth.login_attempts_max),
                                    std::chrono::seconds{auth.login_window_seconds});
  auto& io = services->io;
  return {
    [self, &io](const Context& c, const RegisterAccount& m) {
      return self->answer<Tokens>(io, [&s = *self->state.services, t = self->state.tokens,
                                       cost = self->state.cost, c,
                                       m] { return sign_up(s, t, cost, c, m); });
    },
    [self](const Context& c, const Login& m) { return login(self, c, m); },
    [self, &io](const Context& c, const RefreshTokens& m) {
      return self->answer<Tokens>(io, [&s = *self->state.services, t = self->state.tokens, c, m] {
        return refresh(s, t, c, m);
      });
    },
    [self, &io](const Context& c, const Logout& m) {
      return self->answer<Ok>(io, [&s = *self->state.services, c, m]() -> task<Result<Ok>> {
        Until session{s.databases.here(), c.deadline};
        auto done = co_await storage::revoke_family(
          session, storage::Bytes{refresh_token_hash(m.refresh_token)}, now());
        if (!done)
          co_return fail(std::move(done.error()));
        co_return Ok{};
      });
    },
    [self, &io](const Context& c, const GetAccount& m) {
      return self->answer<Account>(io,
                                   [&s = *self->state.services, c, m]() -> task<Result<Account>> {
                                     if (auto allowed = may_access(c.principal, m.id); !allowed)
                                       co_return fail(std::move(allowed.error()));
                                     Until session{s.databases.here(), c.deadline};
                                     co_return co_await storage::find_account(session, m.id);
                                   });
    },
  };
}

}  // namespace

AccountsActor start_accounts(Services& services, std::shared_ptr<const AccessTokens> tokens,
                             const std::string& path) {
  return services.system.spawn(path, "accounts", accounts_actor, &services, std::move(tokens));
}

}  // namespace jobraker
