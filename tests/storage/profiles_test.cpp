#include "storage/profiles.hpp"

#include "messages/codec.hpp"
#include "storage/accounts.hpp"
#include "tests/support/pg.hpp"

namespace jobraker {
namespace {

using namespace storage;
using test::error_of;
using test::must;

struct ProfilesTest : test::PgTest {
  UserId person(const std::string& email) {
    return must(run(create_account(*db, email, "hash", Role::seeker))).id;
  }
};

/// Every field with a value of its own, so that two columns exchanged would show.
Profile full(UserId user) {
  Profile p;
  p.user_id = user;
  p.personal_info = {"Ada Lovelace", "ada@example.com", "+44 1", "London", "citizen"};
  p.summary = {7.5, Seniority::senior, "Counts \"well\""};
  p.skills = {{"C++", "Rust"}, {"Asio"}, {"Linux, \\ and more"}, {"patience"}};
  p.experience = {{"Engineer", "Intern"}, {"Acme", ""}, {"tech"}, {"Did {things}\nand more", "x"}};
  p.education = {{"BSc"}, {"UCL"}, {2009, 2011}, {"algebra"}};
  p.preferences = {{"lead"},
                   {"Berlin", "Remote"},
                   80000,
                   95000,
                   "EUR",
                   {JobType::full_time, JobType::contract},
                   CompanySize::startup};
  p.ai_insights = {"sum", {"s1"}, {"i1", "i2"}, "advice"};
  p.evidence = {{"/personal_info/full_name", 0, 12, "Ada Lovelace"},
                {"/skills/soft_skills/0", 20, 28, "quo\"te"}};
  p.last_resume_upload = parse_rfc3339("2026-11-01T10:00:00Z");
  return p;
}

TEST_F(ProfilesTest, AreSavedWholeAndReadBack) {
  auto user = person("a@example.com");
  EXPECT_EQ(error_of(run(find_profile(*db, user))), Errc::not_found);
  auto saved = must(run(save_profile(*db, full(user), 0)));
  EXPECT_EQ(saved.version, 1);
  EXPECT_GT(saved.created_at, Time{});
  auto found = must(run(find_profile(*db, user)));
  EXPECT_EQ(json::encode(found), json::encode(saved));
  auto expected = full(user);
  expected.version = 1;
  expected.created_at = saved.created_at;
  expected.updated_at = saved.updated_at;
  EXPECT_EQ(json::encode(found), json::encode(expected));
}

TEST_F(ProfilesTest, AnEmptyOneStaysEmpty) {
  Profile p;
  p.user_id = person("a@example.com");
  must(run(save_profile(*db, p, 0)));
  auto found = must(run(find_profile(*db, p.user_id)));
  EXPECT_EQ(found.personal_info, PersonalInfo{});
  EXPECT_EQ(found.preferences, Preferences{});
  EXPECT_EQ(found.last_resume_upload, std::nullopt);
}

TEST_F(ProfilesTest, AWriteBasedOnAnotherVersionIsRefused) {
  auto p = full(person("a@example.com"));
  EXPECT_EQ(error_of(run(save_profile(*db, p, 3))), Errc::precondition_failed)
    << "there is none yet";
  must(run(save_profile(*db, p, 0)));
  EXPECT_EQ(error_of(run(save_profile(*db, p, 0))), Errc::precondition_failed);
  p.personal_info.full_name = "Ada King";
  EXPECT_EQ(must(run(save_profile(*db, p, 1))).version, 2);
  EXPECT_EQ(error_of(run(save_profile(*db, p, 1))), Errc::precondition_failed);
  auto found = must(run(find_profile(*db, p.user_id)));
  EXPECT_EQ(found.version, 2);
  EXPECT_EQ(found.personal_info.full_name, "Ada King");
}

TEST_F(ProfilesTest, NeedAnAccount) {
  EXPECT_EQ(error_of(run(save_profile(*db, full(UserId::fresh()), 0))), Errc::invalid);
}

TEST_F(ProfilesTest, AreListedPageByPage) {
  std::vector<UserId> people;
  for (int i = 0; i < 5; ++i) {
    people.push_back(person("p" + std::to_string(i) + "@example.com"));
    must(run(save_profile(*db, full(people.back()), 0)));
  }
  std::sort(people.begin(), people.end());
  auto first = must(run(list_profiles(*db, 3)));
  auto rest = must(run(list_profiles(*db, 3, first.back().user_id)));
  ASSERT_EQ(first.size() + rest.size(), 5u);
  EXPECT_EQ(first[0].user_id, people[0]);
  EXPECT_EQ(rest[1].user_id, people[4]);
}

}  // namespace
}  // namespace jobraker
