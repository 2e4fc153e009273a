#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "actors/accounts/accounts_actor.hpp"
#include "messages/task.hpp"
#include "storage/accounts.hpp"
#include "storage/database.hpp"
#include "storage/migrate.hpp"
#include "tools/server/app.hpp"
#include "tools/server/settings.hpp"

namespace jobraker {
namespace {

constexpr std::size_t password_chars_min = 10;

}  // namespace

Result<std::string> create_admin(const Config& config, const std::string& email,
                                 const std::string& password) {
  auto address = normalise_email(email);
  if (!address)
    return fail(std::move(address.error()));
  if (password.size() < password_chars_min)
    return fail(Errc::invalid, "the password must have at least 10 characters");
  if (auto migrated = storage::migrate(server::storage_settings(config.database)); !migrated)
    return fail(std::move(migrated.error()));
  PasswordCost cost{static_cast<std::size_t>(config.auth.argon2_memory_kib) * 1024,
                    static_cast<unsigned long long>(config.auth.argon2_passes)};
  auto hash = hash_password(password, cost);
  if (!hash)
    return fail(std::move(hash.error()));
  IoContext io{1};
  auto settings = server::storage_settings(config.database);
  settings.connections = 1;
  auto database = std::make_unique<storage::Database>(io, settings);
  Result<std::string> outcome = fail(Errc::internal, "not done");
  asio::co_spawn(
    io,
    [&]() -> task<void> {
      auto created = co_await storage::create_account(*database, *address, *hash, Role::admin);
      if (created)
        outcome = to_string(created->id);
      else
        outcome = fail(std::move(created.error()));
      database->close();
    },
    asio::detached);
  io.run();
  return outcome;
}

}  // namespace jobraker
