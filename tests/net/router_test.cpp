#include <gtest/gtest.h>

#include "net/http/router.hpp"

namespace jobraker::net {
namespace {

task<Response> nothing(Request&) { co_return Response::no_content(); }

Router sample() {
  Router router;
  router.get("/jobs/{id}", nothing).post("/jobs", nothing).get("/jobs", nothing);
  router.get("/jobs/recommendations", nothing).post("/jobs/{id}/auto-apply", nothing);
  router.get("/users/{user_id}/api-keys/{key}", nothing).del("/jobs/{job}", nothing);
  router.get("/", nothing).get("/admin/actors/{path...}", nothing);
  return router;
}

struct Case {
  Method method;
  std::string_view path;
  RouteMatch::Kind kind;
  std::string_view expected;  ///< pattern, or the value of Allow
  std::string_view parameters = "";
};

TEST(Router, FindsTheRouteOfEachPath) {
  using enum RouteMatch::Kind;
  const auto router = sample();
  const Case cases[] = {
    {Method::get, "/", found, "/"},
    {Method::get, "/jobs", found, "/jobs"},
    {Method::head, "/jobs", found, "/jobs"},
    {Method::get, "/jobs/7", found, "/jobs/{id}", "id=7;"},
    {Method::get, "/jobs/a%2Fb%20c", found, "/jobs/{id}", "id=a/b c;"},
    {Method::del, "/jobs/7", found, "/jobs/{job}", "job=7;"},
    {Method::get, "/jobs/recommendations", found, "/jobs/recommendations"},
    // A fixed segment that has not the method gives way to the parameter.
    {Method::del, "/jobs/recommendations", found, "/jobs/{job}", "job=recommendations;"},
    // … and one whose path ends too early, too.
    {Method::post, "/jobs/recommendations/auto-apply", found, "/jobs/{id}/auto-apply",
     "id=recommendations;"},
    {Method::get, "/users/me/api-keys/9", found, "/users/{user_id}/api-keys/{key}",
     "user_id=me;key=9;"},
    {Method::get, "/admin/actors/users/7", found, "/admin/actors/{path...}", "path=users/7;"},
    {Method::get, "/admin/actors", no_path, ""},
    {Method::get, "/jobs/", no_path, ""},
    {Method::get, "/jobs/..", no_path, ""},
    {Method::get, "/jobs/%2E", no_path, ""},
    {Method::get, "//jobs", no_path, ""},
    {Method::get, "/nothing", no_path, ""},
    {Method::get, "/jobs/7/8", no_path, ""},
    {Method::put, "/jobs", no_method, "GET, HEAD, POST, OPTIONS"},
    {Method::put, "/jobs/7", no_method, "GET, HEAD, DELETE, OPTIONS"},
    {Method::options, "/jobs/7/auto-apply", no_method, "POST, OPTIONS"},
  };
  for (const auto& at : cases) {
    std::vector<std::string> segments;
    Parameters parameters;
    ASSERT_TRUE(split_path(at.path, segments)) << at.path;
    const auto match = router.match(at.method, segments, parameters);
    ASSERT_EQ(match.kind, at.kind) << to_string(at.method) << " " << at.path;
    EXPECT_EQ(match.route != nullptr ? match.route->pattern : match.allow, at.expected) << at.path;
    std::string seen;
    for (const auto& [name, value] : parameters)
      seen += name + "=" + value + ";";
    EXPECT_EQ(seen, at.parameters) << at.path;
  }
}

TEST(Router, ListsItsRoutesInOrder) {
  const auto router = sample();
  const auto routes = router.routes();
  ASSERT_EQ(routes.size(), 9u);
  EXPECT_EQ(routes[1]->pattern, "/jobs");
  EXPECT_EQ(routes[1]->method, Method::post);
}

TEST(Router, RefusesWhatIsThereAlready) {
  auto router = sample();
  EXPECT_THROW(router.get("/jobs/{other}", nothing), std::logic_error);
  EXPECT_THROW(router.get("jobs", nothing), std::logic_error);
  EXPECT_THROW(router.get("/a/{x...}/b", nothing), std::logic_error);
}

TEST(SplitPath, RefusesBrokenEscapesNulAndForeignBytes) {
  std::vector<std::string> segments;
  for (auto bad : {"", "jobs", "/a%2", "/a%zz", "/a%00", "/%FF", "/%C0%AF"})
    EXPECT_FALSE(split_path(bad, segments)) << bad;
  ASSERT_TRUE(split_path("/a//%C3%A9/", segments));
  EXPECT_EQ(segments, (std::vector<std::string>{"a", "", "é", ""}));
}

}  // namespace
}  // namespace jobraker::net
