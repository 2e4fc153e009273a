#include "net/client/openai.hpp"
#include "tests/net/reply_stream_fixture.hpp"

namespace jobraker::net::openai {
namespace {

const auto make = [] { return reply_stream(); };

std::string event_of(std::string_view json) { return "data: " + std::string{json} + "\n\n"; }

std::string chunk(std::string_view delta, std::string_view finish = "null") {
  return event_of(
    R"({"id":"c1","object":"chat.completion.chunk","created":1,"model":"m-2025","choices":[{"index":0,"delta":)" +
    std::string{delta} + R"(,"finish_reason":)" + std::string{finish} + R"(}],"usage":null})");
}

const std::string usage_chunk = event_of(
  R"({"id":"c1","model":"m-2025","choices":[],"usage":{"prompt_tokens":1200,"completion_tokens":40,"total_tokens":1240,"prompt_tokens_details":{"cached_tokens":1024}}})");
const std::string done = "data: [DONE]\n\n";

/// As OpenAI sends an answer.
const std::string text_start = chunk(R"({"role":"assistant","content":""})") +
                               chunk(R"({"content":"F\u00e9","obfuscation":"xy"})") +
                               chunk(R"({"content":" été 😀"})") + ": keep-alive\n\n" +
                               chunk(R"({"content":"!"})") + chunk("{}", R"("stop")");
const std::string text_stream = text_start + usage_chunk + done;

/// The fact sheet's call, and a second one open beside it.
const std::string tool_start =
  chunk(
    R"({"role":"assistant","content":null,"tool_calls":[{"index":0,"id":"call_9","type":"function","function":{"name":"find_jobs","arguments":""}}]})") +
  chunk(R"({"tool_calls":[{"index":0,"function":{"arguments":"{\"q\":"}}]})") +
  chunk(
    R"({"tool_calls":[{"index":1,"id":"call_10","type":"function","function":{"name":"count","arguments":""}}]})") +
  chunk(
    R"({"tool_calls":[{"index":0,"function":{"arguments":"\"rust\"}"}},{"index":1,"function":{"arguments":"{}"}}]})") +
  chunk("{}", R"("tool_calls")");
const std::string tool_stream = tool_start + usage_chunk + done;

TEST(ChatStream, TextModelAndUsageAreRead) {
  auto played = play(make(), text_stream);
  EXPECT_EQ(played.text, "Fé été 😀!");
  EXPECT_EQ(played.reply.text, played.text);
  EXPECT_EQ(played.reply.model, "m-2025");
  EXPECT_EQ(played.reply.finish, FinishReason::stop);
  EXPECT_EQ(played.reply.usage, (TokenUsage{1200, 1024, 40}));
}

TEST(ChatStream, CallsGrowByTheirIndex) {
  auto played = play(make(), tool_stream);
  EXPECT_EQ(played.text, "");
  EXPECT_EQ(played.reply.finish, FinishReason::tool_calls);
  EXPECT_EQ(played.reply.tool_calls,
            (std::vector<ToolCall>{{"call_9", "find_jobs", R"({"q":"rust"})"},
                                   {"call_10", "count", "{}"}}));
}

TEST(ChatStream, CutsAnywhereChangeNothing) {
  expect_same_however_cut(make, text_stream);
  expect_same_however_cut(make, tool_stream);
  std::string crlf;
  for (char c : text_stream)
    crlf += c == '\n' ? "\r\n" : std::string(1, c);
  expect_same_however_cut(make, crlf);
}

TEST(ChatStream, AStreamThatEndsBeforeItsFinishIsNeverComplete) {
  expect_complete_only_from(make, text_stream, text_start.size());
  expect_complete_only_from(make, tool_stream, tool_start.size());
}

TEST(ChatStream, DamagedStreamsAreContained) {
  expect_damage_is_contained(make, text_stream);
  expect_damage_is_contained(make, tool_stream);
}

TEST(ChatStream, ACutStreamSaysSo) {
  auto stream = make();
  ASSERT_TRUE(stream->feed(chunk(R"({"content":"half"})")));
  EXPECT_FALSE(stream->complete());
  EXPECT_EQ(stream->reply().text, "half");
  EXPECT_EQ(stream->reply().finish, FinishReason::unknown);
  EXPECT_EQ(stream->reply().usage, std::nullopt);
  EXPECT_TRUE(stream->broken().retry);
  EXPECT_EQ(stream->broken().error.code, Errc::upstream_failed);
}

