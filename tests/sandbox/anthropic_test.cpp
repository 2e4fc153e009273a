#include <array>

#include <gmock/gmock.h>

#include "tests/sandbox/call.hpp"

namespace jobraker::sandbox {
namespace {

using ::testing::HasSubstr;

constexpr std::string_view tools =
  R"("tools":[{"name":"searchJobs","description":"Search jobs","input_schema":{"type":"object","properties":{"query":{"type":"string"},"location":{"type":"string"}}}}])";

struct Anthropic : ::testing::Test {
  App app{{}};
  net::Response post(std::string members, const Mischief& mischief = {}) {
    return model_call(app, "/v1/messages",
                      R"({"model":"claude-haiku-5-5","max_tokens":500,)" + members + "}", mischief)
      .response;
  }
  std::string error_of(const net::Response& response) {
    return parsed(response).root()["error"]["message"].string_or("");
  }
};

TEST_F(Anthropic, AnswersTextWithUsage) {
  auto response = post(R"("messages":[{"role":"user","content":"Hello"}])");
  ASSERT_EQ(response.status, 200) << response.bytes();
  auto document = parsed(response);
  auto root = document.root();
  EXPECT_EQ(root["type"].string_or(""), "message");
  EXPECT_EQ(root["stop_reason"].string_or(""), "end_turn");
  EXPECT_THAT(root["content"].at(0)["text"].string_or(""), HasSubstr("Hello"));
  EXPECT_GT(root["usage"]["output_tokens"].integer(), 0);
  EXPECT_EQ(response.headers.value("anthropic-ratelimit-requests-limit"), "30000");
  EXPECT_TRUE(parse_rfc3339(response.headers.value("anthropic-ratelimit-input-tokens-reset")));
}

TEST_F(Anthropic, CallsAndTakesResults) {
  auto question = R"({"role":"user","content":"Find welder jobs in Leeds"})";
  auto first = post(std::string{tools} + R"(,"messages":[)" + question + "]");
  auto document = parsed(first);
  auto use = document.root()["content"].at(0);
  EXPECT_EQ(use["type"].string_or(""), "tool_use");
  EXPECT_EQ(use["input"]["location"].string_or(""), "Leeds");
  EXPECT_EQ(document.root()["stop_reason"].string_or(""), "tool_use");
  auto id = use["id"].string_or("");
  auto second = post(std::string{tools} + R"(,"messages":[)" + question +
                     R"(,{"role":"assistant","content":[)" + use.dump() +
                     R"(]},{"role":"user","content":[{"type":"tool_result","tool_use_id":")" + id +
                     R"(","content":"[{\"title\":\"Welder\",\"company\":\"Odra Stal\"}]"}]}])");
  ASSERT_EQ(second.status, 200) << second.bytes();
  EXPECT_THAT(std::string{second.bytes()}, HasSubstr("Welder at Odra Stal"));
}

TEST_F(Anthropic, RefusesWhatTheServiceRefuses) {
  struct Case {
    std::string_view members, message;
  };
  for (
    const auto& [members, message] :
    {Case{R"("messages":[])", "at least one message"},
     Case{R"("messages":[{"role":"system","content":"x"}])", "top-level `system`"},
     Case{R"("messages":[{"role":"user","content":""}])", "non-empty"},
     Case{R"("temperature":1.5,"messages":[{"role":"user","content":"x"}])", "temperature"},
     Case{
       R"("messages":[{"role":"user","content":"x"},{"role":"assistant","content":[{"type":"tool_use","id":"t1","name":"a","input":{}}]},{"role":"user","content":"and?"}])",
       "without `tool_result` blocks"},
     Case{
       R"("messages":[{"role":"user","content":"x"},{"role":"assistant","content":[{"type":"tool_use","id":"t1","name":"a","input":{}}]}])",
       "without `tool_result` blocks"},
     Case{
       R"("messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"t9","content":"x"}]}])",
       "unexpected `tool_use_id`"},
     Case{
       R"("messages":[{"role":"user","content":"x"},{"role":"assistant","content":[{"type":"tool_use","id":"t1","name":"a","input":{}}]},{"role":"user","content":[{"type":"text","text":"first"},{"type":"tool_result","tool_use_id":"t1","content":"x"}]}])",
       "must come first"},
     Case{R"("tool_choice":{"type":"any"},"messages":[{"role":"user","content":"x"}])",
          "tool_choice"}}) {
    auto response = post(std::string{members});
    EXPECT_EQ(response.status, 400) << members;
    EXPECT_THAT(error_of(response), HasSubstr(std::string{message})) << members;
  }
}

TEST_F(Anthropic, ModelsHaveTheirDialects) {
  auto status = [&](std::string body) {
    return model_call(app, "/v1/messages", std::move(body)).response.status;
  };
  EXPECT_EQ(
    status(
      R"({"model":"claude-3-5-sonnet-20241022","max_tokens":5,"messages":[{"role":"user","content":"x"}]})"),
    404);
  EXPECT_EQ(
    status(
      R"({"model":"claude-sonnet-5-5","max_tokens":5,"temperature":0.2,"messages":[{"role":"user","content":"x"}]})"),
    400);
  EXPECT_EQ(
    status(
      R"({"model":"claude-haiku-4-5","max_tokens":5,"temperature":0.2,"messages":[{"role":"user","content":"x"}]})"),
    200);
  EXPECT_EQ(status(R"({"model":"claude-haiku-4-5","messages":[{"role":"user","content":"x"}]})"),
            400);
}

