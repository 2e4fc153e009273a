#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "config/config.hpp"
#include "config/keys.hpp"

namespace jobraker {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(PrintConfig, HidesSecrets) {
  Config config;
  config.auth.jwt_secret = "jwt-hush";
  config.llm.api_key = "sk-hush";
  config.adzuna.app_id = "id-hush";
  config.adzuna.app_key = "key-hush";
  auto text = print_config(config);
  EXPECT_THAT(text, Not(HasSubstr("hush")));
  EXPECT_THAT(text, HasSubstr("jwt_secret = \"***\""));
  EXPECT_THAT(print_config(Config{}), HasSubstr("jwt_secret = \"\""));
}

TEST(PrintConfig, HidesThePasswordInsideAUrl) {
  struct Case {
    const char* url;
    const char* printed;
  };
  for (const auto& [url, printed] :
       {Case{"postgresql://ann:hush@db.example:5432/jobs?sslmode=require",
             "postgresql://ann:***@db.example:5432/jobs?sslmode=require"},
        Case{"postgresql://ann:hu@sh@db.example/jobs", "postgresql://ann:***@db.example/jobs"},
        Case{"postgresql://ann@db.example:5432/jobs", "postgresql://ann@db.example:5432/jobs"},
        Case{"postgresql:///jobs?user=ann&password=hush&host=h",
             "postgresql:///jobs?user=ann&password=***&host=h"},
        Case{"host=db user=ann password=hush dbname=jobs",
             "host=db user=ann password=*** dbname=jobs"},
        Case{"password=hush password=hush", "password=*** password=***"}}) {
    Config config;
    config.database.url = url;
    auto text = print_config(config);
    EXPECT_THAT(text, HasSubstr("url = \"" + std::string{printed} + "\""));
    EXPECT_THAT(text, Not(HasSubstr("hush")));
  }
}

TEST(PrintConfig, SaysWhatEveryKeyMeans) {
  Config config;
  auto text = print_config(config);
  for (const auto& key : config_detail::keys(config)) {
    auto name = std::string{key.name.substr(key.name.find('.') + 1)};
    EXPECT_THAT(text, HasSubstr("# " + std::string{key.meaning} + "\n" + name + " = "));
  }
}

TEST(PrintConfig, OfTheDefaultsReadsBackAsTheDefaults) {
  Config other;
  other.server.port = 1;
  other.matching.threshold = 1;
  other.log.level = "off";
  auto problem = read_toml(print_config(Config{}), other);
  ASSERT_FALSE(problem) << problem.text;
  EXPECT_EQ(print_config(other), print_config(Config{}));
}

TEST(PrintConfig, ReadsBackAsWhatWasPrinted) {
  ASSERT_TRUE(rc::check([] {
    Config config;
    config.server.port = *rc::gen::inRange<std::int64_t>(0, 65536);
    config.matching.threshold = *rc::gen::inRange(0, 1'000'001) / 10000.0;
    config.matching.weight_skills = *rc::gen::inRange(0, 301) / 3.01;
    config.feeds.allow_private_addresses = *rc::gen::arbitrary<bool>();
    auto text = rc::gen::container<std::string>(rc::gen::inRange<char>(1, 127));
    config.llm.model = *text;
    config.server.cors_origins = *rc::gen::container<std::vector<std::string>>(text);
    Config back;
    auto problem = read_toml(print_config(config), back);
    RC_ASSERT(problem.text == "");
    RC_ASSERT(back.server.port == config.server.port);
    RC_ASSERT(back.matching.threshold == config.matching.threshold);
    RC_ASSERT(back.matching.weight_skills == config.matching.weight_skills);
    RC_ASSERT(back.feeds.allow_private_addresses == config.feeds.allow_private_addresses);
    RC_ASSERT(back.llm.model == config.llm.model);
    RC_ASSERT(back.server.cors_origins == config.server.cors_origins);
  }));
}

TEST(Keys, HaveNamesOfTheirOwnAndDefaultsWithinTheirBounds) {
  Config config;
  std::vector<std::string_view> names;
  for (const auto& key : config_detail::keys(config)) {
    names.push_back(key.name);
    EXPECT_LT(key.min, key.max) << key.name;
  }
  std::sort(names.begin(), names.end());
  EXPECT_EQ(std::adjacent_find(names.begin(), names.end()), names.end());
  config.database.url = "x";
  config.auth.jwt_secret = std::string(32, 's');
  EXPECT_FALSE(check(config)) << check(config).text;
}

}  // namespace
}  // namespace jobraker
