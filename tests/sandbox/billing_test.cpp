#include <gmock/gmock.h>

#include "tests/sandbox/call.hpp"
#include "tools/sandbox/text.hpp"

namespace jobraker::sandbox {
namespace {

using ::testing::HasSubstr;

constexpr std::string_view hello =
  R"({"model":"gpt-4.1-mini","messages":[{"role":"user","content":"Hello"}]})";

/// A call through everything, faults and counters included, as the server would make it.
net::Response whole_call(App& app, std::string_view path, std::string body) {
  auto request = call(net::Method::post, path, std::move(body));
  request.headers.set("authorization", "Bearer sk-test");
  request.headers.set("x-api-key", "sk-test");
  request.headers.set("anthropic-version", "2023-06-01");
  auto router = app.router();
  net::Parameters parameters;
  auto found = router.match(net::Method::post, request.segments, parameters);
  EXPECT_NE(found.route, nullptr);
  return run(found.route->handler(request));
}

json::Document served(App& app) { return parsed(control(app, get("/control/served?ids=1"))); }

void order(App& app, std::string body) {
  EXPECT_EQ(control(app, call(net::Method::post, "/control/faults", std::move(body))).status, 201);
}

std::int64_t sum(json::View root, std::string_view name) {
  return root["totals"][name].integer().value_or(-1);
}

TEST(Billing, ServedCountsExactlyWhatUsageSays) {
  App app{{}};
  std::int64_t prompt = 0, completion = 0;
  for (auto question : {"Hello", "Write 60 words about pay", "hi"}) {
    auto answer = parsed(whole_call(app, "/v1/chat/completions",
                                    R"({"model":"gpt-4o","messages":[{"role":"user","content":")" +
                                      std::string{question} + R"("}]})"));
    prompt += *answer.root()["usage"]["prompt_tokens"].integer();
    completion += *answer.root()["usage"]["completion_tokens"].integer();
  }
  auto message = parsed(whole_call(
    app, "/v1/messages",
    R"({"model":"claude-haiku-5-5","max_tokens":99,"messages":[{"role":"user","content":"Hello"}]})"));
  prompt += *message.root()["usage"]["input_tokens"].integer();
  completion += *message.root()["usage"]["output_tokens"].integer();
  auto embedded = parsed(whole_call(app, "/v1/embeddings",
                                    R"({"model":"text-embedding-3-small","input":"hello world"})"));
  prompt += *embedded.root()["usage"]["prompt_tokens"].integer();
  auto sums = served(app);
  EXPECT_EQ(sum(sums.root(), "prompt_tokens"), prompt);
  EXPECT_EQ(sum(sums.root(), "completion_tokens"), completion);
  EXPECT_EQ(sums.root()["endpoints"]["messages"]["calls"].integer(), 1);
  EXPECT_EQ(sums.root()["models"]["gpt-4o"]["calls"].integer(), 3);
  bool listed = false;
  sums.root()["outcomes"].each_element([&](json::View group) {
    listed = listed || group["ids"].at(0).string_or("") == message.root()["id"].string_or("-");
  });
  EXPECT_TRUE(listed);
}

TEST(Billing, FaultsAreCountedApartAndCostNothing) {
  App app{{}};
  for (auto kind : {"status", "malformed_json", "cut_body"})
    order(app,
          R"({"match":{"path_prefix":"/v1/"},"kind":")" + std::string{kind} + R"(","status":500})");
  for (int i = 0; i < 3; ++i)
    whole_call(app, "/v1/chat/completions", std::string{hello});
  EXPECT_EQ(whole_call(app, "/v1/chat/completions", "{}").status, 400);
  auto sums = served(app);
  EXPECT_EQ(sum(sums.root(), "calls"), 4);
  auto fine = whole_call(app, "/v1/chat/completions", std::string{hello});
  EXPECT_EQ(fine.status, 200);
  std::int64_t billed = 0;
  auto after = served(app);
  after.root()["outcomes"].each_element([&](json::View group) {
    if (group["outcome"].string_or("") == "ok")
      billed += *group["prompt_tokens"].integer();
  });
  EXPECT_EQ(sum(after.root(), "prompt_tokens"), billed);
}

TEST(Billing, AStreamIsBilledForWhatWasSent) {
  App app{{}};
  order(app, R"({"match":{"path_prefix":"/v1/"},"kind":"cut_stream","after":4})");
  auto streamed =
    R"({"model":"gpt-4.1-mini","stream":true,"stream_options":{"include_usage":true,"continuous_usage_stats":true},"messages":[{"role":"user","content":"Hello"}]})";
  {
    auto cut_short = whole_call(app, "/v1/chat/completions", streamed);
    EXPECT_THAT(read_stream(cut_short), HasSubstr("\"completion_tokens\":3"));
  }
  auto sums = served(app);
  EXPECT_EQ(sum(sums.root(), "completion_tokens"), 3);
  {
    auto whole = whole_call(app, "/v1/chat/completions", streamed);
    EXPECT_EQ(served(app).root()["in_flight"].integer(), 1);
    auto all = read_stream(whole);
    auto last = all.rfind("\"usage\":{");
    auto usage = json::Document::parse(all.substr(last + 8, all.find("}\n\n", last) - last - 8));
    ASSERT_TRUE(usage) << all.substr(last);
    EXPECT_EQ(sum(served(app).root(), "completion_tokens"),
              3 + *usage->root()["completion_tokens"].integer());
  }
  EXPECT_EQ(served(app).root()["in_flight"].integer(), 0);
}

