#include "storage/accounts.hpp"

namespace jobraker::storage {
namespace {

constexpr std::string_view create_account_sql = R"sql(
  INSERT INTO users (id, email, password_hash, role) VALUES ($1, lower($2), $3, $4)
  RETURNING id, email, role, created_at
)sql";

constexpr std::string_view find_credentials_sql = R"sql(
  SELECT id, email, role, created_at, password_hash FROM users WHERE email = lower($1)
)sql";

constexpr std::string_view find_account_sql = R"sql(
  SELECT id, email, role, created_at FROM users WHERE id = $1
)sql";

constexpr std::string_view set_password_hash_sql = R"sql(
  UPDATE users SET password_hash = $2, updated_at = now() WHERE id = $1
)sql";

constexpr std::string_view admin_exists_sql = R"sql(
  SELECT EXISTS (SELECT FROM users WHERE role = 'admin')
)sql";

constexpr std::string_view store_token_sql = R"sql(
  INSERT INTO refresh_tokens (id, user_id, family, token_hash, expires_at) VALUES ($1, $2, $3, $4, $5)
)sql";

constexpr std::string_view lock_token_sql = R"sql(
  SELECT t.user_id, u.role, t.family, t.used_at IS NOT NULL,
         t.revoked_at IS NOT NULL OR t.expires_at <= $2
  FROM refresh_tokens t JOIN users u ON u.id = t.user_id
  WHERE t.token_hash = $1
  FOR UPDATE OF t
)sql";

constexpr std::string_view use_token_sql = R"sql(
  UPDATE refresh_tokens SET used_at = $2 WHERE token_hash = $1
)sql";

constexpr std::string_view revoke_family_sql = R"sql(
  UPDATE refresh_tokens SET revoked_at = $2
  WHERE family = (SELECT family FROM refresh_tokens WHERE token_hash = $1) AND revoked_at IS NULL
)sql";

constexpr std::string_view revoke_all_sql = R"sql(
  UPDATE refresh_tokens SET revoked_at = $2 WHERE user_id = $1 AND revoked_at IS NULL
)sql";

constexpr std::string_view delete_expired_sql = R"sql(
  DELETE FROM refresh_tokens WHERE expires_at < $1
)sql";

Account to_account(const Row& row) {
  Account account;
  row.read(account.id, account.email, account.role, account.created_at);
  return account;
}

}  // namespace

task<Result<Account>> create_account(Session& session, std::string email, std::string password_hash,
                                     Role role) {
  auto rows =
    co_await session.query(create_account_sql, {UserId::fresh(), email, password_hash, role});
  if (!rows && rows.error().code == Errc::conflict)
    co_return fail(Errc::conflict, "this e-mail address is registered already");
  if (!rows)
    co_return fail(std::move(rows.error()));
  co_return to_account(rows->front());
}

task<Result<Credentials>> find_credentials(Session& session, std::string email) {
  auto rows = co_await session.query(find_credentials_sql, {email});
  if (!rows)
    co_return fail(std::move(rows.error()));
  if (rows->empty())
    co_return fail(Errc::not_found, "there is no account with this address");
  co_return Credentials{to_account(rows->front()), rows->front().get<std::string>(4)};
}

task<Result<Account>> find_account(Session& session, UserId user) {
  auto rows = co_await session.query(find_account_sql, {user});
  if (!rows)
    co_return fail(std::move(rows.error()));
  if (rows->empty())
    co_return fail(Errc::not_found, "there is no such account");
  co_return to_account(rows->front());
}

task<Done> set_password_hash(Session& session, UserId user, std::string password_hash) {
  auto rows = co_await session.query(set_password_hash_sql, {user, password_hash});
  if (!rows)
    co_return fail(std::move(rows.error()));
  if (rows->affected() == 0)
    co_return fail(Errc::not_found, "there is no such account");
  co_return Done{};
}

task<Result<bool>> admin_exists(Session& session) {
  auto rows = co_await session.query(admin_exists_sql);
  if (!rows)
    co_return fail(std::move(rows.error()));
  co_return rows->front().get<bool>(0);
}

task<Done> store_refresh_token(Session& session, RefreshToken token) {
  auto rows = co_await session.query(
    store_token_sql, {new_uuid(), token.user, token.family, token.token_hash, token.expires_at});
  if (!rows)
    co_return fail(std::move(rows.error()));
  co_return Done{};
}

task<Result<Rotated>> rotate_refresh_token(Session& session, Bytes old_hash, Bytes new_hash,
                                           Time new_expiry, Time now) {
  // An empty outcome is a refusal that must commit: what a reuse revokes has to stay revoked.
  auto outcome = co_await session.transaction(
    [&](Transaction& transaction) -> task<Result<std::optional<Rotated>>> {
      auto rows = co_await transaction.query(lock_token_sql, {old_hash, now});
      if (!rows)
        co_return fail(std::move(rows.error()));
      if (rows->empty())
        co_return std::nullopt;
      Rotated rotated;
      bool used = false;
      bool dead = false;
      rows->front().read(rotated.user, rotated.role, rotated.family, used, dead);
      if (used) {
        auto revoked = co_await transaction.query(revoke_family_sql, {old_hash, now});
        if (!revoked)
          co_return fail(std::move(revoked.error()));
      }
      if (used || dead)
        co_return std::nullopt;
      auto marked = co_await transaction.query(use_token_sql, {old_hash, now});
      if (!marked)
        co_return fail(std::move(marked.error()));
      auto stored = co_await store_refresh_token(
        transaction, {rotated.user, rotated.family, new_hash, new_expiry});
      if (!stored)
        co_return fail(std::move(stored.error()));
      co_return rotated;
    });
  if (!outcome)
    co_return fail(std::move(outcome.error()));
  if (!*outcome)
    co_return fail(Errc::unauthenticated, "this refresh token is not valid (any more)");
  co_return **outcome;
}

task<Done> revoke_family(Session& session, Bytes token_hash, Time now) {
  auto rows = co_await session.query(revoke_family_sql, {token_hash, now});
  if (!rows)
    co_return fail(std::move(rows.error()));
  co_return Done{};
}

task<Done> revoke_all(Session& session, UserId user, Time now) {
  auto rows = co_await session.query(revoke_all_sql, {user, now});
  if (!rows)
    co_return fail(std::move(rows.error()));
  co_return Done{};
}

task<Result<std::size_t>> delete_expired_tokens(Session& session, Time now) {
  auto rows = co_await session.query(delete_expired_sql, {now});
  if (!rows)
    co_return fail(std::move(rows.error()));
  co_return rows->affected();
}

}  // namespace jobraker::storage
