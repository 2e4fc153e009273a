#include "net/client/openai.hpp"

#include <cmath>
#include <cstring>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <sodium.h>

#include "messages/json.hpp"
#include "net/client/reply_parts.hpp"

namespace jobraker::net::openai {
namespace {

std::string embedding_answer(const std::vector<std::vector<float>>& vectors, bool base64) {
  json::Writer w;
  w.begin_object().key("data").begin_array();
  for (std::size_t i = vectors.size(); i-- > 0;) {  // the order is not promised, the index is
    w.begin_object().member("index", static_cast<std::int64_t>(i)).key("embedding");
    if (base64) {
      std::string text(
        sodium_base64_encoded_len(vectors[i].size() * 4, sodium_base64_VARIANT_ORIGINAL), '\0');
      sodium_bin2base64(text.data(), text.size(),
                        reinterpret_cast<const unsigned char*>(vectors[i].data()),
                        vectors[i].size() * 4, sodium_base64_VARIANT_ORIGINAL);
      text.resize(std::strlen(text.c_str()));
      w.value(std::string_view{text});
    } else {
      w.begin_array();
      for (float x : vectors[i])
        w.value(static_cast<double>(x));
      w.end_array();
    }
    w.end_object();
  }
  w.end_array().end_object();
  return w.text();
}

std::vector<float> vector_along(std::size_t axis, float length,
                                std::size_t size = embedding_dimensions) {
  std::vector<float> v(size, 0.0f);
  v[axis] = length;
  return v;
}

TEST(ReadEmbeddings, FloatsAndBase64GiveTheSameUnitVectorsInOrder) {
  for (bool base64 : {false, true}) {
    auto read = read_embeddings_reply(
      embedding_answer({vector_along(0, 3), vector_along(5, 0.5f)}, base64), 2);
    ASSERT_TRUE(read);
    EXPECT_FLOAT_EQ(read->vectors[0][0], 1.0f);
    EXPECT_FLOAT_EQ(read->vectors[1][5], 1.0f);
  }
}

TEST(Base64, EveryByteComesBack) {
  EXPECT_TRUE(rc::check([] {
    const auto bytes = *rc::gen::arbitrary<std::string>();
    const auto text = base64(bytes);
    const auto again = base64_bytes(text);
    RC_ASSERT(again.has_value());
    RC_ASSERT(std::string(again->begin(), again->end()) == bytes);
  }));
}

TEST(Base64, WhatIsNoneIsRefusedAsLibsodiumDoes) {
  EXPECT_TRUE(rc::check([] {
    const auto text = *rc::gen::container<std::string>(rc::gen::oneOf(
      rc::gen::elementOf(std::string{"AQgw+/=\n -_"}), rc::gen::inRange('\0', '\x7F')));
    std::vector<unsigned char> bytes(text.size() + 1);
    std::size_t size = 0;
    const char* end = nullptr;
    bool good = sodium_base642bin(bytes.data(), bytes.size(), text.data(), text.size(), nullptr,
                                  &size, &end, sodium_base64_VARIANT_ORIGINAL) == 0 &&
                end == text.data() + text.size();
    RC_ASSERT(base64_bytes(text).has_value() == good);
  }));
  for (auto text :
       {"=", "==", "A=", "A===", "====", "AA=A", "AB==", "AAB=", "A", "AAAA=", "AA==AAAA"})
    EXPECT_FALSE(base64_bytes(text)) << text;
  // libsodium 1.0.18 takes the byte 0xFF for a letter where char is signed.
  EXPECT_FALSE(base64_bytes("w\xFFQ\xFF"));
}

TEST(ReadEmbeddings, WrongSizesCountsAndZerosAreRefused) {
  EXPECT_FALSE(read_embeddings_reply(embedding_answer({vector_along(0, 1, 384)}, false), 1));
  EXPECT_FALSE(read_embeddings_reply(embedding_answer({vector_along(0, 1, 384)}, true), 1));
  EXPECT_FALSE(read_embeddings_reply(embedding_answer({vector_along(0, 1)}, true), 2));
  EXPECT_FALSE(read_embeddings_reply(embedding_answer({vector_along(0, 0)}, true), 1));
  EXPECT_FALSE(read_embeddings_reply(R"({"data":[{"index":0,"embedding":"%%%"}]})", 1));
  EXPECT_FALSE(read_embeddings_reply(R"({"data":[{"index":7,"embedding":[]}]})", 1));
  EXPECT_FALSE(read_embeddings_reply("<html>", 1));
}

TEST(ReadEmbeddings, NothingThatCanArriveBreaksIt) {
  EXPECT_TRUE(rc::check([](const std::string& noise) {
    RC_ASSERT(!read_embeddings_reply(noise, 1));
    RC_ASSERT(!read_reply(noise));
    RC_ASSERT(!read_moderations(noise, 1));
  }));
}

TEST(ReadEmbeddings, TheCallsTokensComeAlong) {
  auto body = embedding_answer({vector_along(0, 1)}, true);
  EXPECT_EQ(read_embeddings_reply(body, 1)->usage, std::nullopt);
  body.pop_back();
  body += R"(,"model":"text-embedding-3-small","usage":{"prompt_tokens":8,"total_tokens":8}})";
  auto read = read_embeddings_reply(body, 1);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->usage, (TokenUsage{8, 0, 0}));
  EXPECT_EQ(read->model, "text-embedding-3-small");
  EXPECT_FLOAT_EQ(read->vectors[0][0], 1.0f);
}

TEST(ReadModerations, OneVerdictATextWithTheCategoriesThatAreTrue) {
  auto read = read_moderations(
    R"({"id":"modr-1","model":"omni-moderation-latest","results":[
        {"flagged":true,"categories":{"hate":true,"hate/threatening":false,"illicit":null,"self-harm":true},
         "category_scores":{"hate":0.9}},
        {"flagged":false,"categories":{"hate":false}}]})",
    2);
  ASSERT_TRUE(read);
  EXPECT_TRUE((*read)[0].flagged);
  EXPECT_EQ((*read)[0].categories, (std::vector<std::string>{"hate", "self-harm"}));
  EXPECT_FALSE((*read)[1].flagged);
  EXPECT_TRUE((*read)[1].categories.empty());
}

