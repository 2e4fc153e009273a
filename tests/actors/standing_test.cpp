#include "actors/system/standing.hpp"

#include <gtest/gtest.h>

#include "messages/json.hpp"

namespace jobraker {
namespace {

struct Told {
  std::string state;
  std::optional<std::string> since;
};

Told told(const Standing& standing) {
  Summary summary;
  standing.tell(summary);
  const auto text = summary.text();
  auto document = json::Document::parse(text);
  Told out{std::string{document->root()["state"].string_or("")}, std::nullopt};
  if (const auto since = document->root()["since"].string())
    out.since = *since;
  return out;
}

Result<int> failed(Errc code) { return fail(code, "as asked"); }

TEST(Standing, IsAsTheLastCallThatProvesAnythingHasFoundIt) {
  Standing standing;
  EXPECT_EQ(told(standing).state, "unused");
  EXPECT_FALSE(told(standing).since);
  standing.saw(failed(Errc::invalid));
  EXPECT_EQ(told(standing).state, "unused") << "that is our own fault";
  standing.saw(Result<int>{1});
  const auto up = told(standing);
  EXPECT_EQ(up.state, "up");
  ASSERT_TRUE(up.since);
  standing.saw(failed(Errc::unavailable));
  standing.saw(Result<int>{2});
  EXPECT_EQ(told(standing).since, up.since) << "nothing has changed";
  standing.saw(failed(Errc::upstream_timed_out));
  const auto down = told(standing);
  EXPECT_EQ(down.state, "down");
  standing.saw(failed(Errc::upstream_failed));
  EXPECT_EQ(told(standing).since, down.since);
}

}  // namespace
}  // namespace jobraker
