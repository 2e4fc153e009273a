#include "storage/migrate.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <memory>
#include <string>

#include <libpq-fe.h>
#include <sodium.h>
#include <spdlog/spdlog.h>

#include "embedded/embedded_migrations.hpp"
#include "storage/pq/connect_options.hpp"

namespace jobraker::storage {
namespace {

using Connection = std::unique_ptr<PGconn, decltype(&PQfinish)>;
using Answer = std::unique_ptr<PGresult, decltype(&PQclear)>;

/// Any number will do as long as nobody else's lock in this database has it.
constexpr auto lock_sql = "SELECT pg_advisory_lock(7305468200119)";

struct Migration {
  int version = 0;
  std::string name{};
  std::string checksum{};
  std::string_view sql{};
};

std::string sha256(std::string_view text) {
  std::array<unsigned char, crypto_hash_sha256_BYTES> digest{};
  crypto_hash_sha256(digest.data(), reinterpret_cast<const unsigned char*>(text.data()),
                     text.size());
  std::array<char, 2 * crypto_hash_sha256_BYTES + 1> hex{};
  sodium_bin2hex(hex.data(), hex.size(), digest.data(), digest.size());
  return hex.data();
}

/// The files in order of their numbers; internal when a name has none or a number comes twice.
Result<std::vector<Migration>> numbered(std::span<const EmbeddedFile> files) {
  std::vector<Migration> list;
  for (const auto& file : files) {
    Migration migration{0, std::string{file.name}, sha256(file.content), file.content};
    auto* end = file.name.data() + std::min<std::size_t>(4, file.name.size());
    if (std::from_chars(file.name.data(), end, migration.version).ptr != end ||
        migration.version < 1)
      return fail(Errc::internal, "migration " + migration.name + " has no number of four digits");
    list.push_back(std::move(migration));
  }
  std::sort(list.begin(), list.end(), [](auto& a, auto& b) { return a.version < b.version; });
  for (std::size_t i = 1; i < list.size(); ++i)
    if (list[i].version == list[i - 1].version)
      return fail(Errc::internal, "two migrations have the number of " + list[i].name);
  return list;
}

Result<Answer> run(PGconn* connection, const char* sql, std::vector<const char*> values = {}) {
  // Without parameters the simple protocol, which takes several statements at once.
  Answer answer{values.empty() ? PQexec(connection, sql)
                               : PQexecParams(connection, sql, static_cast<int>(values.size()),
                                              nullptr, values.data(), nullptr, nullptr, 0),
                PQclear};
  auto status = PQresultStatus(answer.get());
  if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK)
    return answer;
  auto code = PQstatus(connection) == CONNECTION_BAD ? Errc::unavailable : Errc::internal;
  const char* message = PQresultErrorField(answer.get(), PG_DIAG_MESSAGE_PRIMARY);
  return fail(code, message ? message : "the connection to the database broke");
}

Done apply(PGconn* connection, const Migration& migration) {
  auto begun = run(connection, "BEGIN; SET LOCAL statement_timeout = 0");
  if (!begun)
    return fail(std::move(begun.error()));
  auto changed = run(connection, std::string{migration.sql}.c_str());
  if (!changed) {
    (void)run(connection, "ROLLBACK");
    return fail(changed.error().code,
                "migration " + migration.name + " failed: " + changed.error().detail);
  }
  auto version = std::to_string(migration.version);
  auto noted =
    run(connection, "INSERT INTO schema_migrations (version, name, checksum) VALUES ($1, $2, $3)",
        {version.c_str(), migration.name.c_str(), migration.checksum.c_str()});
  if (!noted) {
    (void)run(connection, "ROLLBACK");
    return fail(std::move(noted.error()));
  }
  auto committed = run(connection, "COMMIT");
  if (!committed)
    return fail(std::move(committed.error()));
  spdlog::info("migration_applied name={}", migration.name);
  return {};
}

}  // namespace

Result<int> migrate(const Settings& settings) { return migrate(settings, embedded_migrations()); }

Result<int> migrate(const Settings& settings, std::span<const EmbeddedFile> files) {
  auto migrations = numbered(files);
  if (!migrations)
    return fail(std::move(migrations.error()));
  auto options = pq::connect_options(settings);
  if (!options)
    return fail(std::move(options.error()));
  auto seconds = std::max<std::int64_t>(settings.connect_timeout.count() / 1000, 2);
  options->set("connect_timeout", std::to_string(seconds));
  Connection owner{PQconnectdbParams(options->keywords().data(), options->values().data(), 0),
                   PQfinish};
  auto* connection = owner.get();
  if (PQstatus(connection) != CONNECTION_OK)
    return fail(Errc::unavailable, "the database cannot be reached");
  PQsetNoticeProcessor(
    connection, [](void*, const char*) {}, nullptr);

  // Held until the connection ends. Another server may be migrating for a while: wait without
  // limit.
  for (auto* sql : {"SET statement_timeout = 0", lock_sql,
                    "CREATE TABLE IF NOT EXISTS schema_migrations (version integer PRIMARY KEY, "
                    "name text NOT NULL, checksum text NOT NULL, "
                    "applied_at timestamptz NOT NULL DEFAULT now())"})
    if (auto done = run(connection, sql); !done)
      return fail(std::move(done.error()));

  auto rows = run(connection, "SELECT version, checksum, name FROM schema_migrations");
  if (!rows)
    return fail(std::move(rows.error()));
  std::map<int, std::string> applied;
  for (int i = 0; i < PQntuples(rows->get()); ++i) {
    int version = std::atoi(PQgetvalue(rows->get(), i, 0));
    applied[version] = PQgetvalue(rows->get(), i, 1);
    if (std::none_of(migrations->begin(), migrations->end(),
                     [&](auto& m) { return m.version == version; }))
      return fail(Errc::conflict,
                  std::string{"the database is newer than this program: it has migration "} +
                    PQgetvalue(rows->get(), i, 2));
  }
  int count = 0;
  for (const auto& migration : *migrations) {
    if (auto known = applied.find(migration.version); known != applied.end()) {
      if (known->second != migration.checksum)
        return fail(Errc::conflict,
                    "migration " + migration.name +
                      " was changed after it had been applied; add a new one instead");
      continue;
    }
    if (auto done = apply(connection, migration); !done)
      return fail(std::move(done.error()));
    ++count;
  }
  return count;
}

}  // namespace jobraker::storage
