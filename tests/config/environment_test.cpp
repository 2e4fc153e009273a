#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/config.hpp"

namespace jobraker {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(ReadEnvironment, OverridesEveryKindOfKey) {
  Config config;
  auto problem = read_environment({{"JOBRAKER_SERVER_PORT", "9001"},
                                   {"JOBRAKER_SERVER_HOST", "0.0.0.0"},
                                   {"JOBRAKER_MATCHING_THRESHOLD", "72.5"},
                                   {"JOBRAKER_FEEDS_ALLOW_PRIVATE_ADDRESSES", "true"},
                                   {"JOBRAKER_SERVER_CORS_ORIGINS", "https://a,https://b"},
                                   {"PATH", "/bin"}},
                                  config);
  ASSERT_FALSE(problem) << problem.text;
  EXPECT_EQ(config.server.port, 9001);
  EXPECT_EQ(config.server.host, "0.0.0.0");
  EXPECT_EQ(config.matching.threshold, 72.5);
  EXPECT_TRUE(config.feeds.allow_private_addresses);
  EXPECT_THAT(config.server.cors_origins, testing::ElementsAre("https://a", "https://b"));
}

TEST(ReadEnvironment, StandsAboveTheFile) {
  Config config;
  ASSERT_FALSE(read_toml("[server]\nport = 1000\n[log]\nlevel = \"warn\"", config));
  ASSERT_FALSE(read_environment({{"JOBRAKER_SERVER_PORT", "2000"}}, config));
  EXPECT_EQ(config.server.port, 2000);
  EXPECT_EQ(config.log.level, "warn");
}

TEST(ReadEnvironment, KnowsTheWellKnownNames) {
  Config config;
  ASSERT_FALSE(read_environment({{"DATABASE_URL", "postgresql://d"},
                                 {"OPENAI_API_KEY", "k"},
                                 {"OPENAI_BASE_URL", "http://o"},
                                 {"ADZUNA_APP_ID", "i"},
                                 {"ADZUNA_APP_KEY", "s"}},
                                config));
  EXPECT_EQ(config.database.url, "postgresql://d");
  EXPECT_EQ(config.llm.api_key, "k");
  EXPECT_EQ(config.llm.base_url, "http://o");
  EXPECT_EQ(config.adzuna.app_id, "i");
  EXPECT_EQ(config.adzuna.app_key, "s");
}

TEST(ReadEnvironment, PrefersOurOwnNameWhateverTheOrder) {
  Environment entries{{"JOBRAKER_DATABASE_URL", "ours"}, {"DATABASE_URL", "theirs"}};
  for (int turn = 0; turn < 2; ++turn) {
    Config config;
    ASSERT_FALSE(read_environment(entries, config));
    EXPECT_EQ(config.database.url, "ours");
    std::swap(entries[0], entries[1]);
  }
}

TEST(ReadEnvironment, TakesAnEmptyWellKnownNameForUnset) {
  Config config;
  config.database.url = "from the file";
  ASSERT_FALSE(read_environment({{"DATABASE_URL", ""}}, config));
  EXPECT_EQ(config.database.url, "from the file");
}

TEST(ReadEnvironment, NamesTheVariableThatIsWrong) {
  struct Case {
    const char* name;
    const char* value;
    const char* says;
  };
  for (const auto& [name, value, says] :
       {Case{"JOBRAKER_SERVER_PROT", "1", "did you mean JOBRAKER_SERVER_PORT?"},
        Case{"JOBRAKER_SERVER_PORT", "eighty", "whole number"},
        Case{"JOBRAKER_SERVER_PORT", "80 ", "whole number"},
        Case{"JOBRAKER_SERVER_PORT", "", "whole number"},
        Case{"JOBRAKER_SERVER_PORT", "99999999999999999999", "whole number"},
        Case{"JOBRAKER_SERVER_PORT", "65536", "between 0 and 65535"},
        Case{"JOBRAKER_MATCHING_THRESHOLD", "much", "a number"},
        Case{"JOBRAKER_MATCHING_THRESHOLD", "nan", "between 0 and 100"},
        Case{"JOBRAKER_FEEDS_ALLOW_PRIVATE_ADDRESSES", "yes", "true or false"}}) {
    Config config;
    EXPECT_THAT(read_environment({{name, value}}, config).text,
                AllOf(HasSubstr(name), HasSubstr(says)))
      << value;
  }
}

TEST(ReadEnvironment, LeavesTheNamesOfTestsAlone) {
  Config config;
  EXPECT_FALSE(read_environment(
    {{"JOBRAKER_TEST_DATABASE_URL", "x"}, {"JOBRAKER_SHARED_DATA", "y"}, {"JOBRAKER_CONFIG", "z"}},
    config));
}

TEST(ProcessEnvironment, SeesWhatTheProcessWasGiven) {
  ASSERT_EQ(setenv("JOBRAKER_TEST_SEEN", "a=b", 1), 0);
  EXPECT_THAT(process_environment(), testing::Contains(testing::Pair("JOBRAKER_TEST_SEEN", "a=b")));
}

}  // namespace
}  // namespace jobraker