TEST(ChatStream, AnErrorInTheMiddleIsJudgedAndEndsIt) {
  struct Case {
    const char* error;
    bool retry;
    bool quota;
    Errc code;
  };
  const Case cases[] = {
    {R"({"error":{"message":"m","type":"server_error","code":null,"param":null}})", true, false,
     Errc::upstream_failed},
    {R"({"error":{"message":"m","type":"rate_limit_error","code":"rate_limit_exceeded"}})", true,
     false, Errc::rate_limited},
    {R"({"error":{"message":"m","type":"insufficient_quota","code":"insufficient_quota"}})", false,
     true, Errc::upstream_failed},
    {R"({"error":{"message":"m","type":"invalid_request_error"}})", false, false,
     Errc::upstream_failed},
    {R"({"error":{"message":"m","type":"BadRequestError","code":400}})", false, false,
     Errc::upstream_failed},
    {R"({"object":"error","message":"m","type":"InternalServerError","code":500})", true, false,
     Errc::upstream_failed},
    {R"({"error":"something"})", true, false, Errc::upstream_failed},
  };
  for (const auto& c : cases) {
    auto stream = make();
    ASSERT_TRUE(stream->feed(chunk(R"({"content":"half"})", R"("stop")")));
    EXPECT_TRUE(stream->complete());
    auto fed = stream->feed(event_of(c.error) + done);
    ASSERT_FALSE(fed) << c.error;
    EXPECT_EQ(fed.error().code, c.code) << c.error;
    EXPECT_FALSE(stream->complete());
    ASSERT_TRUE(stream->failure());
    EXPECT_EQ(stream->failure()->retry, c.retry) << c.error;
    EXPECT_EQ(stream->failure()->quota, c.quota) << c.error;
    EXPECT_FALSE(stream->feed(done));
    EXPECT_EQ(stream->reply().text, "half");
  }
}

TEST(ChatStream, OtherServersWaysAreUnderstood) {
  // vLLM: the last text with the finish, usage with every chunk, no [DONE] at all.
  auto vllm = play(
    make(),
    event_of(
      R"({"id":"v","model":"m","choices":[{"index":0,"delta":{"content":"a"}}],"usage":{"prompt_tokens":5,"total_tokens":6,"completion_tokens":1}})") +
      event_of(
        R"({"id":"v","model":"m","choices":[{"index":0,"delta":{"content":"b"},"finish_reason":"length","stop_reason":7}],"usage":{"prompt_tokens":5,"total_tokens":7,"completion_tokens":2}})"));
  EXPECT_TRUE(vllm.complete);
  EXPECT_EQ(vllm.text, "ab");
  EXPECT_EQ(vllm.reply.finish, FinishReason::length);
  EXPECT_EQ(vllm.reply.usage, (TokenUsage{5, 0, 2}));
  // One that ends with [DONE] and no reason.
  auto silent = play(make(), chunk(R"({"content":"a"})") + done);
  EXPECT_TRUE(silent.complete);
  EXPECT_EQ(silent.reply.finish, FinishReason::unknown);
  // Azure: a first chunk without choices or name; reasoning beside the content is not the answer.
  auto azure =
    play(make(), event_of(R"({"id":"","choices":[],"prompt_filter_results":[]})") +
                   chunk(R"({"reasoning_content":"hm","reasoning":"hm","content":null})") +
                   chunk(R"({"content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]})") +
                   chunk("{}", R"("stop")") + "data: [DONE] \n\n");
  EXPECT_EQ(azure.text, "ab");
  // Another choice is not ours.
  auto two =
    play(make(),
         event_of(R"({"choices":[{"index":1,"delta":{"content":"x"},"finish_reason":"stop"}]})") +
           chunk(R"({"content":"a"})"));
  EXPECT_EQ(two.text, "a");
  EXPECT_FALSE(two.complete);
  // A named choice of tool gives "stop".
  auto named =
    play(make(),
         chunk(R"({"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":""}}]})") +
           chunk("{}", R"("stop")"));
  EXPECT_EQ(named.reply.finish, FinishReason::tool_calls);
  EXPECT_EQ(named.reply.tool_calls, (std::vector<ToolCall>{{"a", "f", "{}"}}));
}

