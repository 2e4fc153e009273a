#include "storage/accounts.hpp"

#include "tests/support/pg.hpp"

namespace jobraker {
namespace {

using namespace storage;
using test::error_of;
using test::must;

const Time start = *parse_rfc3339("2026-11-20T12:00:00Z");

struct AccountsTest : test::PgTest {
  UserId person(const std::string& email, Role role = Role::seeker) {
    return must(run(create_account(*db, email, "hash", role))).id;
  }
  Uuid login(UserId user, const std::string& token) {
    auto family = new_uuid();
    must(
      run(store_refresh_token(*db, {user, family, Bytes{token}, start + std::chrono::days{30}})));
    return family;
  }
  Result<Rotated> rotate(const std::string& old, const std::string& fresh, Time now = start) {
    return run(
      rotate_refresh_token(*db, Bytes{old}, Bytes{fresh}, now + std::chrono::days{30}, now));
  }
};

TEST_F(AccountsTest, AnAddressIsRegisteredOnceWhateverItsLetters) {
  auto account = must(run(create_account(*db, "Ada@Example.com", "secret hash", Role::employer)));
  EXPECT_EQ(account.email, "ada@example.com");
  EXPECT_EQ(error_of(run(create_account(*db, "ADA@example.COM", "other", Role::seeker))),
            Errc::conflict);
  auto found = must(run(find_credentials(*db, "aDa@example.com")));
  EXPECT_EQ(found.account.id, account.id);
  EXPECT_EQ(found.account.role, Role::employer);
  EXPECT_EQ(found.password_hash, "secret hash");
  EXPECT_EQ(must(run(find_account(*db, account.id))).email, "ada@example.com");
}

TEST_F(AccountsTest, UnknownOnesAreNotFound) {
  EXPECT_EQ(error_of(run(find_credentials(*db, "nobody@example.com"))), Errc::not_found);
  EXPECT_EQ(error_of(run(find_account(*db, UserId::fresh()))), Errc::not_found);
  EXPECT_EQ(error_of(run(set_password_hash(*db, UserId::fresh(), "x"))), Errc::not_found);
}

TEST_F(AccountsTest, APasswordIsReplaced) {
  auto user = person("a@example.com");
  must(run(set_password_hash(*db, user, "new hash")));
  EXPECT_EQ(must(run(find_credentials(*db, "a@example.com"))).password_hash, "new hash");
}

TEST_F(AccountsTest, TheFirstAdminIsNoticed) {
  person("a@example.com", Role::employer);
  EXPECT_FALSE(must(run(admin_exists(*db))));
  person("b@example.com", Role::admin);
  EXPECT_TRUE(must(run(admin_exists(*db))));
}

TEST_F(AccountsTest, ATokenIsExchangedForItsSuccessor) {
  auto user = person("a@example.com", Role::employer);
  auto family = login(user, "t1");
  auto rotated = must(rotate("t1", "t2"));
  EXPECT_EQ(rotated.user, user);
  EXPECT_EQ(rotated.role, Role::employer);
  EXPECT_EQ(rotated.family, family);
  must(rotate("t2", "t3"));
  EXPECT_EQ(error_of(rotate("unknown", "t4")), Errc::unauthenticated);
}

TEST_F(AccountsTest, ASecondUseRevokesTheWholeFamilyAndNoOther) {
  auto user = person("a@example.com");
  login(user, "t1");
  login(user, "other");
  must(rotate("t1", "t2"));
  EXPECT_EQ(error_of(rotate("t1", "stolen")), Errc::unauthenticated);
  EXPECT_EQ(error_of(rotate("t2", "t3")), Errc::unauthenticated) << "the rightful successor, too";
  must(rotate("other", "other2"));
}

TEST_F(AccountsTest, OfTwoAtOnceOneWins) {
  login(person("a@example.com"), "t1");
  auto one = loop.spawn(
    rotate_refresh_token(*db, Bytes{"t1"}, Bytes{"a"}, start + std::chrono::days{1}, start));
  auto two = loop.spawn(
    rotate_refresh_token(*db, Bytes{"t1"}, Bytes{"b"}, start + std::chrono::days{1}, start));
  loop.run_until([&] { return one->has_value() && two->has_value(); });
  EXPECT_NE((*one)->has_value(), (*two)->has_value());
}

TEST_F(AccountsTest, ExpiredAndRevokedTokensAreRefused) {
  auto user = person("a@example.com");
  login(user, "t1");
  EXPECT_EQ(error_of(rotate("t1", "t2", start + std::chrono::days{30})), Errc::unauthenticated);
  must(run(revoke_family(*db, Bytes{"t1"}, start)));
  EXPECT_EQ(error_of(rotate("t1", "t2")), Errc::unauthenticated);
  must(run(revoke_family(*db, Bytes{"unknown"}, start)));
  login(user, "u1");
  must(run(revoke_all(*db, user, start)));
  EXPECT_EQ(error_of(rotate("u1", "u2")), Errc::unauthenticated);
}

TEST_F(AccountsTest, ExpiredTokensAreForgotten) {
  auto user = person("a@example.com");
  login(user, "t1");
  EXPECT_EQ(must(run(delete_expired_tokens(*db, start))), 0u);
  EXPECT_EQ(must(run(delete_expired_tokens(*db, start + std::chrono::days{31}))), 1u);
}

}  // namespace
}  // namespace jobraker
