#include "actors/profile/match_view.hpp"

#include <gtest/gtest.h>

#include "messages/json.hpp"

namespace jobraker {
namespace {

std::vector<StoredMatch> matches_with(std::initializer_list<double> scores) {
  std::vector<StoredMatch> out;
  for (auto score : scores) {
    StoredMatch match;
    match.first.compatibility_score = score;
    match.second.title = "Engineer " + std::to_string(static_cast<int>(score));
    out.push_back(match);
  }
  return out;
}

std::vector<double> scores_in(const std::string& json) {
  std::vector<double> out;
  auto document = json::Document::parse(json);
  document->root()["items"].each_element(
    [&](json::View item) { out.push_back(*item["compatibility_score"].number()); });
  return out;
}

TEST(RenderMatches, PagesNeitherRepeatNorSkip) {
  auto matches = matches_with({90, 80, 70, 60, 50});
  EXPECT_EQ(scores_in(render_matches(matches, 2, 0, 0)), (std::vector<double>{90, 80}));
  EXPECT_EQ(scores_in(render_matches(matches, 2, 2, 0)), (std::vector<double>{70, 60}));
  EXPECT_EQ(scores_in(render_matches(matches, 2, 4, 0)), (std::vector<double>{50}));
  EXPECT_TRUE(scores_in(render_matches(matches, 2, 6, 0)).empty());
}

TEST(RenderMatches, NextIsThereExactlyWhenThereIsMore) {
  auto matches = matches_with({90, 80, 70, 60});
  auto next = [&](std::size_t limit, double min) {
    auto document = json::Document::parse(render_matches(matches, limit, 0, min));
    return document->root()["next"].string_or("none");
  };
  EXPECT_EQ(next(2, 0), "2");
  EXPECT_EQ(next(4, 0), "none");
  EXPECT_EQ(next(2, 75), "none");
}

TEST(RenderMatches, AMatchHoldsItsJob) {
  auto document = json::Document::parse(render_matches(matches_with({90}), 1, 0, 0));
  EXPECT_EQ(document->root()["items"].at(0)["job"]["title"].string_or(""), "Engineer 90");
}

}  // namespace
}  // namespace jobraker
