#include "net/api/routes.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "tests/openapi/document.hpp"

namespace jobraker::net {
namespace {

using test::Operation;

/// The server's table; its handlers are never called.
const Router& table() {
  static const auto router = [] {
    ApiSettings settings;
    settings.open_session = [](auto&&...) -> Result<std::shared_ptr<SessionPort>> {
      return fail(Errc::unavailable, "a test");
    };
    return routes(Actors{}, Capabilities{}, settings, {});
  }();
  return router;
}

/// A pattern as the document writes it: `{name...}` is `{name}`.
std::string path_of(const Route& route) {
  auto path = route.pattern;
  if (auto dots = path.find("...}"); dots != std::string::npos)
    path.erase(dots, 3);
  return path;
}

/// `GET /jobs` and what both sides know of it.
std::map<std::string, const Route*> by_line() {
  std::map<std::string, const Route*> out;
  for (const auto* route : table().routes())
    out[std::string{to_string(route->method)} + " " + path_of(*route)] = route;
  return out;
}

/// Calls `compare` with each operation and its route.
void each_pair(const std::function<void(const Operation&, const Route&)>& compare) {
  auto lines = by_line();
  for (const auto& operation : test::operations()) {
    auto line = operation.method + " " + operation.path;
    SCOPED_TRACE(line);
    if (auto found = lines.find(line); found != lines.end())
      compare(operation, *found->second);
  }
}

TEST(OpenapiRoutes, EveryRouteIsInTheDocumentAndTheOtherWayRound) {
  std::set<std::string> served;
  std::set<std::string> written;
  for (const auto& [line, route] : by_line())
    served.insert(line);
  // The pages are assets of the binary, not of `routes`; test_openapi.py asks for them.
  for (const auto& operation : test::operations())
    if (operation.view["tags"].at(0).string() != "pages")
      written.insert(operation.method + " " + operation.path);
  std::vector<std::string> only_served;
  std::vector<std::string> only_written;
  std::set_difference(served.begin(), served.end(), written.begin(), written.end(),
                      std::back_inserter(only_served));
  std::set_difference(written.begin(), written.end(), served.begin(), served.end(),
                      std::back_inserter(only_written));
  EXPECT_EQ(only_served, std::vector<std::string>{})
    << "these routes are not described: add them to net/api/openapi/";
  EXPECT_EQ(only_written, std::vector<std::string>{})
    << "nothing serves these: take them out of net/api/openapi/";
}

TEST(OpenapiRoutes, OperationsHaveTheRoutesNames) {
  each_pair([](const Operation& operation, const Route& route) {
    EXPECT_EQ(operation.id(), route.options.name);
  });
}

TEST(OpenapiRoutes, SaysWhoMayCall) {
  each_pair([](const Operation& operation, const Route& route) {
    auto security = operation.view["security"];
    auto access = route.websocket ? route.websocket->access : route.options.access;
    bool without_token = true;  // a webhook's signature is looked at by its handler
    (security ? security : test::document().root()["security"]).each_element([&](json::View one) {
      without_token = without_token && !one["bearer"];
    });
    EXPECT_EQ(without_token, access == Access::anonymous);
    EXPECT_EQ(operation.view["x-role"].string_or(""), access == Access::admin ? "admin" : "");
    auto responses = operation.view["responses"];
    if (access != Access::anonymous)
      EXPECT_TRUE(responses["401"]);
    if (access == Access::admin)
      EXPECT_TRUE(responses["403"]);
  });
}

TEST(OpenapiRoutes, PathParametersAreThoseOfThePattern) {
  each_pair([](const Operation& operation, const Route& route) {
    std::vector<std::string> names;
    for (auto parameter : operation.parameters())
      if (parameter["in"].string() == "path") {
        names.push_back(parameter["name"].string_or(""));
        EXPECT_EQ(parameter["required"].boolean(), true);
      }
    EXPECT_EQ(names, route.parameters);
  });
}

TEST(OpenapiRoutes, BodiesAreOfTheTypesThatAreTaken) {
  each_pair([](const Operation& operation, const Route& route) {
    std::set<std::string> written;
    operation.view["requestBody"]["content"].each_member(
      [&](std::string_view type, json::View) { written.insert(std::string{type}); });
    const auto& accepts = route.options.accepts;
    if (accepts.empty())
      return;
    EXPECT_EQ(written, std::set<std::string>(accepts.begin(), accepts.end()));
    EXPECT_TRUE(operation.view["responses"]["415"]);
  });
}

TEST(OpenapiRoutes, WebSocketsAnswer101And426) {
  each_pair([](const Operation& operation, const Route& route) {
    EXPECT_EQ(static_cast<bool>(operation.view["responses"]["101"]), route.websocket != nullptr);
    EXPECT_EQ(static_cast<bool>(operation.view["responses"]["426"]), route.websocket != nullptr);
    if (route.websocket)
      EXPECT_EQ(operation.view["x-websocket"]["subprotocol"].string(), route.websocket->protocol);
  });
}

}  // namespace
}  // namespace jobraker::net
