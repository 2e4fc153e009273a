#include "actors/accounts/throttle.hpp"
#include "actors/accounts/tokens.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace jobraker {
namespace {

using namespace std::chrono_literals;

const std::string secret = "a secret of thirty-two characters";
const Time start = *parse_rfc3339("2026-11-20T12:00:00Z");

TEST(AccessTokensTest, WhatIsIssuedIsReadBackUntilItExpires) {
  AccessTokens tokens{secret, 15min};
  Principal who{UserId::fresh(), Role::employer};
  auto token = tokens.issue(who, start);
  auto read = tokens.check(token, start + 14min);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->user, who.user);
  EXPECT_EQ(read->role, Role::employer);
  EXPECT_EQ(tokens.check(token, start + 15min).error().code, Errc::unauthenticated);
}

TEST(AccessTokensTest, AnotherSecretOrAChangedByteIsRefused) {
  AccessTokens tokens{secret, 15min};
  AccessTokens others{"another secret of thirty-two chars!", 15min};
  auto token = tokens.issue({UserId::fresh(), Role::seeker}, start);
  EXPECT_FALSE(others.check(token, start));
  EXPECT_TRUE(rc::check([&] {
    auto broken = token;
    auto at = *rc::gen::inRange<std::size_t>(0, token.size());
    broken[at] = broken[at] == 'A' ? 'B' : 'A';
    // The last character of a base64url part may hold bits that do not count.
    auto read = tokens.check(broken, start);
    RC_ASSERT(!read || at + 1 == token.size());
  }));
  EXPECT_TRUE(rc::check([&](const std::string& noise) { RC_ASSERT(!tokens.check(noise, start)); }));
}

TEST(AccessTokensTest, TheCacheGivesTheSameAnswersAndNoticesTheEnd) {
  AccessTokens tokens{secret, 1min};
  TokenCache cache{tokens};
  Principal who{UserId::fresh(), Role::admin};
  auto token = tokens.issue(who, start);
  for (auto after : {0s, 1s, 4s, 30s, 59s})
    EXPECT_EQ(cache.check(token, start + after)->user, who.user);
  EXPECT_FALSE(cache.check(token, start + 66s));
  EXPECT_FALSE(cache.check(token + "x", start));
}

TEST(RefreshTokens, AreLongRandomAndStoredAsAHash) {
  auto a = new_refresh_token();
  auto b = new_refresh_token();
  EXPECT_NE(a, b);
  EXPECT_GE(a.size(), 43u);
  EXPECT_EQ(refresh_token_hash(a), refresh_token_hash(a));
  EXPECT_NE(refresh_token_hash(a), refresh_token_hash(b));
  EXPECT_EQ(refresh_token_hash(a).find(a), std::string::npos);
}

TEST(Passwords, AreHashedWithArgon2idAndVerified) {
  auto hash = hash_password("correct horse", {8u << 10, 1});
  ASSERT_TRUE(hash);
  EXPECT_TRUE(hash->starts_with("$argon2id$"));
  EXPECT_TRUE(verify_password(*hash, "correct horse"));
  EXPECT_FALSE(verify_password(*hash, "correct horsf"));
  EXPECT_FALSE(verify_password("not a hash", "correct horse"));
}

TEST(EmailTest, OneFormForEverySpelling) {
  EXPECT_EQ(*normalise_email("  Ann.Lee@Example.COM "), "ann.lee@example.com");
  for (auto bad : {"", "a", "a@b", "@b.example", "a@@b.example", "a b@c.example", "a@.example",
                   "a@b..example", "a@b.example.", "a@b.example\n,c@d.example"})
    EXPECT_FALSE(normalise_email(bad)) << bad;
}

TEST(LoginThrottleTest, BlocksAfterTheLastFailureAndForgivesAfterTheWindow) {
  LoginThrottle throttle{3, 60s};
  LoginThrottle::Clock::time_point t{};
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(throttle.wait("ann", t).count(), 0);
    throttle.attempt("ann", t);
  }
  EXPECT_EQ(throttle.wait("ann", t + 1s), 59s);
  EXPECT_EQ(throttle.wait("bob", t + 1s).count(), 0);
  EXPECT_EQ(throttle.wait("ann", t + 60s).count(), 0);
  throttle.attempt("ann", t + 61s);
  EXPECT_EQ(throttle.wait("ann", t + 61s).count(), 0);
}

TEST(LoginThrottleTest, ASuccessStartsAnew) {
  LoginThrottle throttle{1, 60s};
  LoginThrottle::Clock::time_point t{};
  throttle.attempt("ann", t);
  throttle.succeeded("ann");
  EXPECT_EQ(throttle.wait("ann", t).count(), 0);
}

TEST(LoginThrottleTest, AnAttemptGivenBackDoesNotCount) {
  LoginThrottle throttle{1, 60s};
  LoginThrottle::Clock::time_point t{};
  throttle.attempt("ann", t);
  EXPECT_GT(throttle.wait("ann", t).count(), 0);
  throttle.give_back("ann");
  EXPECT_EQ(throttle.wait("ann", t).count(), 0);
  EXPECT_EQ(throttle.size(), 0u);
}

TEST(LoginThrottleTest, MemoryIsBoundedWhateverComes) {
  EXPECT_TRUE(rc::check([](const std::vector<std::string>& keys) {
    LoginThrottle throttle{2, 60s, 10};
    LoginThrottle::Clock::time_point t{};
    for (const auto& key : keys)
      throttle.attempt(key, t += 1s);
    RC_ASSERT(throttle.size() <= 10u);
  }));
}

}  // namespace
}  // namespace jobraker
