#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "config/nearest.hpp"

namespace jobraker {
namespace {

TEST(Nearest, FindsTheWordWithTheFewestChangedLetters) {
  EXPECT_EQ(nearest("prot", {"host", "port", "threads"}), "port");
  EXPECT_EQ(nearest("thread", {"host", "port", "threads"}), "threads");
  EXPECT_EQ(nearest("titel", {"title", "company"}), "title");
}

TEST(Nearest, OffersNothingWhenMoreThanHalfDiffers) {
  EXPECT_EQ(nearest("zzzz", {"host", "port"}), "");
  EXPECT_EQ(nearest("anything", {}), "");
  EXPECT_EQ(nearest("abcd", {"abzz"}), "abzz");
  EXPECT_EQ(nearest("abcd", {"azzz"}), "");
}

TEST(Nearest, FindsEveryWordItself) {
  ASSERT_TRUE(rc::check([](std::vector<std::string> words) {
    std::vector<std::string_view> views{words.begin(), words.end()};
    for (auto word : views)
      RC_ASSERT(nearest(word, views) == word);
  }));
}

}  // namespace
}  // namespace jobraker