TEST_F(Anthropic, NeedsItsHeaders) {
  auto request = call(net::Method::post, "/v1/messages", "{}");
  EXPECT_EQ(run(anthropic(app, request, {})).response.status, 401);
  request.headers.set("x-api-key", "sk-test");
  EXPECT_EQ(run(anthropic(app, request, {})).response.status, 400);
  request.headers.set("x-api-key", "sk-invalid");
  auto refused = run(anthropic(app, request, {})).response;
  EXPECT_EQ(refused.status, 401);
  EXPECT_EQ(parsed(refused).root()["error"]["type"].string_or(""), "authentication_error");
}

TEST_F(Anthropic, TheVersionDecidesWhatIsTaken) {
  auto status = [&](std::string_view version, std::string_view more) {
    auto request = call(net::Method::post, "/v1/messages",
                        R"({"model":"claude-haiku-4-5","max_tokens":5,)" + std::string{more} +
                          R"("messages":[{"role":"user","content":"x"}]})");
    request.headers.set("authorization", "Bearer sk-test");
    request.headers.set("anthropic-version", version);
    return run(anthropic(app, request, {})).response.status;
  };
  for (auto name : {R"("temperature":1,)", R"("top_p":0.5,)", R"("top_k":3,)"}) {
    EXPECT_EQ(status("2023-06-01", name), 200) << name;
    EXPECT_EQ(status("2026-10-21", name), 400) << name;
  }
  EXPECT_EQ(status("2026-10-21", ""), 200);
  EXPECT_EQ(status("2024-01-01", ""), 400);
}

TEST_F(Anthropic, TheLimitEndsWithMaxTokensAndAStopSequenceIsNamed) {
  auto short_one = model_call(
    app, "/v1/messages",
    R"({"model":"claude-haiku-5-5","max_tokens":4,"messages":[{"role":"user","content":"Hello"}]})");
  auto document = parsed(short_one.response);
  EXPECT_EQ(document.root()["stop_reason"].string_or(""), "max_tokens");
  EXPECT_EQ(document.root()["usage"]["output_tokens"].integer(), 4);
  auto stopped =
    post(R"("stop_sequences":["postings"],"messages":[{"role":"user","content":"Hello"}])");
  auto second = parsed(stopped);
  EXPECT_EQ(second.root()["stop_reason"].string_or(""), "stop_sequence");
  EXPECT_EQ(second.root()["stop_sequence"].string_or(""), "postings");
}

TEST_F(Anthropic, APrefillIsContinued) {
  auto whole = parsed(post(R"("messages":[{"role":"user","content":"Hello"}])"));
  auto text = whole.root()["content"].at(0)["text"].string_or("");
  auto rest =
    parsed(post(R"("messages":[{"role":"user","content":"Hello"},{"role":"assistant","content":")" +
                text.substr(0, 20) + R"("}])"));
  EXPECT_EQ(text.substr(0, 20) + rest.root()["content"].at(0)["text"].string_or(""), text);
}

TEST_F(Anthropic, TheCacheIsCountedApart) {
  std::string long_text;
  for (int i = 0; i < 1500; ++i)
    long_text += "word ";
  auto members =
    R"("system":[{"type":"text","text":")" + long_text +
    R"(","cache_control":{"type":"ephemeral"}}],"messages":[{"role":"user","content":"Hello"}])";
  auto usage = [&] {
    auto document = parsed(post(members));
    auto u = document.root()["usage"];
    return std::array{*u["input_tokens"].integer(), *u["cache_creation_input_tokens"].integer(),
                      *u["cache_read_input_tokens"].integer()};
  };
  auto first = usage(), second = usage();
  EXPECT_GT(first[1], 1024);
  EXPECT_EQ(first[2], 0);
  EXPECT_EQ(second[1], 0);
  EXPECT_EQ(second[2], first[1]);
  EXPECT_EQ(second[0], first[0]) << "input counts neither";
}

TEST_F(Anthropic, StreamsTheDocumentedEvents) {
  auto response =
    post(std::string{tools} +
         R"(,"stream":true,"messages":[{"role":"user","content":"Find welder jobs in Leeds"}])");
  auto text = read_stream(response);
  std::vector<std::string> names;
  std::string arguments;
  for (std::size_t at = 0; at < text.size();) {
    auto end = text.find("\n\n", at);
    ASSERT_NE(end, std::string::npos);
    auto event = text.substr(at, end - at);
    at = end + 2;
    auto name = event.substr(7, event.find('\n') - 7);
    auto data = json::Document::parse(event.substr(event.find("data: ") + 6));
    ASSERT_TRUE(data) << event;
    EXPECT_EQ(data->root()["type"].string_or(""), name);
    if (names.empty() || names.back() != name)
      names.push_back(name);
    arguments += data->root()["delta"]["partial_json"].string_or("");
  }
  EXPECT_THAT(names, ::testing::ElementsAre("message_start", "ping", "content_block_start",
                                            "content_block_delta", "content_block_stop",
                                            "message_delta", "message_stop"));
  EXPECT_TRUE(json::Document::parse(arguments)) << arguments;
}

}  // namespace
}  // namespace jobraker::sandbox
