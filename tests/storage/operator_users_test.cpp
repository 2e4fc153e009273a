#include <algorithm>
#include <set>

#include "storage/accounts.hpp"
#include "storage/operator_lists.hpp"
#include "tests/storage/samples.hpp"

namespace jobraker {
namespace {

using namespace storage;
using namespace std::chrono_literals;
using test::error_of;
using test::must;
using test::start;

struct UsersTest : test::SampleTest {
  UserId account(const std::string& email, Role role, Time at) {
    auto id = must(run(create_account(*db, email, "hash", role))).id;
    sql("UPDATE users SET created_at = $2 WHERE id = $1", {id, at});
    return id;
  }
  std::vector<UserId> found(ListUsers query) {
    std::vector<UserId> out;
    for (const auto& item : must(run(list_users(*db, query))).items)
      out.push_back(item.id);
    return out;
  }
};

TEST_F(UsersTest, AreShownWithTheirAddressCovered) {
  auto ada = account("ada.lovelace@example.com", Role::seeker, start);
  auto bob = account("b@firm.example", Role::employer, start + 1min);
  sql("INSERT INTO user_profiles (user_id, full_name, version) VALUES ($1, 'Ada Lovelace', 7)",
      {ada});
  auto firm = CompanyId::of("firm");
  sql("INSERT INTO companies (id, name, name_key) VALUES ($1, 'Firm', 'firm')", {firm});
  sql("UPDATE users SET company_id = $2 WHERE id = $1", {bob, firm});
  for (auto hours : {1, 3, 2}) {
    const Bytes hash{std::to_string(hours)};
    must(run(store_refresh_token(*db, {ada, new_uuid(), hash, start + 100h})));
    sql("UPDATE refresh_tokens SET created_at = $2 WHERE token_hash = $1",
        {hash, start + std::chrono::hours{hours}});
  }
  auto page = must(run(list_users(*db, {})));
  ASSERT_EQ(page.items.size(), 2U);
  EXPECT_EQ(page.next, std::nullopt);
  const auto &b = page.items[0], &a = page.items[1];
  EXPECT_EQ(b.id, bob);
  EXPECT_EQ(b.role, Role::employer);
  EXPECT_EQ(b.email, "b***@firm.example");
  EXPECT_EQ(b.created_at, start + 1min);
  EXPECT_EQ(b.last_seen_at, std::nullopt);
  EXPECT_EQ(b.company_id, firm);
  EXPECT_EQ(b.profile_version, std::nullopt);
  EXPECT_EQ(a.id, ada);
  EXPECT_EQ(a.role, Role::seeker);
  EXPECT_EQ(a.email, "a***@example.com");
  EXPECT_EQ(a.last_seen_at, start + 3h);
  EXPECT_EQ(a.company_id, std::nullopt);
  EXPECT_EQ(a.profile_version, 7);
}

// Whatever was let in as an address, of what stands before its last @ one letter is told.
TEST_F(UsersTest, OddAddressesAreCoveredToo) {
  account("no address at all", Role::seeker, start);
  account("two@signs@example.com", Role::seeker, start + 1s);
  account("\u00fcmit@example.com", Role::seeker, start + 2s);
  std::vector<std::string> told;
  for (const auto& item : must(run(list_users(*db, {}))).items)
    told.push_back(item.email);
  EXPECT_EQ(told, (std::vector<std::string>{"\u00fc***@example.com", "t***@example.com", "n***"}));
}

TEST_F(UsersTest, PagesHoldEachAccountOnceTheNewestFirst) {
  std::vector<std::pair<Time, UserId>> seekers;
  for (int i = 0; i < 11; ++i) {
    // Several of the same moment.
    auto at = start + std::chrono::minutes{i / 3};
    auto seeker = i % 4 != 0;
    auto id = account(std::to_string(i) + "@example.com", seeker ? Role::seeker : Role::admin, at);
    if (seeker)
      seekers.emplace_back(at, id);
  }
  std::sort(seekers.rbegin(), seekers.rend());
  for (bool only_seekers : {false, true}) {
    ListUsers query{.limit = 3};
    if (only_seekers)
      query.role = Role::seeker;
    std::vector<std::pair<Time, UserId>> seen;
    do {
      auto page = must(run(list_users(*db, query)));
      EXPECT_LE(page.items.size(), 3U);
      for (const auto& item : page.items)
        seen.emplace_back(item.created_at, item.id);
      query.cursor = page.next;
    } while (query.cursor);
    EXPECT_TRUE(std::is_sorted(seen.rbegin(), seen.rend()));
    EXPECT_EQ(std::set(seen.begin(), seen.end()).size(), seen.size());
    if (only_seekers)
      EXPECT_EQ(seen, seekers);
    else
      EXPECT_EQ(seen.size(), 11U);
  }
}

TEST_F(UsersTest, OneIsFoundByTheIdOrTheWholeAddress) {
  auto ada = account("ada@example.com", Role::seeker, start);
  account("ada@example.com.au", Role::seeker, start);
  const std::vector<UserId> only{ada};
  EXPECT_EQ(found({.q = to_string(ada)}), only);
  EXPECT_EQ(found({.q = "ada@example.com"}), only);
  EXPECT_EQ(found({.q = "ADA@Example.com"}), only);
  EXPECT_EQ(found({.role = Role::seeker, .q = "ada@example.com"}), only);
  EXPECT_TRUE(found({.role = Role::admin, .q = "ada@example.com"}).empty());
  for (const char* other : {"ada@example.co", "da@example.com", "%@example.com", "@",
                            "00000000-0000-0000-0000-000000000000"})
    EXPECT_TRUE(found({.q = other}).empty()) << other;
}

TEST_F(UsersTest, WhatIsNoQuestionIsRefused) {
  for (const char* q : {"", "ada", "%", "12", "Ada Lovelace"})
    EXPECT_EQ(error_of(run(list_users(*db, {.q = q}))), Errc::invalid) << q;
  for (const char* cursor : {"", "x", "00000000-0000-0000-0000-000000000000", "../../etc"})
    EXPECT_EQ(error_of(run(list_users(*db, {.cursor = cursor}))), Errc::invalid) << cursor;
}

}  // namespace
}  // namespace jobraker