TEST(ReadModerations, AMissingVerdictIsAnErrorAndNeverAPass) {
  for (auto body : {R"({"results":[]})", R"({"results":[{"flagged":false},{"flagged":false}]})",
                    R"({"results":[{}]})", R"({"results":[{"flagged":null}]})", R"({"results":{}})",
                    R"({"error":{}})", "", "<html>"})
    EXPECT_EQ(read_moderations(body, 1).error().code, Errc::upstream_failed) << body;
}

TEST(ReadReply, TheFactSheetsAnswer) {
  auto reply = read_reply(
    R"({"id":"chatcmpl-x","object":"chat.completion","created":1763600000,"model":"gpt-4.1-mini-2025-04-14",
 "choices":[{"index":0,"message":{"role":"assistant","content":"ok","refusal":null,"annotations":[]},
   "logprobs":null,"finish_reason":"stop"}],
 "usage":{"prompt_tokens":1200,"completion_tokens":40,"total_tokens":1240,
  "prompt_tokens_details":{"cached_tokens":1024,"audio_tokens":0},
  "completion_tokens_details":{"reasoning_tokens":0}},
 "service_tier":"default","system_fingerprint":null})");
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->text, "ok");
  EXPECT_EQ(reply->model, "gpt-4.1-mini-2025-04-14");
  EXPECT_EQ(reply->finish, FinishReason::stop);
  EXPECT_EQ(reply->usage, (TokenUsage{1200, 1024, 40}));
  EXPECT_EQ(reply->refusal, "");
  EXPECT_TRUE(reply->tool_calls.empty());
}

std::string answer(std::string_view message, std::string_view finish, std::string_view more = "") {
  return R"({"id":"c","choices":[{"index":0,"message":)" + std::string{message} +
         R"(,"finish_reason":)" + std::string{finish} + "}]" + std::string{more} + "}";
}

