#include <sstream>

#include <gtest/gtest.h>

#include "tests/ctl/bytes.hpp"
#include "tools/ctl/invocation.hpp"
#include "tools/ctl/outcome.hpp"

namespace jobraker::ctl {
namespace {

const Time noon = *parse_rfc3339("2026-11-20T12:00:00Z");

Understood reading(const std::string& line) {
  std::istringstream words{line};
  std::vector<std::string> arguments;
  for (std::string word; words >> word;)
    arguments.push_back(word);
  return understand(arguments, {}, noon);
}

struct Case {
  const char* line;
  Verb verb;
  const char* target;
  const char* body = "";
};

TEST(Commands, EachBecomesOneRequest) {
  const Case cases[] = {
    {"actors list", Verb::get, "/api/v1/admin/actors"},
    {"actors list --path users --state running --sort mailbox --order asc --limit 5 -q a/b",
     Verb::get,
     "/api/v1/admin/actors?path=%2Fusers&state=running&q=a%2Fb&sort=mailbox&order=asc&limit=5"},
    {"actors list --kind user --cursor c&d", Verb::get,
     "/api/v1/admin/actors?kind=user&cursor=c%26d"},
    {"actors tree", Verb::get, "/api/v1/admin/actors/tree"},
    {"actors tree /users", Verb::get, "/api/v1/admin/actors/tree?path=%2Fusers"},
    {"actors show users/a?b", Verb::get, "/api/v1/admin/actors/show/users/a%3Fb"},
    {"actors dead --crashed --limit 3", Verb::get,
     "/api/v1/admin/actors/dead?crashed=true&limit=3"},
    {"actors stop /users/x --reason stuck", Verb::post, "/api/v1/admin/actors/users/x/stop",
     R"({"confirm":"/users/x","reason":"stuck"})"},
    {"actors drain users --subtree", Verb::post, "/api/v1/admin/actors/users/drain",
     R"({"confirm":"/users","subtree":true})"},
    {"actors restart /a", Verb::post, "/api/v1/admin/actors/a/restart", R"({"confirm":"/a"})"},
    {"actors pause /a", Verb::post, "/api/v1/admin/actors/a/pause",
     R"({"confirm":"/a","seconds":300})"},
    {"actors pause /a --seconds 60", Verb::post, "/api/v1/admin/actors/a/pause",
     R"({"confirm":"/a","seconds":60})"},
    {"actors resume /a", Verb::post, "/api/v1/admin/actors/a/resume", R"({"confirm":"/a"})"},
    {"actors trace /a --messages 7", Verb::post, "/api/v1/admin/actors/a/trace",
     R"({"confirm":"/a","messages":7})"},
    {"alarms", Verb::get, "/api/v1/admin/alarms"},
    {"overview", Verb::get, "/api/v1/admin/overview"},
    {"health", Verb::get, "/readyz"},
    {"traces", Verb::get, "/api/v1/admin/traces"},
    {"traces --slowest --failed --name GET", Verb::get,
     "/api/v1/admin/traces?slowest=true&name=GET&failed=true"},
    {"traces --well", Verb::get, "/api/v1/admin/traces?failed=false"},
    {"traces 4bf92f3577b34da6a3ce929d0e0e4736", Verb::get,
     "/api/v1/admin/traces/4bf92f3577b34da6a3ce929d0e0e4736"},
    {"schedules", Verb::get, "/api/v1/admin/schedules"},
    {"schedules list", Verb::get, "/api/v1/admin/schedules"},
    {"schedules show jobs.refresh", Verb::get, "/api/v1/admin/schedules/jobs.refresh"},
    {"schedules runs a/b --limit 2", Verb::get, "/api/v1/admin/schedules/a%2Fb/runs?limit=2"},
    {"schedules run jobs.refresh", Verb::post, "/api/v1/admin/schedules/jobs.refresh/run", "{}"},
    {"schedules pause x", Verb::post, "/api/v1/admin/schedules/x/pause", "{}"},
    {"schedules resume x", Verb::post, "/api/v1/admin/schedules/x/resume", "{}"},
    {"batches --state failed", Verb::get, "/api/v1/admin/batches?state=failed"},
    {"applications --stuck --state submitting", Verb::get,
     "/api/v1/admin/applications?state=submitting&stuck=true"},
    {"budgets", Verb::get, "/api/v1/admin/llm/budgets"},
    {"budgets list --scope user --id 7", Verb::get,
     "/api/v1/admin/llm/budgets?scope=user&scope_id=7"},
    {"budgets set global day 12.5", Verb::put, "/api/v1/admin/llm/budgets",
     R"({"scope":"global","period":"day","limit_usd":12.5})"},
    {"budgets set company month none --id 7", Verb::put, "/api/v1/admin/llm/budgets",
     R"({"scope":"company","scope_id":"7","period":"month","limit_usd":null})"},
    {"llm metrics --group-by model --from 2h", Verb::get,
     "/api/v1/admin/llm/metrics?from=2026-11-20T10%3A00%3A00Z&group_by=model"},
    {"llm calls --order slowest --failed --provider openai --limit 9", Verb::get,
     "/api/v1/admin/llm/calls?order=slowest&provider=openai&failed=true&limit=9"},
    {"events", Verb::get, "/api/v1/admin/events?limit=1"},
    {"events status", Verb::get, "/api/v1/admin/events?limit=1"},
    {"events dead --consumer c --before 1d", Verb::get,
     "/api/v1/admin/events?consumer=c&before=2026-11-19T12%3A00%3A00Z"},
    {"events replay 019a", Verb::post, "/api/v1/admin/events/dlq/019a/replay"},
    {"users list", Verb::get, "/api/v1/profiles/users"},
    {"users list --role employer --limit 7 --cursor c&d", Verb::get,
     "/api/v1/profiles/users?role=employer&limit=7&cursor=c%26d"},
    {"users list ada+1@example.com", Verb::get, "/api/v1/profiles/users?q=ada%2B1%40example.com"},
    {"users show me", Verb::get, "/api/v1/users/me"},
    {"config", Verb::get, "/api/v1/admin/config"},
    {"log-level", Verb::get, "/api/v1/admin/log-level"},
    {"log-level get", Verb::get, "/api/v1/admin/log-level"},
    {"log-level set debug", Verb::put, "/api/v1/admin/log-level", R"({"level":"debug"})"},
    {"audit --about /users --action actor.stop", Verb::get,
     "/api/v1/admin/audit?actor=%2Fusers&action=actor.stop"},
    {"reports", Verb::get, "/api/v1/admin/reports"},
    {"reports list --state open --limit 3", Verb::get, "/api/v1/admin/reports?state=open&limit=3"},
    {"reports decide 7 upheld --note done", Verb::post, "/api/v1/admin/reports/7/decide",
     R"({"decision":"upheld","note":"done"})"},
  };
  for (const auto& one : cases) {
    auto understood = reading(one.line);
    ASSERT_TRUE(understood.invocation) << one.line << ": " << understood.answered.err;
    const auto& call = understood.invocation->call;
    EXPECT_EQ(call.verb, one.verb) << one.line;
    EXPECT_EQ(call.target, one.target) << one.line;
    EXPECT_EQ(call.body, one.body) << one.line;
    EXPECT_NE(understood.invocation->screen, nullptr) << one.line;
    EXPECT_EQ(call.open, std::string{one.line} == "health") << one.line;
  }
}

TEST(Commands, WhatMakesNoSenseIsWrongUsage) {
  for (auto line : {"",
                    "dance",
                    "actors",
                    "actors show",
                    "actors show /",
                    "actors show a//b",
                    "actors stop ../x",
                    "actors list --sort beauty",
                    "actors list --limit 0",
                    "actors list --limit many",
                    "actors list --all --cursor x",
                    "actors stop /a --yes",
                    "actors pause /a --yes --subtree",
                    "actors trace /a --messages 0",
                    "actors pause /a --seconds 0",
                    "schedules run",
                    "schedules dance",
                    "budgets set",
                    "budgets set global day lots",
                    "budgets set global day -1",
                    "budgets set global day nan",
                    "budgets set global week 1",
                    "budgets set user day 1",
                    "budgets set global day 1 --id 7",
                    "llm",
                    "llm metrics --from yesterday",
                    "log-level set loud",
                    "events replay",
                    "users",
                    "users show",
                    "users list --role boss",
                    "users list --limit 201",
                    "users list --all --cursor x",
                    "users list a b",
                    "traces a b",
                    "traces --failed --well",
                    "--timeout 0 alarms",
                    "alarms --watch=0",
                    "alarms --watch=x",
                    "actors stop /a --watch",
                    "actors list --all --watch",
                    "alarms --color pink",
                    "alarms extra",
                    "alarms --password secret",
                    "login a@b --password secret"}) {
    auto understood = reading(line);
    EXPECT_FALSE(understood.invocation) << line;
    EXPECT_EQ(understood.answered.exit, exit_usage) << line;
    EXPECT_FALSE(understood.answered.err.empty()) << line;
    EXPECT_TRUE(understood.answered.out.empty()) << line;
  }
}

TEST(Commands, HelpIsThereForEveryCommand) {
  for (const auto& entry : every_command()) {
    auto understood = reading(entry.words + " --help");
    EXPECT_EQ(understood.answered.exit, exit_ok) << entry.words;
    EXPECT_NE(understood.answered.out.find("--help"), std::string::npos) << entry.words;
    for (const auto& option : entry.options)
      EXPECT_NE(understood.answered.out.find(option), std::string::npos) << entry.words << option;
  }
  EXPECT_GT(every_command().size(), 40U);
  auto version = reading("--version");
  EXPECT_EQ(version.answered.exit, exit_ok);
  EXPECT_EQ(version.answered.out, "jobrakerctl 0.1.0\n");
}

TEST(Commands, NoArgumentReachesAnotherAddress) {
  ASSERT_TRUE(rc::check([] {
    auto wild = *wild_text();
    for (const char* action : {"show", "pause"}) {
      auto understood = understand({"actors", action, "/x" + wild}, {}, noon);
      if (!understood.invocation)
        continue;
      const auto& target = understood.invocation->call.target;
      RC_ASSERT(target.starts_with("/api/v1/admin/actors/"));
      RC_ASSERT(target.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                         "0123456789-._~%/") == std::string::npos);
      RC_ASSERT(target.find("/../") == std::string::npos);
      RC_ASSERT(target.find("//") == std::string::npos);
    }
  }));
}

TEST(Commands, AnyArgumentsAreUnderstoodOrRefused) {
  ASSERT_TRUE(rc::check([] {
    auto words = *rc::gen::container<std::vector<std::string>>(rc::gen::oneOf(
      rc::gen::element<std::string>("actors", "list", "--limit", "5", "traces", "--watch", "stop",
                                    "/a", "--yes", "--reason", "set", "budgets", "--json"),
      wild_text()));
    std::erase_if(words,
                  [](const std::string& word) { return word.find('\0') != std::string::npos; });
    auto understood = understand(words, {}, noon);
    if (!understood.invocation)
      RC_ASSERT(understood.answered.exit == exit_ok || understood.answered.exit == exit_usage);
  }));
}

}  // namespace
}  // namespace jobraker::ctl
