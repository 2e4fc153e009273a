#include "config/shown.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "config/keys.hpp"
#include "config/masked.hpp"

namespace jobraker {
namespace {

using config_detail::keys;
using testing::HasSubstr;
using testing::Not;

const ShownSetting& find(const std::vector<ShownSetting>& all, std::string_view key) {
  auto it = std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.key == key; });
  if (it == all.end())
    throw std::runtime_error("no setting " + std::string{key});
  return *it;
}

/// All texts of the values.
std::string texts(const std::vector<ShownSetting>& all) {
  std::string out;
  for (const auto& setting : all)
    if (const auto* text = std::get_if<std::string>(&setting.value))
      out += *text + "\n";
    else if (const auto* list = std::get_if<std::vector<std::string>>(&setting.value))
      for (const auto& item : *list)
        out += item + "\n";
  return out;
}

TEST(ShownSettings, AreAllThereAreInTheirOrder) {
  Config config;
  auto all = keys(config);
  auto shown = shown_settings(config);
  ASSERT_EQ(shown.size(), all.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(shown[i].key, all[i].name);
    EXPECT_EQ(shown[i].meaning, all[i].meaning);
    EXPECT_EQ(shown[i].secret, all[i].secret);
    EXPECT_EQ(shown[i].source, SettingSource::built_in) << shown[i].key;
  }
}

TEST(ShownSettings, HaveTheirValues) {
  Config config;
  config.server.port = 8123;
  config.chat.compression = true;
  config.matching.threshold = 61.5;
  config.server.cors_origins = {"https://a.example", "https://b.example"};
  auto shown = shown_settings(config);
  EXPECT_EQ(std::get<std::int64_t>(find(shown, "server.port").value), 8123);
  EXPECT_EQ(std::get<bool>(find(shown, "chat.compression").value), true);
  EXPECT_EQ(std::get<double>(find(shown, "matching.threshold").value), 61.5);
  EXPECT_EQ(std::get<std::vector<std::string>>(find(shown, "server.cors_origins").value),
            config.server.cors_origins);
}

TEST(ShownSettings, OfASecretSayOnlyWhetherItIsSet) {
  Config config;
  config.llm.api_key = "hush";
  auto shown = shown_settings(config);
  EXPECT_EQ(std::get<std::string>(find(shown, "llm.api_key").value), "***");
  EXPECT_TRUE(std::holds_alternative<std::monostate>(find(shown, "auth.jwt_secret").value));
}

/// Texts that no setting's own value has in it.
rc::Gen<std::string> any_password() {
  auto tail = rc::gen::container<std::string>(rc::gen::element<char>(
    'a', 'Z', '0', '-', '.', '_', '~', '!', '$', '*', '(', ')', ',', ';', ':', '@', '#', '%'));
  return rc::gen::map(tail, [](const std::string& text) { return "hush" + text; });
}

/// As a value between quotes of libpq's.
std::string quoted(const std::string& text) {
  std::string out = "'";
  for (char c : text) {
    if (c == '\'' || c == '\\')
      out.push_back('\\');
    out.push_back(c);
  }
  return out + "'";
}

std::string somewhere(const std::string& password) {
  return *rc::gen::element<std::string>(
    "postgresql://ann:" + password + "@db.example:5432/jobs?sslmode=require",
    "https://u:" + password + "@h.example/v1", "postgresql://db/jobs?user=ann&password=" + password,
    "https://h.example/hook?a=b&api_key=" + password, "https://h.example/?Access_Token=" + password,
    "host=db password=" + password + " dbname=jobs", "host=db PASSWORD = " + password,
    "host=db sslpassword=" + quoted(password + " x'\\ " + password) + " port=1",
    "password=" + password + " password=" + password);
}

// Whatever is in the configuration: the property holds for keys that do not exist yet.
TEST(ShownSettings, NeverHoldASecret) {
  ASSERT_TRUE(rc::check([] {
    Config config;
    for (const auto& key : keys(config)) {
      if (auto* text = std::get_if<std::string*>(&key.target))
        **text = key.secret ? *any_password() : somewhere(*any_password());
      else if (auto* list = std::get_if<std::vector<std::string>*>(&key.target))
        **list = {somewhere(*any_password()), somewhere(*any_password())};
    }
    RC_ASSERT(texts(shown_settings(config)).find("hush") == std::string::npos);
    RC_ASSERT(print_config(config).find("hush") == std::string::npos);
  }));
}

TEST(ShownSettings, SayWhoSetThem) {
  Config config;
  config.server.port = 1;
  config.log.level = "debug";
  config.llm.api_key = "hush";
  config.server.threads = 3;
  Environment environment{{"JOBRAKER_LOG_LEVEL", "debug"},
                          {"OPENAI_API_KEY", "hush"},
                          {"SKYVERN_API_KEY", ""},
                          {"PATH", "/bin"}};
  auto shown = shown_settings(config, environment);
  EXPECT_EQ(find(shown, "log.level").source, SettingSource::environment);
  EXPECT_EQ(find(shown, "llm.api_key").source, SettingSource::environment);
  EXPECT_EQ(find(shown, "skyvern.api_key").source, SettingSource::built_in);
  EXPECT_EQ(find(shown, "server.port").source, SettingSource::file);
  EXPECT_EQ(find(shown, "server.host").source, SettingSource::built_in);
}

TEST(ShownSettings, KnowTheVariablesThatAreRead) {
  Config all;
  for (const auto& key : keys(all)) {
    if (!std::holds_alternative<std::string*>(key.target))
      continue;
    Config config;
    Environment environment{{config_detail::environment_name(key.name), "other"}};
    ASSERT_FALSE(read_environment(environment, config)) << key.name;
    EXPECT_EQ(find(shown_settings(config, environment), key.name).source,
              SettingSource::environment);
  }
  for (const auto& [variable, key] : config_detail::well_known_variables()) {
    Config config;
    Environment environment{{std::string{variable}, "other"}};
    ASSERT_FALSE(read_environment(environment, config)) << variable;
    EXPECT_NE(find(shown_settings(config), key).value, find(shown_settings({}), key).value) << key;
    EXPECT_EQ(find(shown_settings(config, environment), key).source, SettingSource::environment);
  }
}

TEST(WithoutPasswords, LeavesWhatIsNone) {
  for (const char* text :
       {"", "https://api.example/v1", "http://h:8080/a", "postgresql://ann@db:5432/jobs",
        "postgresql:///jobs?host=h&user=ann", "host=db user=ann dbname=jobs", "gpt-4.1-mini",
        "broker:9092,other:9092", "the password of a door"})
    EXPECT_EQ(config_detail::without_passwords(text), text);
}

TEST(WithoutPasswords, LeavesWhatStandsBesideThem) {
  struct Case {
    const char* text;
    const char* left;
  };
  for (const auto& [text, left] :
       {Case{"host=db password='a b' dbname=jobs", "host=db password=*** dbname=jobs"},
        Case{"password = 'it\\'s' dbname=jobs", "password = *** dbname=jobs"},
        Case{"password=a\\ b dbname=jobs", "password=*** dbname=jobs"},
        Case{"password='open", "password=***"},
        Case{"https://h/?token=a&b=c", "https://h/?token=***&b=c"},
        Case{"postgresql://ann:a?b@db/jobs", "postgresql://ann:***@db/jobs"}})
    EXPECT_EQ(config_detail::without_passwords(text), left);
}

}  // namespace
}  // namespace jobraker