TEST(ReadReply, CallsOfBothFormsAndWithoutIds) {
  auto tools = read_reply(answer(
    R"({"content":null,"tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{\"x\":1}"}},
        {"type":"function","function":{"name":"g","arguments":{"y":2}}},{"function":{"name":"","arguments":"{}"}}]})",
    R"("stop")"));
  ASSERT_TRUE(tools);
  EXPECT_EQ(tools->finish, FinishReason::tool_calls);
  ASSERT_EQ(tools->tool_calls.size(), 2u);
  EXPECT_EQ(tools->tool_calls[0], (ToolCall{"a", "f", R"({"x":1})"}));
  EXPECT_EQ(tools->tool_calls[1].arguments, R"({"y":2})");
  EXPECT_TRUE(tools->tool_calls[1].id.starts_with("call_"));
  EXPECT_LE(tools->tool_calls[1].id.size(), 40u);  // OpenAI takes no longer one back
  auto legacy =
    read_reply(answer(R"({"content":null,"function_call":{"name":"f","arguments":"not json"}})",
                      R"("function_call")"));
  ASSERT_TRUE(legacy);
  ASSERT_EQ(legacy->tool_calls.size(), 1u);
  EXPECT_EQ(legacy->tool_calls[0].arguments, "not json");
  EXPECT_EQ(legacy->finish, FinishReason::tool_calls);
}

TEST(ReadReply, MadeIdsAreTheSameForTheSameAnswerOnly) {
  auto id = [](const std::string& seed) {
    return read_reply(
             R"({"id":")" + seed +
             R"(","choices":[{"message":{"tool_calls":[{"function":{"name":"f","arguments":"{}"}}]}}]})")
      ->tool_calls[0]
      .id;
  };
  EXPECT_EQ(id("one"), id("one"));
  EXPECT_NE(id("one"), id("two"));
}

TEST(ReadReply, FinishReasons) {
  const std::pair<const char*, FinishReason> cases[] = {
    {R"("stop")", FinishReason::stop},
    {R"("length")", FinishReason::length},
    {R"("content_filter")", FinishReason::content_filter},
    {R"("tool_calls")", FinishReason::stop},  // it says so, but there is none
    {"null", FinishReason::unknown},
    {R"("eos")", FinishReason::unknown},
    {"7", FinishReason::unknown}};
  for (auto [word, expected] : cases)
    EXPECT_EQ(read_reply(answer(R"({"content":"x"})", word))->finish, expected) << word;
}

TEST(ReadReply, RefusalsCutAnswersAndPartsAreAnswers) {
  auto refused = read_reply(answer(R"({"content":null,"refusal":"no"})", R"("stop")"));
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->refusal, "no");
  EXPECT_EQ(refused->text, "");
  auto parts = read_reply(
    answer(R"({"content":[{"type":"text","text":"a"},"b",{"type":"refusal","refusal":"c"},7]})",
           R"("length")"));
  ASSERT_TRUE(parts);
  EXPECT_EQ(parts->text, "ab");
  EXPECT_EQ(parts->refusal, "c");
  EXPECT_EQ(parts->finish, FinishReason::length);
}

TEST(ReadReply, UsageOfOtherServers) {
  const std::pair<const char*, std::optional<TokenUsage>> cases[] = {
    {"", std::nullopt},
    {R"(,"usage":null)", std::nullopt},
    {R"(,"usage":{})", std::nullopt},
    {R"(,"usage":{"prompt_tokens":5,"completion_tokens":2})", TokenUsage{5, 0, 2}},
    {R"(,"usage":{"prompt_tokens":5,"total_tokens":7,"prompt_tokens_details":null})",
     TokenUsage{5, 0, 2}},
    {R"(,"usage":{"prompt_tokens":5,"completion_tokens":-2,"prompt_tokens_details":{"cached_tokens":9}})",
     TokenUsage{5, 5, 0}},
  };
  for (const auto& [usage, expected] : cases)
    EXPECT_EQ(read_reply(answer(R"({"content":"x"})", R"("stop")", usage))->usage, expected)
      << usage;
}

TEST(ReadReply, WhatIsNoCompletionIsAnError) {
  std::string many = R"({"tool_calls":[{"function":{"name":"f"}})";
  for (int i = 0; i < 200; ++i)
    many += R"(,{"id":")" + std::to_string(i) + R"(","function":{"name":"f"}})";
  for (const auto& body : std::vector<std::string>{
         R"({"choices":[]})", R"({"choices":[{"message":null}]})", "{}", "[]", "1",
         R"({"error":{"message":"x","code":"server_error"}})", std::string(100'000, '['),
         answer(many + "]}", "null"), R"({"choices":[{"index":1,"message":{"content":"x"}}]})"})
    EXPECT_EQ(read_reply(body).error().code, Errc::upstream_failed) << body.substr(0, 80);
}

}  // namespace
}  // namespace jobraker::net::openai
