#include "net/api/openapi/join.hpp"

#include <gtest/gtest.h>

#include "messages/json.hpp"

namespace jobraker::net {
namespace {

constexpr std::string_view head =
  R"({"openapi":"3.1.0","info":{"title":"T","version":"0"},"paths":{"/a":{}},"components":{"schemas":{"A":{}}}})";

TEST(JoinOpenapi, GathersPathsAndComponentsOfAllParts) {
  const EmbeddedFile parts[] = {
    {"head", head},
    {"one", R"({"paths":{"/b":{"get":{}}},"components":{"schemas":{"B":{"type":"string"}}}})"},
    {"two", R"({"components":{"schemas":{"C":{}},"headers":{"H":{}}}})"}};
  auto joined = join_openapi(parts, "1.2.3");
  ASSERT_TRUE(joined) << joined.error().detail;
  EXPECT_EQ(
    *joined,
    R"({"openapi":"3.1.0","info":{"title":"T","version":"1.2.3"},"paths":{"/a":{},"/b":{"get":{}}},)"
    R"("components":{"schemas":{"A":{},"B":{"type":"string"},"C":{}},"headers":{"H":{}}}})");
}

struct Refusal {
  const char* what;
  const char* part;
  Errc code;
  const char* says;
};

class JoinRefuses : public testing::TestWithParam<Refusal> {};

TEST_P(JoinRefuses, AndNamesThePart) {
  const EmbeddedFile parts[] = {{"head", head}, {"second", GetParam().part}};
  auto joined = join_openapi(parts, "1");
  ASSERT_FALSE(joined);
  EXPECT_EQ(joined.error().code, GetParam().code);
  EXPECT_NE(joined.error().detail.find("second"), std::string::npos);
  EXPECT_NE(joined.error().detail.find(GetParam().says), std::string::npos)
    << joined.error().detail;
}

INSTANTIATE_TEST_SUITE_P(All, JoinRefuses,
                         testing::Values(Refusal{"path", R"({"paths":{"/a":{}}})", Errc::invalid,
                                                 "paths /a is there twice"},
                                         Refusal{"schema", R"({"components":{"schemas":{"A":{}}}})",
                                                 Errc::invalid, "schemas A is there twice"},
                                         Refusal{"info", R"({"info":{}})", Errc::invalid,
                                                 "info belongs into the first part"},
                                         Refusal{"list", "[]", Errc::malformed, "is no object"},
                                         Refusal{"text", "{", Errc::malformed, "JSON"}),
                         [](const auto& info) { return std::string{info.param.what}; });

TEST(JoinOpenapi, WantsAtLeastOnePart) { EXPECT_FALSE(join_openapi({}, "1")); }

TEST(JoinOpenapi, TheServersOwnPartsFit) {
  auto document = json::Document::parse(openapi_document());
  ASSERT_TRUE(document) << document.error().detail;
  EXPECT_EQ(document->root()["openapi"].string(), "3.1.0");
  EXPECT_NE(document->root()["info"]["version"].string_or("0"), "0");
}

}  // namespace
}  // namespace jobraker::net
