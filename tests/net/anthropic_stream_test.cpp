#include "net/client/anthropic.hpp"
#include "tests/net/reply_stream_fixture.hpp"

namespace jobraker::net::anthropic {
namespace {

const auto make = [] { return reply_stream(); };

std::string event(const std::string& type, const std::string& members = "") {
  return "event: " + type + "\ndata: {\"type\":\"" + type + "\"" + (members.empty() ? "" : ",") +
         members + "}\n\n";
}

std::string delta(int index, const std::string& object) {
  return event("content_block_delta",
               "\"index\":" + std::to_string(index) + ",\"delta\":" + object);
}

std::string block(int index, const std::string& object) {
  return event("content_block_start",
               "\"index\":" + std::to_string(index) + ",\"content_block\":" + object);
}

std::string stop(int index) {
  return event("content_block_stop", "\"index\":" + std::to_string(index));
}

const std::string start = event(
  "message_start",
  R"("message":{"id":"msg_1","type":"message","role":"assistant","model":"claude-haiku-4-5","content":[],"stop_reason":null,"usage":{"input_tokens":25,"cache_creation_input_tokens":0,"cache_read_input_tokens":100,"output_tokens":1}})");

std::string end(const std::string& reason, int output) {
  return event("message_delta", R"("delta":{"stop_reason":")" + reason +
                                  R"(","stop_sequence":null},"usage":{"output_tokens":)" +
                                  std::to_string(output) + "}") +
         event("message_stop");
}

/// Thinking, text, two calls, pings and an event of the future.
const std::string stream =
  start + event("ping") + block(0, R"({"type":"thinking","thinking":"","signature":""})") +
  delta(0, R"({"type":"thinking_delta","thinking":"hm"})") +
  delta(0, R"({"type":"signature_delta","signature":"s"})") + stop(0) +
  block(1, R"({"type":"text","text":""})") + delta(1, R"({"type":"text_delta","text":"Fé"})") +
  event("weather", "\"sunny\":true") + delta(1, R"({"type":"text_delta","text":" 😀"})") +
  delta(1, R"({"type":"citations_delta","citation":{}})") + stop(1) +
  block(2, R"({"type":"tool_use","id":"toolu_1","name":"find","input":{}})") +
  delta(2, R"({"type":"input_json_delta","partial_json":""})") +
  delta(2, R"({"type":"input_json_delta","partial_json":"{\"q\":"})") + event("ping") +
  delta(2, R"({"type":"input_json_delta","partial_json":"\"rust\"}"})") + stop(2) +
  block(3, R"({"type":"tool_use","id":"toolu_2","name":"count","input":{}})") + stop(3) +
  end("tool_use", 89);

TEST(MessageStream, TextCallsAndUsageAreRead) {
  auto played = play(make(), stream);
  EXPECT_TRUE(played.complete);
  EXPECT_EQ(played.text, "Fé 😀");
  EXPECT_EQ(played.reply.text, played.text);
  EXPECT_EQ(played.reply.model, "claude-haiku-4-5");
  EXPECT_EQ(played.reply.finish, FinishReason::tool_calls);
  EXPECT_EQ(played.reply.tool_calls, (std::vector<ToolCall>{{"toolu_1", "find", R"({"q":"rust"})"},
                                                            {"toolu_2", "count", "{}"}}));
  EXPECT_EQ(played.reply.usage, (TokenUsage{125, 100, 89}));
}

TEST(MessageStream, CutsAnywhereChangeNothing) { expect_same_however_cut(make, stream); }

TEST(MessageStream, AStreamThatEndsBeforeItsStopIsNeverComplete) {
  expect_complete_only_from(make, stream, stream.size());
}

TEST(MessageStream, DamagedStreamsAreContained) { expect_damage_is_contained(make, stream); }

TEST(MessageStream, UsageIsARunningTotal) {
  auto played = play(
    make(),
    start + event("message_delta", R"("delta":{"stop_reason":null},"usage":{"output_tokens":10})") +
      event(
        "message_delta",
        R"("delta":{"stop_reason":"max_tokens"},"usage":{"input_tokens":30,"cache_read_input_tokens":null,"output_tokens":20})") +
      event("message_stop"));
  EXPECT_EQ(played.reply.usage, (TokenUsage{130, 100, 20}));
  EXPECT_EQ(played.reply.finish, FinishReason::length);
  auto cut = play(make(), start);
  EXPECT_EQ(cut.reply.usage, (TokenUsage{125, 100, 0}));
  EXPECT_FALSE(cut.complete);
}

