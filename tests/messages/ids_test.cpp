#include <algorithm>
#include <set>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "messages/ids.hpp"

namespace jobraker {
namespace {

TEST(Uuid, ReadsBackItsOwnText) {
  ASSERT_TRUE(rc::check([](std::array<std::uint8_t, 16> bytes) {
    Uuid id{bytes};
    auto text = to_string(id);
    RC_ASSERT(text.size() == 36U);
    RC_ASSERT(parse_uuid(text) == id);
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char c) { return static_cast<char>(std::toupper(c)); });
    RC_ASSERT(parse_uuid(text) == id);
  }));
}

TEST(Uuid, TakesTheCanonicalFormOnly) {
  EXPECT_TRUE(parse_uuid("0190163d-8694-739b-aea5-966c26f8ad91"));
  for (auto text :
       {"", "0190163d8694739baea5966c26f8ad91", "{0190163d-8694-739b-aea5-966c26f8ad91}",
        "0190163d-8694-739b-aea5-966c26f8ad9", "0190163d-8694-739b-aea5-966c26f8ad911",
        "0190163d-8694-739b-aea5-966c26f8ad9g", "0190163d_8694-739b-aea5-966c26f8ad91",
        "0190163d-8694-739b-aea5966c-26f8ad91", " 190163d-8694-739b-aea5-966c26f8ad91"})
    EXPECT_FALSE(parse_uuid(text)) << text;
}

TEST(NewUuid, IsVersionSevenOrderedByTimeAndNeverTheSame) {
  std::vector<Uuid> made;
  for (int i = 0; i < 1000; ++i)
    made.push_back(new_uuid());
  EXPECT_EQ(std::set<Uuid>(made.begin(), made.end()).size(), made.size());
  for (const auto& id : made) {
    EXPECT_EQ(id.bytes[6] >> 4, 7);
    EXPECT_EQ(id.bytes[8] >> 6, 2);
  }
  // 48 bits of milliseconds stand in front; within one the order is not promised.
  auto milliseconds = [](const Uuid& id) {
    return std::vector(id.bytes.begin(), id.bytes.begin() + 6);
  };
  EXPECT_LE(milliseconds(made.front()), milliseconds(made.back()));
}

TEST(UuidOf, IsVersionEightTheSameForTheSameName) {
  EXPECT_EQ(uuid_of("a"), uuid_of("a"));
  EXPECT_NE(uuid_of("a"), uuid_of("b"));
  EXPECT_NE(uuid_of(""), Uuid{});
  EXPECT_EQ(uuid_of("a").bytes[6] >> 4, 8);
  EXPECT_EQ(uuid_of("a").bytes[8] >> 6, 2);
}

TEST(Id, OfNothingIsFalse) {
  EXPECT_FALSE(UserId{});
  EXPECT_TRUE(UserId::fresh());
  EXPECT_EQ(UserId::parse(to_string(UserId::of("x"))), UserId::of("x"));
  static_assert(!std::is_convertible_v<JobId, UserId>);
}

}  // namespace
}  // namespace jobraker
