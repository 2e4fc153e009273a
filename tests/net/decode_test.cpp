#include "net/api/decode.hpp"

#include <gtest/gtest.h>

#include "messages/job_commands.hpp"
#include "net/http/message.hpp"

namespace jobraker::net {
namespace {

Request with(Parameters query) {
  Request request;
  request.query = std::move(query);
  return request;
}

TEST(Query, EveryNameCountsOnce) {
  EXPECT_TRUE(check_query(with({})));
  EXPECT_TRUE(check_query(with({{"a", "1"}, {"b", "1"}, {"A", "1"}})));
  const Parameters twice{{"limit", "1"}, {"q", "x"}, {"limit", "1"}};
  for (const auto& outcome :
       {check_query(with(twice)).error(), query_of<ListJobs>(with(twice)).error(),
        query_number(with(twice), "limit", 20, 1, 100).error()}) {
    EXPECT_EQ(outcome.code, Errc::invalid);
    ASSERT_EQ(outcome.fields.size(), 1u);
    EXPECT_EQ(outcome.fields[0].pointer, "/limit");
  }
}

TEST(Query, NumbersAreReadWithinTheirBounds) {
  EXPECT_EQ(query_number(with({}), "limit", 20, 1, 100), 20);
  EXPECT_EQ(query_number(with({{"limit", "100"}}), "limit", 20, 1, 100), 100);
  for (const char* bad : {"0", "101", "x", "", "1.5", "99999999999999999999"})
    EXPECT_EQ(query_number(with({{"limit", bad}}), "limit", 20, 1, 100).error().code, Errc::invalid)
      << bad;
  EXPECT_EQ(query_of<ListJobs>(with({{"limit", "7"}, {"q", "nurse"}}))->limit, 7);
}

}  // namespace
}  // namespace jobraker::net
