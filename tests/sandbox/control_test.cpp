#include <algorithm>

#include "tests/sandbox/call.hpp"

namespace jobraker::sandbox {
namespace {

net::Response post(App& app, std::string_view path, std::string body) {
  return control(app, call(net::Method::post, path, std::move(body)));
}

TEST(Control, FaultsStrikeAsOftenAsOrderedAndOnlyWhatMatches) {
  App app{{}};
  EXPECT_EQ(post(app, "/control/faults",
                 R"({"match":{"path_prefix":"/v1/chat"},"kind":"status","status":503,"times":2})")
              .status,
            201);
  EXPECT_TRUE(app.faults.take("POST", "/v1/embeddings", "").empty());
  EXPECT_EQ(app.faults.take("POST", "/v1/chat/completions", "").size(), 1U);
  EXPECT_EQ(app.faults.take("POST", "/v1/chat/completions", "").size(), 1U);
  EXPECT_TRUE(app.faults.take("POST", "/v1/chat/completions", "").empty());
}

TEST(Control, AProbabilityIsReproducible) {
  auto strikes = [](std::uint64_t seed) {
    Faults faults{seed};
    faults.add({.path_prefix = "/", .times = -1, .probability = 0.3});
    std::string pattern;
    for (int i = 0; i < 200; ++i)
      pattern += faults.take("GET", "/x", "").empty() ? '.' : '#';
    return pattern;
  };
  EXPECT_EQ(strikes(7), strikes(7));
  EXPECT_NE(strikes(7), strikes(8));

  EXPECT_GT(std::ranges::count(strikes(7), '#'), 30);
  EXPECT_LT(std::ranges::count(strikes(7), '#'), 100);
}

TEST(Control, RefusesFaultsItDoesNotUnderstand) {
  App app{{}};
  for (auto body : {"", "[]", R"({"kind":"explode"})", R"({"kind":"latency","milliseconds":3})",
                    R"({"kind":"status","status":99})", R"({"kind":"latency","probability":2})"})
    EXPECT_EQ(post(app, "/control/faults", body).status, 400) << body;
}

TEST(Control, PostingsExpireAndReappear) {
  App app{{}};
  auto posting =
    R"({"key":"t1","title":"Test Pilot","company":"Acme","country":"gb","intro":"Fly.","sources":["rss"],"age_days":0})";
  auto before = app.postings.of("rss").size();
  EXPECT_EQ(post(app, "/control/postings", posting).status, 201);
  EXPECT_EQ(app.postings.of("rss").size(), before + 1);
  EXPECT_EQ(post(app, "/control/postings", R"({"remove":"t1"})").status, 204);
  EXPECT_EQ(app.postings.of("rss").size(), before);
  EXPECT_EQ(post(app, "/control/postings", R"({"remove":"t1"})").status, 404);
  EXPECT_EQ(post(app, "/control/postings", R"({"title":"no key"})").status, 400);
  EXPECT_EQ(post(app, "/control/postings", posting).status, 201);
  EXPECT_EQ(post(app, "/control/reset", "").status, 204);
  EXPECT_EQ(app.postings.of("rss").size(), before);
}

TEST(Control, RequestsAreRememberedByPath) {
  App app{{}};
  for (auto path : {"/v1/a", "/v0/b", "/v1/c"}) {
    SeenRequest seen;
    seen.path = path;
    app.served.remember(std::move(seen));
  }
  auto document = parsed(control(app, get("/control/requests?path_prefix=/v1&limit=1")));
  ASSERT_EQ(document.root()["requests"].size(), 1U);
  EXPECT_EQ(document.root()["requests"].at(0)["path"].string_or(""), "/v1/c");
}

}  // namespace
}  // namespace jobraker::sandbox
