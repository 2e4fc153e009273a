#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "messages/json.hpp"
#include "net/client/openai.hpp"

namespace jobraker::net::openai {
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

ModelMessage result(std::string id, std::string name, std::string text) {
  auto out = says(ModelRole::tool, std::move(text));
  out.tool_call_id = std::move(id);
  out.name = std::move(name);
  return out;
}

ModelRequest request(std::vector<ModelMessage> messages) {
  ModelRequest out;
  out.model = "gpt-4.1-mini";
  out.messages = std::move(messages);
  return out;
}

TEST(ChatBody, TheFactSheetsConversation) {
  auto r =
    request({says(ModelRole::system, "Score job fit."), says(ModelRole::user, "Read this page"),
             calls("", {{"call_1", "find_jobs", R"({ "q" : "rust" })"}}),
             result("call_1", "find_jobs", "[]")});
  r.messages[1].images.push_back({"image/jpeg", std::string{"\0\0\0", 3}});
  EXPECT_EQ(chat_body(r),
            R"({"model":"gpt-4.1-mini","messages":[)"
            R"({"role":"system","content":"Score job fit."},)"
            R"({"role":"user","content":[{"type":"text","text":"Read this page"},)"
            R"({"type":"image_url","image_url":{"url":"data:image/jpeg;base64,AAAA"}}]},)"
            R"({"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function",)"
            R"("function":{"name":"find_jobs","arguments":"{\"q\":\"rust\"}"}}]},)"
            R"({"role":"tool","tool_call_id":"call_1","content":"[]"}],"store":false})");
}

TEST(ChatBody, ParametersFollowTheDialect) {
  auto r = request({says(ModelRole::user, "u")});
  r.max_tokens = 100;
  r.temperature = 0.5;
  EXPECT_EQ(
    chat_body(r),
    R"({"model":"gpt-4.1-mini","messages":[{"role":"user","content":"u"}],"max_tokens":100,"temperature":0.5,"store":false})");
  r.dialect.completion_tokens = true;
  r.dialect.temperature = false;
  r.dialect.reasoning_effort = "low";
  r.safety_id = "3f";
  EXPECT_EQ(
    chat_body(r),
    R"({"model":"gpt-4.1-mini","messages":[{"role":"user","content":"u"}],"max_completion_tokens":100,"reasoning_effort":"low","store":false,"safety_identifier":"3f"})");
  r.temperature = 7;
  r.dialect.temperature = true;
  EXPECT_EQ(json::Document::parse(chat_body(r))->root()["temperature"].number(), 2.0);
}

TEST(ChatBody, StreamsAskForTheirUsage) {
  auto r = request({says(ModelRole::user, "u")});
  EXPECT_EQ(chat_body(r).find("stream"), std::string::npos);
  r.stream = true;
  EXPECT_NE(chat_body(r).find(R"("stream":true,"stream_options":{"include_usage":true})"),
            std::string::npos);
  r.dialect.continuous_usage = true;
  EXPECT_NE(
    chat_body(r).find(R"("stream_options":{"include_usage":true,"continuous_usage_stats":true})"),
    std::string::npos);
}

TEST(ChatBody, ToolsAndSchemasAreSentAsTheyStand) {
  auto r = request({says(ModelRole::user, "u")});
  r.tools = {{"find_jobs", "Finds jobs", R"({"type":"object"})"}, {"stop", "", ""}};
  r.schema = R"({"type":"object","additionalProperties":false})";
  r.schema_name = "fit";
  const auto body = chat_body(r);
  EXPECT_NE(
    body.find(
      R"("tools":[{"type":"function","function":{"name":"find_jobs","description":"Finds jobs","parameters":{"type":"object"}}},{"type":"function","function":{"name":"stop"}}])"),
    std::string::npos);
  EXPECT_NE(
    body.find(
      R"("response_format":{"type":"json_schema","json_schema":{"name":"fit","strict":true,"schema":{"type":"object","additionalProperties":false}}})"),
    std::string::npos);
  r.dialect.legacy_functions = true;
  EXPECT_NE(
    chat_body(r).find(
      R"("functions":[{"name":"find_jobs","description":"Finds jobs","parameters":{"type":"object"}},{"name":"stop"}])"),
    std::string::npos);
  EXPECT_EQ(chat_body(r).find("tools"), std::string::npos);
}

TEST(ChatBody, TheLegacyFormHasOneCallATurn) {
  auto r = request({says(ModelRole::user, "u"),
                    calls("Looking.", {{"a", "find", R"({"q":1})"}, {"b", "count", ""}}),
                    result("b", "count", "7"), result("a", "find", "[]"),
                    says(ModelRole::assistant, "Seven.")});
  r.dialect.legacy_functions = true;
  const auto body = chat_body(r);
  EXPECT_NE(
    body.find(
      R"({"role":"assistant","content":"Looking.","function_call":{"name":"find","arguments":"{\"q\":1}"}},)"
      R"({"role":"function","name":"find","content":"[]"},)"
      R"({"role":"assistant","content":null,"function_call":{"name":"count","arguments":"{}"}},)"
      R"({"role":"function","name":"count","content":"7"},)"
      R"({"role":"assistant","content":"Seven."}])"),
    std::string::npos)
    << body;
}

TEST(ChatBody, ArgumentsThatAreNoObjectAreNotRepeated) {
  for (auto arguments : {"", "{", "[1]", "null", "\"x\"", "\xFF", "{\"a\":1}}"}) {
    const auto body = chat_body(request({calls("", {{"a", "f", arguments}})}));
    auto document = json::Document::parse(body);
    ASSERT_TRUE(document);
    auto function = document->root()["messages"].at(0)["tool_calls"].at(0)["function"];
    EXPECT_EQ(function["arguments"].string_or(""), "{}") << arguments;
  }
}

TEST(ChatBody, WhateverTheTextsAreTheBodyIsJson) {
  EXPECT_TRUE(rc::check([](const std::string& text, const std::string& id,
                           const std::string& arguments, const std::string& image, bool legacy) {
    auto r = request({says(ModelRole::system, text), says(ModelRole::user, text),
                      calls(text, {{id, text, arguments}, {text, id, arguments}}),
                      result(id, text, text), result("x", id, text)});
    r.messages[1].images.push_back({"image/png", image});
    r.dialect.legacy_functions = legacy;
    auto document = json::Document::parse(chat_body(r));
    // A NUL is written in its escaped form, which our own reader does not take.
    if ((text + id + arguments).find('\0') == std::string::npos)
      RC_ASSERT(document.has_value());
  }));
}

TEST(ModerationsBody, HoldsAllTexts) {
  EXPECT_EQ(moderations_body("omni-moderation-latest", {"a", "b\""}),
            R"({"model":"omni-moderation-latest","input":["a","b\""]})");
}

TEST(RequestHeaders, LocalServersGetNoCredentials) {
  EXPECT_EQ(request_headers("sk-1", true).value("Authorization"), "Bearer sk-1");
  EXPECT_EQ(request_headers("sk-1", true).value("accept"), "text/event-stream");
  EXPECT_FALSE(request_headers("", false).contains("authorization"));
  EXPECT_EQ(request_headers("", false).value("content-type"), "application/json");
}

}  // namespace
}  // namespace jobraker::net::openai
