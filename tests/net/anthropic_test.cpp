#include "net/client/anthropic.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "messages/json.hpp"

namespace jobraker::net::anthropic {
namespace {

ModelMessage says(ModelRole role, std::string text) {
  ModelMessage out;
  out.role = role;
  out.text = std::move(text);
  return out;
}

ModelMessage calls(std::string text, std::vector<ToolCall> tool_calls) {
  auto out = says(ModelRole::assistant, std::move(text));
  out.tool_calls = std::move(tool_calls);
  return out;
}

ModelMessage result(std::string id, std::string text) {
  auto out = says(ModelRole::tool, std::move(text));
  out.tool_call_id = std::move(id);
  return out;
}

ModelRequest request(std::vector<ModelMessage> messages) {
  ModelRequest out;
  out.model = "claude-haiku-4-5";
  out.messages = std::move(messages);
  out.max_tokens = 800;
  return out;
}

std::string messages_of(std::vector<ModelMessage> messages) {
  auto document = json::Document::parse(messages_body(request(std::move(messages))));
  return document ? document->root()["messages"].dump() : "not JSON";
}

TEST(MessagesBody, TheFactSheetsRequest) {
  EXPECT_EQ(
    messages_body(request(
      {says(ModelRole::system, "Score job fit."), says(ModelRole::user, "CV and advert follow")})),
    R"({"model":"claude-haiku-4-5","max_tokens":800,"system":"Score job fit.",)"
    R"("messages":[{"role":"user","content":[{"type":"text","text":"CV and advert follow"}]}]})");
}

TEST(MessagesBody, ParametersFollowTheDialect) {
  auto r = request({says(ModelRole::user, "u")});
  r.max_tokens = 0;
  r.temperature = 1.7;
  r.stream = true;
  r.safety_id = "3f";
  r.schema = R"({"type":"object"})";
  r.dialect.reasoning_effort = "low";
  EXPECT_EQ(
    messages_body(r),
    R"({"model":"claude-haiku-4-5","max_tokens":4096,"messages":[{"role":"user","content":[{"type":"text","text":"u"}]}],)"
    R"("output_config":{"format":{"type":"json_schema","schema":{"type":"object"}},"effort":"low"},)"
    R"("temperature":1.0,"stream":true,"metadata":{"user_id":"3f"}})");
  r.dialect.temperature = false;
  EXPECT_EQ(messages_body(r).find("temperature"), std::string::npos);
}

TEST(MessagesBody, ToolsHaveTheirSchemaUnderAnotherName) {
  auto r = request({says(ModelRole::user, "u")});
  r.tools = {{"find_jobs", "Finds jobs", R"({"type":"object","required":[]})"}, {"stop", "", ""}};
  EXPECT_NE(
    messages_body(r).find(
      R"("tools":[{"name":"find_jobs","description":"Finds jobs","input_schema":{"type":"object","required":[]}},)"
      R"({"name":"stop","input_schema":{"type":"object","properties":{}}}])"),
    std::string::npos);
}

TEST(MessagesBody, ResultsAreOneTurnOfTheUserAndStandFirst) {
  EXPECT_EQ(
    messages_of({says(ModelRole::user, "q"),
                 calls("Looking.", {{"a", "find", R"({"q":"rust"})"}, {"b", "count", "?"}}),
                 result("a", "[]"), result("b", "7"), says(ModelRole::user, "hurry")}),
    R"([{"role":"user","content":[{"type":"text","text":"q"}]},)"
    R"({"role":"assistant","content":[{"type":"text","text":"Looking."},)"
    R"({"type":"tool_use","id":"a","name":"find","input":{"q":"rust"}},)"
    R"({"type":"tool_use","id":"b","name":"count","input":{}}]},)"
    R"({"role":"user","content":[{"type":"tool_result","tool_use_id":"a","content":"[]"},)"
    R"({"type":"tool_result","tool_use_id":"b","content":"7"},{"type":"text","text":"hurry"}]}])");
}

TEST(MessagesBody, NeighboursOfOneRoleAreMergedAndEmptyTextsLeftOut) {
  EXPECT_EQ(
    messages_of({says(ModelRole::user, "a"), says(ModelRole::assistant, " \n"),
                 says(ModelRole::user, "b"), says(ModelRole::user, ""),
                 says(ModelRole::assistant, "c"), says(ModelRole::assistant, "d")}),
    R"([{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]},)"
    R"({"role":"assistant","content":[{"type":"text","text":"c"},{"type":"text","text":"d"}]}])");
}

TEST(MessagesBody, SystemMessagesAreJoinedWhereverTheyStand) {
  auto document = json::Document::parse(messages_body(request(
    {says(ModelRole::system, "a"), says(ModelRole::user, "u"), says(ModelRole::system, "b")})));
  EXPECT_EQ(document->root()["system"].string_or(""), "a\n\nb");
  EXPECT_EQ(document->root()["messages"].size(), 1u);
}

TEST(MessagesBody, PicturesAreBlocksBeforeTheText) {
  auto message = says(ModelRole::user, "what is it?");
  message.images.push_back({"image/png", "abc"});
  EXPECT_EQ(
    messages_of({message}),
    R"([{"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"image/png","data":"YWJj"}},)"
    R"({"type":"text","text":"what is it?"}]}])");
}

