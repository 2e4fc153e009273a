#include "net/http/route_traffic.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace jobraker::net {
namespace {

using namespace std::chrono_literals;

task<Response> nothing(Request&) { co_return Response::no_content(); }

RC_GTEST_PROP(RouteIndex, FindsEveryRouteAndNoOther, ()) {
  Router router, other;
  const auto count = *rc::gen::inRange(0, 300);
  for (int i = 0; i < count; ++i)
    router.get("/a" + std::to_string(i), nothing);
  other.get("/a", nothing);
  const RouteIndex index{router};
  RC_ASSERT(index.size() == static_cast<std::size_t>(count));
  const auto routes = router.routes();
  for (std::size_t i = 0; i < routes.size(); ++i)
    RC_ASSERT(index.of(routes[i]) == i);
  RC_ASSERT(index.of(nullptr) == index.size());
  RC_ASSERT(index.of(other.routes().front()) == index.size());
}

TEST(RouteTraffic, CountsByStatusAndTime) {
  RouteTraffic one{2}, two{2};
  one.count(0, 200, 1ms);
  one.count(0, 204, 1001us);
  two.count(0, 503, 40s);
  two.count(1, 404, 0ns);
  one.count(2, 999, -1ns);
  RouteFigures figures, rest;
  for (const auto* traffic : {&one, &two}) {
    traffic->add_to(0, figures);
    traffic->add_to(2, rest);
  }
  EXPECT_EQ(figures.answered[2], 2U);
  EXPECT_EQ(figures.answered[5], 1U);
  EXPECT_EQ(figures.times.front(), 1U) << "a bound belongs to its bucket";
  EXPECT_EQ(figures.times[1], 1U);
  EXPECT_EQ(figures.times.back(), 1U);
  EXPECT_NEAR(figures.seconds, 40.002001, 1e-9);
  EXPECT_EQ(rest.answered[5], 1U);
  EXPECT_EQ(rest.seconds, 0);
}

}  // namespace
}  // namespace jobraker::net
