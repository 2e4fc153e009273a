#include "net/client/openai.hpp"

#include <cmath>
#include <cstring>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <sodium.h>

#include "messages/json.hpp"

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
    auto read =
      read_embeddings(embedding_answer({vector_along(0, 3), vector_along(5, 0.5f)}, base64), 2);
    ASSERT_TRUE(read);
    EXPECT_FLOAT_EQ((*read)[0][0], 1.0f);
    EXPECT_FLOAT_EQ((*read)[1][5], 1.0f);
  }
}

TEST(ReadEmbeddings, WrongSizesCountsAndZerosAreRefused) {
  EXPECT_FALSE(read_embeddings(embedding_answer({vector_along(0, 1, 384)}, false), 1));
  EXPECT_FALSE(read_embeddings(embedding_answer({vector_along(0, 1, 384)}, true), 1));
  EXPECT_FALSE(read_embeddings(embedding_answer({vector_along(0, 1)}, true), 2));
  EXPECT_FALSE(read_embeddings(embedding_answer({vector_along(0, 0)}, true), 1));
  EXPECT_FALSE(read_embeddings(R"({"data":[{"index":0,"embedding":"%%%"}]})", 1));
  EXPECT_FALSE(read_embeddings(R"({"data":[{"index":7,"embedding":[]}]})", 1));
  EXPECT_FALSE(read_embeddings("<html>", 1));
}

TEST(ReadEmbeddings, NothingThatCanArriveBreaksIt) {
  EXPECT_TRUE(rc::check([](const std::string& noise) {
    RC_ASSERT(!read_embeddings(noise, 1));
    RC_ASSERT(!read_chat(noise));
  }));
}

TEST(ReadChat, TextUsageAndModelAreRead) {
  auto answer = read_chat(
    R"({"model":"m-2025","choices":[{"finish_reason":"stop","message":{"content":"{}"}}],"usage":{"prompt_tokens":12,"completion_tokens":3}})");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->text, "{}");
  EXPECT_EQ(answer->model, "m-2025");
  EXPECT_EQ(answer->tokens_in, 12);
  EXPECT_EQ(answer->tokens_out, 3);
}

TEST(ReadChat, RefusalsCutAnswersAndEmptyOnesAreErrors) {
  for (auto body :
       {R"({"choices":[{"finish_reason":"stop","message":{"content":null,"refusal":"no"}}]})",
        R"({"choices":[{"finish_reason":"length","message":{"content":"{\"a\":"}}]})",
        R"({"choices":[{"finish_reason":"stop","message":{"content":null}}]})",
        R"({"choices":[]})"})
    EXPECT_EQ(read_chat(body).error().code, Errc::upstream_failed) << body;
}

TEST(ReadFailure, OnlyWhatAnotherTryCanMendIsRetried) {
  auto retry = [](int status, const char* body, const char* should = "") {
    return read_failure(status, body, "", "", should).retry;
  };
  EXPECT_TRUE(retry(
    429,
    R"({"error":{"code":"rate_limit_exceeded","type":"tokens","message":"Please try again in 1.1s"}})"));
  EXPECT_FALSE(retry(
    429,
    R"({"error":{"code":"rate_limit_exceeded","message":"Request too large for m: Limit 3, Requested 4"}})"));
  EXPECT_FALSE(retry(429, R"({"error":{"type":"insufficient_quota","code":null}})"));
  EXPECT_FALSE(retry(429, R"({"error":{"code":"credit_balance_exhausted"}})"));
  EXPECT_TRUE(retry(503, "<html>"));
  EXPECT_TRUE(retry(408, ""));
  EXPECT_FALSE(retry(400, R"({"error":{"code":"context_length_exceeded"}})"));
  EXPECT_FALSE(retry(401, ""));
  EXPECT_FALSE(retry(404, ""));
  EXPECT_FALSE(retry(503, "", "false"));
  EXPECT_TRUE(retry(400, "", "true"));
}

TEST(ReadFailure, TheWaitTheServerAsksForIsRead) {
  EXPECT_EQ(read_failure(429, "", "250", "9", "").wait, std::chrono::milliseconds{250});
  EXPECT_EQ(read_failure(429, "", "", "1.5", "").wait, std::chrono::milliseconds{1500});
  EXPECT_FALSE(read_failure(429, "", "", "Fri, 20 Nov 2026 10:00:00 GMT", "").wait);
  EXPECT_FALSE(read_failure(429, "", "-3", "", "").wait);
}

TEST(ReadFailure, TheAnswerOfTheServerIsNotRepeatedToOurCaller) {
  auto failure =
    read_failure(400, R"({"error":{"message":"secret prompt text","code":"x"}})", "", "", "");
  EXPECT_EQ(failure.error.detail.find("secret"), std::string::npos);
}

TEST(ChatBody, ReasoningModelsGetNoTemperature) {
  ChatCall call{"gpt-4.1-mini", "s", "u", "parse_cv", R"({"type":"object"})", 100};
  auto classic = json::Document::parse(chat_body(call));
  EXPECT_EQ(classic->root()["temperature"].integer(), 0);
  EXPECT_EQ(classic->root()["max_tokens"].integer(), 100);
  EXPECT_EQ(classic->root()["response_format"]["json_schema"]["schema"]["type"].string_or(""),
            "object");
  call.model = "gpt-6-luna";
  auto reasoning = json::Document::parse(chat_body(call));
  EXPECT_FALSE(reasoning->root()["temperature"]);
  EXPECT_EQ(reasoning->root()["max_completion_tokens"].integer(), 100);
}

}  // namespace
}  // namespace jobraker::net::openai