TEST(MessageStream, ARefusalIsKnown) {
  auto plain = play(make(), start + end("refusal", 3));
  EXPECT_TRUE(plain.complete);
  EXPECT_EQ(plain.reply.finish, FinishReason::content_filter);
  EXPECT_FALSE(plain.reply.refusal.empty());
  auto told =
    play(make(),
         start +
           event("message_delta",
                 R"("delta":{"stop_reason":"refusal","stop_details":{"explanation":"because"}})") +
           event("message_stop"));
  EXPECT_EQ(told.reply.refusal, "because");
}

TEST(MessageStream, AnErrorInTheMiddleIsJudgedAndEndsIt) {
  struct Case {
    const char* error;
    bool retry;
    bool overloaded;
    bool quota;
  };
  const Case cases[] = {
    {R"({"type":"overloaded_error","message":"Overloaded"})", true, true, false},
    {R"({"type":"api_error","message":"m"})", true, false, false},
    {R"({"type":"rate_limit_error","message":"m"})", true, false, false},
    {R"({"type":"rate_limit_error","message":"enforced_spend_limit_reached"})", false, false, true},
    {R"({"type":"billing_error","message":"m"})", false, false, true},
    {R"({"type":"invalid_request_error","message":"m"})", false, false, false},
    {R"({"type":"timeout_error","message":"m"})", true, false, false},
  };
  for (const auto& c : cases) {
    auto messages = make();
    ASSERT_TRUE(messages->feed(start + delta(0, R"({"type":"text_delta","text":"half"})")));
    EXPECT_FALSE(
      messages->feed(event("error", std::string{"\"error\":"} + c.error) + end("end_turn", 5)));
    EXPECT_FALSE(messages->complete());
    ASSERT_TRUE(messages->failure()) << c.error;
    EXPECT_EQ(messages->failure()->retry, c.retry) << c.error;
    EXPECT_EQ(messages->failure()->overloaded, c.overloaded) << c.error;
    EXPECT_EQ(messages->failure()->quota, c.quota) << c.error;
    EXPECT_EQ(messages->reply().text, "half");
  }
}

TEST(MessageStream, HostileStreamsFailAndNothingElse) {
  std::string many = start;
  for (int i = 0; i < 1000; ++i)
    many += block(i, R"({"type":"tool_use","id":"a","name":"f","input":{}})");
  const std::string hostile[] = {"data: " + std::string(100'000, '[') + "\n\n",
                                 "data: " + std::string(2 << 20, 'x'),
                                 "event: message_stop\ndata: {\n\n",
                                 "data: <html>\n\n",
                                 many,
                                 event("message_stop")};
  for (const auto& bytes : hostile) {
    auto played = play(make(), bytes);
    ASSERT_TRUE(played.failure) << bytes.substr(0, 60);
    EXPECT_TRUE(played.failure->retry);
    EXPECT_FALSE(played.complete);
  }
  auto odd = play(make(), "data: 1\n\ndata: []\n\n" + event("content_block_delta") +
                            event("content_block_start") +
                            delta(7, R"({"type":"input_json_delta","partial_json":"{"})") +
                            delta(0, "3") + event("message_delta", R"("delta":4,"usage":"x")") +
                            event("message_start", "\"message\":5"));
  EXPECT_FALSE(odd.failure);
  EXPECT_FALSE(odd.complete);
  EXPECT_EQ(odd.text, "");
  EXPECT_TRUE(odd.reply.tool_calls.empty());
}

TEST(MessageStream, BytesThatAreNotUtf8BecomeReplacementsHoweverTheyAreCut) {
  const auto bytes = start +
                     delta(0, "{\"type\":\"text_delta\",\"text\":\"a\xE2\x82\xACz\xF0\x9F\"}") +
                     end("end_turn", 2);
  expect_same_however_cut(make, bytes);
  EXPECT_EQ(play(make(), bytes).text, "a€z\xEF\xBF\xBD\xEF\xBF\xBD");
}

}  // namespace
}  // namespace jobraker::net::anthropic