TEST(Billing, OverTheLimitIsADocumented429) {
  App app{{.limit = {1, 1000000}}};
  auto first = whole_call(app, "/v1/chat/completions", std::string{hello});
  EXPECT_EQ(first.headers.value("x-ratelimit-limit-requests"), "1");
  EXPECT_EQ(first.headers.value("x-ratelimit-remaining-requests"), "0");
  EXPECT_EQ(first.headers.value("x-ratelimit-reset-requests"), "1m0s");
  auto second = whole_call(app, "/v1/chat/completions", std::string{hello});
  EXPECT_EQ(second.status, 429);
  EXPECT_THAT(std::string{second.bytes()}, HasSubstr("Please try again in"));
  EXPECT_EQ(parsed(second).root()["error"]["code"].string_or(""), "rate_limit_exceeded");
  EXPECT_FALSE(second.headers.value("retry-after").empty());
  EXPECT_FALSE(second.headers.value("retry-after-ms").empty());
  EXPECT_EQ(control(app, call(net::Method::post, "/control/limits",
                              R"({"model":"claude-haiku-5-5","tpm":10})"))
              .status,
            200);
  auto large = whole_call(
    app, "/v1/messages",
    R"({"model":"claude-haiku-5-5","max_tokens":99,"messages":[{"role":"user","content":"Hello"}]})");
  EXPECT_EQ(large.status, 429);
  EXPECT_THAT(std::string{large.bytes()}, HasSubstr("Request too large"));
  EXPECT_TRUE(large.headers.value("retry-after").empty()) << "waiting does not help";
}

TEST(Billing, ARepeatedPrefixIsCached) {
  App app{{}};
  std::string long_text;
  for (int i = 0; i < 1500; ++i)
    long_text += "word ";
  auto cached = [&](std::string question) {
    auto answer =
      parsed(whole_call(app, "/v1/chat/completions",
                        R"({"model":"gpt-4.1-mini","messages":[{"role":"system","content":")" +
                          long_text + R"("},{"role":"user","content":")" + question + R"("}]})"));
    return *answer.root()["usage"]["prompt_tokens_details"]["cached_tokens"].integer();
  };
  EXPECT_EQ(cached("Hello"), 0);
  auto second = cached("What about pay?");
  EXPECT_GE(second, 1024);
  EXPECT_EQ(second % 128, 0);
  EXPECT_EQ(sum(served(app).root(), "cached_tokens"), second);
  auto streamed = whole_call(
    app, "/v1/chat/completions",
    R"({"model":"gpt-4.1-mini","stream":true,"stream_options":{"include_usage":true,"continuous_usage_stats":true},)"
    R"("messages":[{"role":"system","content":")" +
      long_text + R"("},{"role":"user","content":"Hello"}]})");
  auto text = read_stream(streamed);
  auto first = text.find("\"cached_tokens\":");
  EXPECT_LT(first, text.find("[DONE]"));
  EXPECT_LT(first, text.rfind("\"choices\":[]")) << "with the chunks, not only at the end";
}

TEST(Faults, OfTheModerationFlagEverything) {
  App app{{}};
  auto flagged = [&](std::string text) {
    auto answer = parsed(whole_call(app, "/v1/moderations", R"({"input":")" + text + R"("})"));
    return answer.root()["results"].at(0)["flagged"].boolean().value_or(false);
  };
  EXPECT_FALSE(flagged("a job as a nurse"));
  EXPECT_TRUE(flagged("I will kill you"));
  EXPECT_TRUE(flagged("x [[flag]] y"));
  EXPECT_TRUE(flagged("x [[flag:sexual]] y"));
  order(app, R"({"kind":"flag"})");
  EXPECT_TRUE(flagged("a job as a nurse"));
  EXPECT_FALSE(flagged("a job as a nurse"));
}

TEST(Faults, OverloadHasAnthropicsForm) {
  App app{{}};
  order(app, R"({"match":{"path_prefix":"/v1/messages"},"kind":"status","status":529})");
  auto answer = whole_call(app, "/v1/messages", "{}");
  EXPECT_EQ(answer.status, 529);
  EXPECT_EQ(parsed(answer).root()["error"]["type"].string_or(""), "overloaded_error");
}

TEST(Faults, ArgumentsAndNamesOfCallsCanBeSpoiled) {
  App app{{}};
  auto body =
    R"({"model":"gpt-4o","messages":[{"role":"user","content":"list my applications"}],"tools":[{"type":"function","function":{"name":"listApplications","parameters":{"type":"object","properties":{}}}}]})";
  order(app, R"({"kind":"unknown_tool"})");
  EXPECT_THAT(std::string{whole_call(app, "/v1/chat/completions", body).bytes()},
              HasSubstr("transferMoney"));
  order(app, R"({"kind":"broken_content"})");
  auto broken = parsed(whole_call(app, "/v1/chat/completions", body));
  auto arguments = broken.root()["choices"]
                     .at(0)["message"]["tool_calls"]
                     .at(0)["function"]["arguments"]
                     .string_or("");
  EXPECT_FALSE(json::Document::parse(arguments)) << arguments;
}

}  // namespace
}  // namespace jobraker::sandbox
