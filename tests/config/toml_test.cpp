#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/config.hpp"

namespace jobraker {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

TEST(ReadToml, SetsTheNamedKeysAndLeavesTheOthers) {
  Config config;
  auto problem = read_toml(R"(
    [server]
    port = 9000
    cors_origins = ["https://a.example", "https://b.example"]
    [matching]
    threshold = 70.5
    weight_skills = 50
    [feeds]
    allow_private_addresses = true
    [llm]
    model = "some-model"
  )",
                           config);
  ASSERT_FALSE(problem) << problem.text;
  EXPECT_EQ(config.server.port, 9000);
  EXPECT_THAT(config.server.cors_origins,
              testing::ElementsAre("https://a.example", "https://b.example"));
  EXPECT_EQ(config.matching.threshold, 70.5);
  EXPECT_EQ(config.matching.weight_skills, 50);
  EXPECT_TRUE(config.feeds.allow_private_addresses);
  EXPECT_EQ(config.llm.model, "some-model");
  EXPECT_EQ(config.server.host, Config{}.server.host);
  EXPECT_EQ(config.jobs.age_days_max, Config{}.jobs.age_days_max);
}

TEST(ReadToml, TakesDottedKeysAndInlineTablesForTheSame) {
  for (auto text : {"server.port = 9000", "server = { port = 9000 }", "[server]\nport = 9_000"}) {
    Config config;
    ASSERT_FALSE(read_toml(text, config)) << text;
    EXPECT_EQ(config.server.port, 9000) << text;
  }
}

struct BadToml {
  const char* text;
  const char* names;
  const char* says;
};

class BadTomlTest : public testing::TestWithParam<BadToml> {};

TEST_P(BadTomlTest, IsAProblemThatNamesTheKey) {
  Config config;
  auto problem = read_toml(GetParam().text, config);
  ASSERT_TRUE(problem) << GetParam().text;
  EXPECT_THAT(problem.text, AllOf(HasSubstr(GetParam().names), HasSubstr(GetParam().says)));
}

INSTANTIATE_TEST_SUITE_P(
  ReadToml, BadTomlTest,
  testing::Values(
    BadToml{"[server]\nprot = 1", "server.prot", "did you mean server.port?"},
    BadToml{"[servr]\nport = 1", "servr.port", "did you mean server.port?"},
    BadToml{"[matching]\nwieght_skills = 1", "matching.wieght_skills", "matching.weight_skills"},
    BadToml{"port = 1", "port", "unknown key"}, BadToml{"[nothing]", "nothing", "unknown key"},
    BadToml{"[server.port]\nx = 1", "server.port.x", "unknown key"},
    BadToml{"[server]\nport = \"80\"", "server.port", "whole number"},
    BadToml{"[server]\nport = 80.5", "server.port", "whole number"},
    BadToml{"[server]\nport = true", "server.port", "whole number"},
    BadToml{"server = 3", "server", "unknown key"},
    BadToml{"[server]\nhost = 1", "server.host", "a string"},
    BadToml{"[server]\ncors_origins = \"*\"", "server.cors_origins", "list of strings"},
    BadToml{"[server]\ncors_origins = [1]", "server.cors_origins", "list of strings"},
    BadToml{"[feeds]\nallow_private_addresses = 1", "feeds.allow_private_addresses",
            "true or false"},
    BadToml{"[matching]\nthreshold = \"60\"", "matching.threshold", "a number"},
    BadToml{"[matching]\nthreshold = true", "matching.threshold", "a number"},
    BadToml{"[server]\nport = 65536", "server.port", "between 0 and 65535"},
    BadToml{"[server]\nport = -1", "server.port", "between 0 and 65535"},
    BadToml{"[matching]\nthreshold = 100.5", "matching.threshold", "between 0 and 100"},
    BadToml{"[matching]\nthreshold = nan", "matching.threshold", "between 0 and 100"},
    BadToml{"[matching]\nthreshold = inf", "matching.threshold", "between 0 and 100"},
    BadToml{"[server]\nport = 1\nport = 2", "line 3", "not valid TOML"},
    BadToml{"[server\nport = 1", "line 1", "not valid TOML"},
    BadToml{"\n\nserver", "line 3", "not valid TOML"}));

TEST(ReadToml, DoesNotOfferAKeyThatIsNothingLikeTheUnknownOne) {
  Config config;
  auto problem = read_toml("[zzzzzzzz]\nqqqqqqqqqqqqqqqq = 1", config);
  EXPECT_THAT(problem.text, StartsWith("unknown key"));
  EXPECT_EQ(problem.text.find("did you mean"), std::string::npos);
}

/// A configuration that a server can run with.
Config sound() {
  Config config;
  config.database.url = "postgresql://jobraker@/jobraker";
  config.auth.jwt_secret = std::string(32, 's');
  return config;
}

TEST(CheckConfig, AcceptsDefaultsWithADatabaseAndASecret) {
  auto problem = check(sound());
  EXPECT_FALSE(problem) << problem.text;
}

TEST(CheckConfig, NamesWhatAServerCannotRunWith) {
  struct Case {
    void (*spoil)(Config&);
    const char* names;
  };
  const Case cases[] = {
    {[](Config& c) { c.database.url.clear(); }, "database.url"},
    {[](Config& c) { c.auth.jwt_secret.pop_back(); }, "auth.jwt_secret"},
    {[](Config& c) { c.matching.weight_salary = 11; }, "add up to 100"},
    {[](Config& c) { c.actors.scheduler = "threads"; }, "actors.scheduler"},
    {[](Config& c) { c.log.level = "loud"; }, "log.level"},
    {[](Config& c) { c.llm.base_url = "ftp://x"; }, "llm.base_url"},
    {[](Config& c) { c.adzuna.base_url = ""; }, "adzuna.base_url"},
    {[](Config& c) { c.boards.greenhouse_url = "x"; }, "boards.greenhouse_url"},
    {[](Config& c) { c.boards.lever_url = "x"; }, "boards.lever_url"},
    {[](Config& c) { c.server.port = 70000; }, "server.port"},
  };
  for (const auto& [spoil, names] : cases) {
    auto config = sound();
    spoil(config);
    EXPECT_THAT(check(config).text, HasSubstr(names));
  }
}

}  // namespace
}  // namespace jobraker
