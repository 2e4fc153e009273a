#include <rapidcheck.h>

#include "storage/consents.hpp"
#include "tests/storage/samples.hpp"

namespace jobraker {
namespace {

using namespace storage;
using test::error_of;
using test::must;

struct ConsentsTest : test::SampleTest {
  std::int64_t logged(UserId user) {
    return sql("SELECT count(*) FROM consent_log WHERE user_id = $1", {user})
      .front()
      .get<std::int64_t>(0);
  }
};

TEST_F(ConsentsTest, NothingIsAgreedToUntilItIs) {
  auto ada = person("a@example.com");
  auto bob = person("b@example.com");
  EXPECT_EQ(must(run(find_consents(*db, ada))), Consents{});
  EXPECT_FALSE(must(run(has_consent(*db, ada, ConsentPurpose::ai_chat))));
  auto set = must(run(set_consents(*db, ada, {.ai_chat = true, .embeddings = false})));
  EXPECT_EQ(set, (Consents{.ai_chat = true}));
  EXPECT_EQ(must(run(find_consents(*db, ada))), set);
  EXPECT_TRUE(must(run(has_consent(*db, ada, ConsentPurpose::ai_chat))));
  EXPECT_FALSE(must(run(has_consent(*db, ada, ConsentPurpose::embeddings))));
  EXPECT_FALSE(must(run(has_consent(*db, ada, ConsentPurpose::auto_apply))));
  EXPECT_EQ(must(run(find_consents(*db, bob))), Consents{}) << "nobody else's";
  EXPECT_FALSE(must(run(has_consent(*db, bob, ConsentPurpose::ai_chat))));
}

TEST_F(ConsentsTest, EachChangeIsLoggedOnce) {
  auto user = person();
  must(run(set_consents(*db, user, {.resume_parsing = true, .ai_chat = true})));
  must(run(set_consents(*db, user, {.resume_parsing = true, .ai_chat = false})));
  must(run(set_consents(*db, user, {})));
  auto rows =
    sql("SELECT purpose, granted FROM consent_log WHERE user_id = $1 ORDER BY id", {user});
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows[0].get<std::string>(0), "ai_chat");
  EXPECT_TRUE(rows[0].get<bool>(1));
  EXPECT_EQ(rows[1].get<std::string>(0), "resume_parsing");
  EXPECT_EQ(rows[2].get<std::string>(0), "ai_chat");
  EXPECT_FALSE(rows[2].get<bool>(1));
}

TEST_F(ConsentsTest, TheLogOnlyGrowsAndGoesWithThePerson) {
  auto user = person();
  must(run(set_consents(*db, user, {.auto_apply = true})));
  EXPECT_EQ(error_of(run(db->query("UPDATE consent_log SET granted = false"))), Errc::invalid);
  EXPECT_EQ(error_of(run(db->query("DELETE FROM consent_log"))), Errc::invalid);
  EXPECT_EQ(logged(user), 1);
  sql("DELETE FROM users WHERE id = $1", {user});
  EXPECT_EQ(logged(user), 0);
  EXPECT_EQ(must(run(find_consents(*db, user))), Consents{});
}

TEST_F(ConsentsTest, OfNobodyCannotBeSet) {
  EXPECT_EQ(error_of(run(set_consents(*db, UserId::fresh(), {.ai_chat = true}))), Errc::not_found);
}

TEST_F(ConsentsTest, AnySequenceOfChangesIsWhatTheLastOnesSaid) {
  int round = 0;
  ASSERT_TRUE(rc::check([&] {
    auto user = person("p" + std::to_string(++round) + "@example.com");
    Consents model;
    std::int64_t changes = 0;
    std::array<bool, 5> said{};
    auto apply = [&](std::size_t i, bool& flag, const std::optional<bool>& change) {
      if (!change)
        return;
      changes += !said[i] || flag != *change;
      said[i] = true;
      flag = *change;
    };
    auto steps = *rc::gen::inRange(1, 6);
    for (int i = 0; i < steps; ++i) {
      auto any = [] {
        auto flag = *rc::gen::arbitrary<bool>();
        return *rc::gen::arbitrary<bool>() ? std::optional{flag} : std::nullopt;
      };
      SetConsents set{any(), any(), any(), any(), any()};
      apply(0, model.resume_parsing, set.resume_parsing);
      apply(1, model.ai_chat, set.ai_chat);
      apply(2, model.embeddings, set.embeddings);
      apply(3, model.digest_email, set.digest_email);
      apply(4, model.auto_apply, set.auto_apply);
      RC_ASSERT(must(run(set_consents(*db, user, set))) == model);
    }
    RC_ASSERT(must(run(find_consents(*db, user))) == model);
    RC_ASSERT(must(run(has_consent(*db, user, ConsentPurpose::digest_email))) ==
              model.digest_email);
    RC_ASSERT(logged(user) == changes);
  }));
}

}  // namespace
}  // namespace jobraker
