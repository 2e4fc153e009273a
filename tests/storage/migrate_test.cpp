#include "storage/migrate.hpp"

#include "tests/support/pg.hpp"

namespace jobraker {
namespace {

using namespace storage;
using test::error_of;
using test::must;

/// Starts from an empty database beside the test's own.
struct MigrateTest : test::PgTest {
  void SetUp() override {
    PgTest::SetUp();
    if (db)
      sql("DROP SCHEMA public, llm CASCADE"), sql("CREATE SCHEMA public");
  }
  bool exists(const std::string& table) {
    return sql("SELECT to_regclass($1::text) IS NOT NULL", {table}).front().get<bool>(0);
  }
  const EmbeddedFile one{"0001_one.sql",
                         "CREATE TABLE one (a integer); CREATE TABLE uno (a integer);"};
  const EmbeddedFile two{"0002_two.sql", "CREATE TABLE two (a integer);"};
};

TEST_F(MigrateTest, AppliesEachFileOnceInOrderOfNumber) {
  std::vector<EmbeddedFile> files{two, one};
  EXPECT_EQ(must(migrate(settings, files)), 2);
  EXPECT_TRUE(exists("one") && exists("uno") && exists("two"));
  EXPECT_EQ(must(migrate(settings, files)), 0);
  auto rows = sql("SELECT name, length(checksum) FROM schema_migrations ORDER BY version");
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].get<std::string>(0), "0001_one.sql");
  EXPECT_EQ(rows[0].get<int>(1), 64);
}

TEST_F(MigrateTest, AppliesOnlyWhatIsNew) {
  EXPECT_EQ(must(migrate(settings, std::vector{one})), 1);
  EXPECT_EQ(must(migrate(settings, std::vector{one, two})), 1);
}

TEST_F(MigrateTest, RefusesAFileThatWasChangedAfterwards) {
  must(migrate(settings, std::vector{one}));
  auto edited = one;
  edited.content = "CREATE TABLE one (a bigint);";
  auto refused = migrate(settings, std::vector{edited, two});
  EXPECT_EQ(error_of(refused), Errc::conflict);
  EXPECT_NE(refused.error().detail.find("0001_one.sql"), std::string::npos);
  EXPECT_FALSE(exists("two"));
}

TEST_F(MigrateTest, RefusesADatabaseThatIsNewerThanTheProgram) {
  must(migrate(settings, std::vector{one, two}));
  EXPECT_EQ(error_of(migrate(settings, std::vector{one})), Errc::conflict);
}

TEST_F(MigrateTest, AFileThatFailsLeavesNothingBehind) {
  EmbeddedFile bad{"0002_bad.sql", "CREATE TABLE half (a integer); SELECT 1 / 0;"};
  auto failed = migrate(settings, std::vector{one, bad});
  EXPECT_EQ(error_of(failed), Errc::internal);
  EXPECT_NE(failed.error().detail.find("0002_bad.sql"), std::string::npos);
  EXPECT_TRUE(exists("one"));
  EXPECT_FALSE(exists("half"));
  EXPECT_EQ(must(migrate(settings, std::vector{one, two})), 1);
}

TEST_F(MigrateTest, NamesWithoutANumberAreRefused) {
  EXPECT_EQ(error_of(migrate(settings, std::vector{EmbeddedFile{"first.sql", ""}})),
            Errc::internal);
  EXPECT_EQ(error_of(migrate(settings, std::vector{one, EmbeddedFile{"0001_b.sql", ""}})),
            Errc::internal);
}

TEST_F(MigrateTest, TheRealFilesAreApplied) {
  EXPECT_GE(must(migrate(settings)), 7);
  EXPECT_EQ(must(migrate(settings)), 0);
}

TEST(Migrate, SaysWhenThereIsNobody) {
  EXPECT_EQ(error_of(migrate(Settings{"postgresql:///x?host=/nonexistent"})), Errc::unavailable);
  EXPECT_EQ(error_of(migrate(Settings{"nonsense"})), Errc::invalid);
}

}  // namespace
}  // namespace jobraker