TEST(MessagesBody, IdsOfOtherProvidersBecomeAllowedOnesOnBothSides) {
  const auto body =
    messages_of({says(ModelRole::user, "q"), calls("", {{"functions.find:0", "find", "{}"}}),
                 result("functions.find:0", "[]")});
  EXPECT_NE(body.find(R"("id":"functions_find_0")"), std::string::npos);
  EXPECT_NE(body.find(R"("tool_use_id":"functions_find_0")"), std::string::npos);
}

TEST(MessagesBody, AnyConversationAlternatesBeginningWithTheUser) {
  EXPECT_TRUE(rc::check([](const std::vector<std::pair<std::uint8_t, std::string>>& said) {
    std::vector<ModelMessage> messages;
    std::size_t results = 0;
    for (const auto& [role, text] : said) {
      RC_PRE(text.find('\0') == std::string::npos);
      messages.push_back(says(static_cast<ModelRole>(role % 4), text));
      if (messages.back().role == ModelRole::assistant && role % 8 < 4)
        messages.back().tool_calls.push_back({text, "f", text});
      results += messages.back().role == ModelRole::tool ? 1 : 0;
    }
    auto document = json::Document::parse(messages_body(request(messages)));
    RC_ASSERT(document.has_value());
    const auto turns = document->root()["messages"];
    for (std::size_t i = 0; i < turns.size(); ++i) {
      RC_ASSERT(turns.at(i)["role"].string_or("") == (i % 2 == 0 ? "user" : "assistant"));
      const auto content = turns.at(i)["content"];
      RC_ASSERT(content.size() > 0u);
      bool others = false;
      content.each_element([&](json::View block) {
        const bool is_result = block["type"].string_or("") == "tool_result";
        RC_ASSERT(!(is_result && others));
        others = others || !is_result;
        results -= is_result ? 1 : 0;
      });
    }
    RC_ASSERT(results == 0u);
  }));
}

TEST(RequestHeaders, AreAnthropics) {
  const auto headers = request_headers("key", true);
  EXPECT_EQ(headers.value("x-api-key"), "key");
  EXPECT_EQ(headers.value("anthropic-version"), "2023-06-01");
  EXPECT_EQ(headers.value("accept"), "text/event-stream");
  EXPECT_FALSE(headers.contains("authorization"));
}

TEST(ReadReply, TheFactSheetsAnswer) {
  auto reply =
    read_reply(R"({"id":"msg_01","type":"message","role":"assistant","model":"claude-haiku-4-5",
 "content":[{"type":"text","text":"Fit 82."}],
 "stop_reason":"end_turn","stop_sequence":null,
 "usage":{"input_tokens":900,"output_tokens":40,"cache_creation_input_tokens":50,"cache_read_input_tokens":1000,"service_tier":"standard"}})");
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->text, "Fit 82.");
  EXPECT_EQ(reply->model, "claude-haiku-4-5");
  EXPECT_EQ(reply->finish, FinishReason::stop);
  EXPECT_EQ(reply->usage, (TokenUsage{1950, 1000, 40}));
}

TEST(ReadReply, OnlyTextAndCallsOfABlockMixtureCount) {
  auto reply = read_reply(
    R"({"content":[{"type":"thinking","thinking":"hm","signature":"s"},{"type":"text","text":"a"},
        {"type":"redacted_thinking","data":"x"},{"type":"tool_use","id":"toolu_1","name":"f","input":{"q":"rust"}},
        {"type":"server_tool_use","id":"s","name":"web"},{"type":"text","text":"b"},
        {"type":"tool_use","id":"toolu_2","name":"g","input":{}},7],
        "stop_reason":"tool_use"})");
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->text, "ab");
  EXPECT_EQ(reply->tool_calls,
            (std::vector<ToolCall>{{"toolu_1", "f", R"({"q":"rust"})"}, {"toolu_2", "g", "{}"}}));
  EXPECT_EQ(reply->finish, FinishReason::tool_calls);
  EXPECT_EQ(reply->usage, std::nullopt);
}

TEST(ReadReply, StopReasons) {
  const std::pair<const char*, FinishReason> cases[] = {
    {"end_turn", FinishReason::stop},
    {"stop_sequence", FinishReason::stop},
    {"max_tokens", FinishReason::length},
    {"model_context_window_exceeded", FinishReason::length},
    {"refusal", FinishReason::content_filter},
    {"pause_turn", FinishReason::unknown},
    {"tool_use", FinishReason::stop},  // it says so, but there is none
    {"something_new", FinishReason::unknown}};
  for (auto [word, expected] : cases) {
    auto reply = read_reply(R"({"content":[],"stop_reason":")" + std::string{word} + "\"}");
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->finish, expected) << word;
    EXPECT_EQ(reply->refusal.empty(), std::string_view{word} != "refusal") << word;
  }
}

TEST(ReadReply, WhatIsNoMessageIsAnError) {
  for (const auto& body : std::vector<std::string>{
         "", "{}", "[]", "<html>", R"({"content":"x"})", std::string(100'000, '['),
         R"({"type":"error","error":{"type":"overloaded_error","message":"x"}})"})
    EXPECT_EQ(read_reply(body).error().code, Errc::upstream_failed) << body.substr(0, 60);
  EXPECT_TRUE(rc::check([](const std::string& noise) { RC_ASSERT(!read_reply(noise)); }));
}

}  // namespace
}  // namespace jobraker::net::anthropic
