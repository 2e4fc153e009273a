#include "tools/ctl/pages.hpp"

#include <gtest/gtest.h>

namespace jobraker::ctl {
namespace {

TEST(Pages, AreJoinedInTheirOrder) {
  std::vector<json::Document> pages;
  pages.push_back(*json::Document::parse(R"({"items":[1,2],"next":"c","total":3})"));
  pages.push_back(*json::Document::parse(R"({"items":[{"a":"é"}],"next":null,"total":3})"));
  EXPECT_EQ(joined_pages(pages), R"({"next":null,"total":3,"items":[1,2,{"a":"é"}]})");
  EXPECT_EQ(joined_pages({}), R"({"items":[]})");
  auto all = json::Document::parse(R"({"items":[{"key":"http.port"},{"key":"llm.x"},{"no":1},7]})");
  EXPECT_EQ(only_keys(all->root(), "http"), R"({"items":[{"key":"http.port"}]})");
}

}  // namespace
}  // namespace jobraker::ctl
