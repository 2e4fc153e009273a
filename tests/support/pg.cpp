#include "tests/support/pg.hpp"

#include <cstdlib>

#include "embedded/embedded_migrations.hpp"
#include "storage/migrate.hpp"

namespace jobraker::test {
namespace {

/// Runs statements one after the other, each on its own, on one connection of the maintenance
/// database.
class Admin {
public:
  Admin() : database_(loop_.io, settings()) {}

  storage::Rows run(const std::string& sql) { return must(loop_.run(database_.query(sql))); }

private:
  static storage::Settings settings() {
    storage::Settings settings{maintenance_url()};
    settings.connections = 1;
    settings.statement_timeout = std::chrono::seconds{55};
    return settings;
  }
  Loop loop_;
  storage::Database database_;
};

/// Named after what is in it, so that another schema makes another template.
std::string template_name() {
  std::string all;
  for (const auto& file : embedded_migrations())
    all.append(file.name).append(file.content);
  return "jobraker_template_" + to_string(uuid_of(all)).substr(0, 8);
}

void make_template(Admin& admin, const std::string& name) {
  auto exists = "SELECT 1 FROM pg_database WHERE datname = '" + name + "'";
  if (!admin.run(exists).empty())
    return;
  // Other test programs may have come to the same conclusion.
  admin.run("WITH l AS (SELECT pg_advisory_lock(6021)) SELECT count(*) FROM l");
  if (admin.run(exists + " ").empty()) {
    auto unfinished = name + "_unfinished";
    admin.run("DROP DATABASE IF EXISTS " + unfinished);
    admin.run("CREATE DATABASE " + unfinished);
    must(storage::migrate(storage::Settings{with_database(maintenance_url(), unfinished)}));
    admin.run("ALTER DATABASE " + unfinished + " RENAME TO " + name);
  }
  admin.run("WITH l AS (SELECT pg_advisory_unlock(6021)) SELECT count(*) FROM l");
}

}  // namespace

std::string maintenance_url() {
  const char* url = std::getenv("JOBRAKER_TEST_DATABASE_URL");
  return url ? url : "";
}

std::string with_database(const std::string& url, const std::string& database) {
  // In both forms of a connection string the last word on a keyword counts.
  if (url.find("://") == std::string::npos)
    return url + " dbname=" + database;
  return url + (url.find('?') == std::string::npos ? "?" : "&") + "dbname=" + database;
}

TestDatabase::TestDatabase()
    : name_("jobraker_test_" + to_string(new_uuid()).substr(24)),
      url_(with_database(maintenance_url(), name_)) {
  Admin admin;
  auto original = template_name();
  make_template(admin, original);
  admin.run("CREATE DATABASE " + name_ + " TEMPLATE " + original);
}

TestDatabase::~TestDatabase() {
  try {
    Admin admin;
    admin.run("DROP DATABASE IF EXISTS " + name_ + " WITH (FORCE)");
  } catch (const std::exception& error) {
    ADD_FAILURE() << "dropping " << name_ << ": " << error.what();
  }
}

void PgTest::SetUp() {
  if (maintenance_url().empty())
    GTEST_SKIP()
      << "JOBRAKER_TEST_DATABASE_URL is not set: no PostgreSQL to test with (tools/test sets it)";
  own = std::make_unique<TestDatabase>();
  settings.url = own->url();
  db = std::make_unique<storage::Database>(loop.io, settings);
}

void PgTest::TearDown() {
  db.reset();
  own.reset();
}

storage::Rows PgTest::sql(std::string_view text, storage::Params params) {
  return must(run(db->query(text, std::move(params))));
}

}  // namespace jobraker::test