TEST(ChatStream, ToolCallsOfOtherServers) {
  auto calls_of = [](const std::string& chunks) {
    auto played = play(make(), chunks + chunk("{}", R"("tool_calls")") + done);
    EXPECT_TRUE(played.complete);
    return played.reply.tool_calls;
  };
  // Ollama: each call whole, all of them with index 0.
  auto ollama = calls_of(
    chunk(
      R"({"tool_calls":[{"index":0,"id":"x","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}}]})") +
    chunk(
      R"({"tool_calls":[{"index":0,"id":"y","type":"function","function":{"name":"f","arguments":{"a":2}}}]})"));
  EXPECT_EQ(ollama, (std::vector<ToolCall>{{"x", "f", R"({"a":1})"}, {"y", "f", R"({"a":2})"}}));
  // Older vLLM: each fragment with an id of its own.
  auto many_ids = calls_of(
    chunk(R"({"tool_calls":[{"index":0,"id":"p","type":"function","function":{"name":"f"}}]})") +
    chunk(
      R"({"tool_calls":[{"index":0,"id":"q","type":"function","function":{"arguments":"{\"a\""}}]})") +
    chunk(
      R"({"tool_calls":[{"index":0,"id":"r","type":"function","function":{"arguments":":1}"}}]})"));
  EXPECT_EQ(many_ids, (std::vector<ToolCall>{{"p", "f", R"({"a":1})"}}));
  // No ids: ours, each different.
  auto no_ids =
    calls_of(chunk(R"({"tool_calls":[{"index":0,"function":{"name":"f","arguments":"{}"}}]})") +
             chunk(R"({"tool_calls":[{"index":1,"function":{"name":"f","arguments":"{}"}}]})"));
  ASSERT_EQ(no_ids.size(), 2u);
  EXPECT_TRUE(no_ids[0].id.starts_with("call_"));
  EXPECT_NE(no_ids[0].id, no_ids[1].id);
  // No index: a name begins a call, what has none continues the last.
  auto no_index =
    calls_of(chunk(R"({"tool_calls":[{"id":"a","function":{"name":"f","arguments":"{\"a\":"}}]})") +
             chunk(R"({"tool_calls":[{"function":{"arguments":"1}"}}]})") +
             chunk(R"({"tool_calls":[{"id":"b","function":{"name":"g","arguments":"{}"}}]})"));
  EXPECT_EQ(no_index, (std::vector<ToolCall>{{"a", "f", R"({"a":1})"}, {"b", "g", "{}"}}));
  // The legacy form.
  auto legacy = calls_of(chunk(R"({"function_call":{"name":"f","arguments":""}})") +
                         chunk(R"({"function_call":{"arguments":"{\"a\":1}"}})"));
  ASSERT_EQ(legacy.size(), 1u);
  EXPECT_EQ(legacy[0].name, "f");
  EXPECT_EQ(legacy[0].arguments, R"({"a":1})");
  EXPECT_FALSE(legacy[0].id.empty());
}

TEST(ChatStream, ARefusalIsNoText) {
  auto played = play(make(), chunk(R"({"role":"assistant","content":"","refusal":""})") +
                               chunk(R"({"refusal":"I can"})") + chunk(R"({"refusal":"not."})") +
                               chunk("{}", R"("stop")") + done);
  EXPECT_EQ(played.text, "");
  EXPECT_EQ(played.reply.refusal, "I cannot.");
}

TEST(ChatStream, WhatFollowsTheLastWordIsNotRead) {
  auto stream = make();
  ASSERT_TRUE(stream->feed(text_stream));
  EXPECT_TRUE(stream->closed());
  EXPECT_EQ(stream->feed(chunk(R"({"content":"more"})")), std::string{});
  EXPECT_EQ(stream->feed("data: {{{\n\n" + std::string(2 << 20, 'x')), std::string{});
  EXPECT_TRUE(stream->complete());
  EXPECT_EQ(stream->reply().text, "Fé été 😀!");
  auto at_once = play(make(), text_stream + chunk(R"({"content":"more"})") + "data: {{{\n\n");
  EXPECT_TRUE(at_once.complete);
  EXPECT_EQ(at_once.text, "Fé été 😀!");
}

TEST(ChatStream, HostileStreamsFailAndNothingElse) {
  std::string many = R"({"tool_calls":[)";
  for (int i = 0; i < 1000; ++i)
    many += (i == 0 ? "" : ",") + std::string{R"({"index":)"} + std::to_string(i) +
            R"(,"function":{"name":"f"}})";
  const std::string hostile[] = {
    event_of(std::string(100'000, '[')),
    event_of(R"({"choices":[{"delta":)" + std::string(1000, '[') + std::string(1000, ']') + "}]}"),
    "data: " + std::string(2 << 20, 'x'),
    std::string(2 << 20, 'x'),
    event_of("{\"choices\":["),
    event_of(std::string{"{\"a\":\"\0\"}", 9}),
    event_of("<html>"),
    chunk(many + "]}"),
    done,  // without an answer before it
  };
  for (const auto& bytes : hostile) {
    auto played = play(make(), bytes + done);
    ASSERT_TRUE(played.failure) << bytes.substr(0, 60);
    EXPECT_TRUE(played.failure->retry);
    EXPECT_FALSE(played.complete);
  }
  // Not of the protocol, but harmless.
  auto odd = play(
    make(),
    event_of("1") + event_of("null") + event_of("[]") + event_of(R"({"choices":7})") +
      event_of(R"({"choices":[7]})") +
      event_of(
        R"({"choices":[{"delta":{"content":7,"tool_calls":[1,{"function":2}],"function_call":3}}],"usage":4})") +
      "event: x\n\n" + "data:\n\n");
  EXPECT_FALSE(odd.failure);
  EXPECT_FALSE(odd.complete);
  EXPECT_EQ(odd.text, "");
}

TEST(ChatStream, BytesThatAreNotUtf8BecomeReplacementsHoweverTheyAreCut) {
  const auto bytes =
    chunk("{\"content\":\"a\xE2\x82\xACz\xE2\x82\"}") + chunk("{}", R"("stop")") + done;
  expect_same_however_cut(make, bytes);
  EXPECT_EQ(play(make(), bytes).text, "a€z\xEF\xBF\xBD\xEF\xBF\xBD");
}

}  // namespace
}  // namespace jobraker::net::openai
