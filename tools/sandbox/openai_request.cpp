#include "tools/sandbox/openai_request.hpp"

#include <algorithm>

#include "tools/sandbox/text.hpp"

namespace jobraker::sandbox {

namespace {

using json::View;
using Failed = tl::unexpected<OpenAiError>;

Failed invalid(std::string message, std::string param, std::string code = {}) {
  return Failed(OpenAiError{400, std::move(message), std::move(param), std::move(code)});
}

/// The text of a content member; what is neither text nor a picture counts as a short mark.
std::string content_text(View content) {
  if (auto text = content.string())
    return std::string{*text};
  std::string out;
  content.each_element([&](View part) {
    auto type = part["type"].string_or("");
    if (type == "image_url")
      return;
    if (!out.empty())
      out += "\n";
    if (type == "text")
      out += part["text"].string_or("");
    else if (type == "refusal")
      out += part["refusal"].string_or("");
    else
      out += "[" + type + "]";
  });
  return out;
}

/// The pictures of a content member. Addresses are not fetched: the sandbox asks nobody.
std::optional<OpenAiError> read_images(View content, const std::string& at, ChatMessage& out) {
  std::optional<OpenAiError> error;
  content.each_element([&](View part) {
    if (error || part["type"].string_or("") != "image_url")
      return;
    auto url = part["image_url"]["url"].string_or(part["image_url"].string_or(""));
    auto bytes = data_url_bytes(url);
    auto size = bytes ? image_size(*bytes) : std::nullopt;
    if (!url.starts_with("data:"))
      error = OpenAiError{400, "Failed to download image: the sandbox takes data URLs only.",
                          at + ".content", "invalid_image_url"};
    else if (!size)
      error = OpenAiError{400,
                          "You uploaded an unsupported image. Please make sure your image has of "
                          "one the following formats: ['png', 'jpeg', 'gif', 'webp'].",
                          at + ".content", "invalid_image_format"};
    else if (out.role != "user")
      error = OpenAiError{
        400, "Invalid '" + at + "'. Image URLs are only allowed for messages with role 'user'.", at,
        "invalid_value"};
    else
      out.images.push_back({std::move(*bytes), part["image_url"]["detail"].string_or("auto"),
                            size->width, size->height});
  });
  return error;
}

std::optional<OpenAiError> read_messages(View list, ChatRequest& out) {
  static constexpr std::string_view roles[] = {"developer", "system", "user",
                                               "assistant", "tool",   "function"};
  std::vector<std::string> open;
  for (std::size_t i = 0; i < list.size(); ++i) {
    auto at = "messages[" + std::to_string(i) + "]";
    auto message = list.at(i);
    if (!message.is_object())
      return OpenAiError{400, "Invalid type for '" + at + "': expected an object.", at,
                         "invalid_type"};
    ChatMessage read;
    read.role = message["role"].string_or("");
    if (std::find(std::begin(roles), std::end(roles), read.role) == std::end(roles))
      return OpenAiError{400,
                         "Invalid value: '" + read.role +
                           "'. Supported values are: 'system', 'assistant', 'user', 'function', "
                           "'tool', and 'developer'.",
                         at + ".role", "invalid_value"};
    auto content = message["content"];
    if (content && !content.is_null() && !content.is_string() && !content.is_array())
      return OpenAiError{
        400, "Invalid type for '" + at + ".content': expected one of a string or array of objects.",
        at + ".content", "invalid_type"};
    read.text = content_text(content);
    if (auto error = read_images(content, at, read))
      return error;
    read.name = message["name"].string_or("");
    read.tool_call_id = message["tool_call_id"].string_or("");
    message["tool_calls"].each_element([&](View call) {
      read.tool_call_ids.push_back(call["id"].string_or(""));
      read.tool_call_names.push_back(call["function"]["name"].string_or(""));
    });
    if (message["function_call"].is_object())
      read.tool_call_names.push_back(message["function_call"]["name"].string_or(""));
    bool calls = !read.tool_call_ids.empty() || message["function_call"].is_object();
    if ((!content || content.is_null()) && !(read.role == "assistant" && calls))
      return OpenAiError{400, "Invalid value for 'content': expected a string, got null.",
                         at + ".content", ""};
    if (read.role == "tool") {
      auto found = std::find(open.begin(), open.end(), read.tool_call_id);
      if (found == open.end())
        return OpenAiError{400,
                           "Invalid parameter: messages with role 'tool' must be a response to a "
                           "preceding message with 'tool_calls'.",
                           at + ".role", ""};
      open.erase(found);
    } else if (!open.empty()) {
      return OpenAiError{
        400,
        "An assistant message with 'tool_calls' must be followed by tool messages responding to "
        "each 'tool_call_id'. The following tool_call_ids did not have response messages: " +
          open.front(),
        at + ".role", ""};
    }
    if (!read.tool_call_ids.empty())
      open = read.tool_call_ids;
    out.messages.push_back(std::move(read));
  }
  if (!open.empty())
    return OpenAiError{
      400,
      "An assistant message with 'tool_calls' must be followed by tool messages responding to each "
      "'tool_call_id'. The following tool_call_ids did not have response messages: " +
        open.front(),
      "messages", ""};
  return std::nullopt;
}

std::optional<OpenAiError> read_tools(View root, ChatRequest& out) {
  auto add = [&](View function) {
    out.tools.push_back({function["name"].string_or(""), function["description"].string_or(""),
                         function["parameters"]});
  };
  root["tools"].each_element([&](View tool) {
    if (tool["type"].string_or("") == "function")
      add(tool["function"]);
  });
  if (out.tools.empty() && root["functions"].is_array()) {
    out.legacy = true;
    root["functions"].each_element(add);
  }
  for (const auto& tool : out.tools) {
    bool fine =
      !tool.name.empty() && tool.name.size() <= 64 &&
      std::all_of(tool.name.begin(), tool.name.end(), [](char c) {
        return c == '_' || c == '-' || is_digit(c) || ((c | 32) >= 'a' && (c | 32) <= 'z');
      });
    if (!fine)
      return OpenAiError{400,
                         "Invalid 'tools[0].function.name': string does not match pattern. "
                         "Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.",
                         "tools[0].function.name", "invalid_value"};
  }
  auto choice = root[out.legacy ? "function_call" : "tool_choice"];
  auto word = choice.string_or(choice["type"].string_or(""));
  if (choice && !choice.is_null() && out.tools.empty() && word != "none" && word != "auto")
    return OpenAiError{400, "'tool_choice' is only allowed when 'tools' are specified.",
                       "tool_choice", ""};
  if (word == "none") {
    out.choice = ToolChoice::none;
  } else if (word == "required") {
    out.choice = ToolChoice::required;
  } else if (choice.is_object() && word == "allowed_tools") {
    auto allowed = choice["allowed_tools"]["tools"];
    std::erase_if(out.tools, [&](const ChatTool& tool) {
      bool kept = false;
      allowed.each_element(
        [&](View item) { kept = kept || item["function"]["name"].string_or("") == tool.name; });
      return !kept;
    });
    out.choice = choice["allowed_tools"]["mode"].string_or("auto") == "required"
                   ? ToolChoice::required
                   : ToolChoice::automatic;
  } else if (choice.is_object()) {
    out.choice = ToolChoice::named;
    out.chosen_tool =
      out.legacy ? choice["name"].string_or("") : choice["function"]["name"].string_or("");
    if (std::none_of(out.tools.begin(), out.tools.end(),
                     [&](const auto& tool) { return tool.name == out.chosen_tool; }))
      return OpenAiError{400,
                         "Tool choice '" + out.chosen_tool + "' not found in 'tools' parameter.",
                         "tool_choice", ""};
  }
  out.parallel = root["parallel_tool_calls"].boolean().value_or(true);
  return std::nullopt;
}

std::optional<OpenAiError> read_format(View root, ChatRequest& out) {
  auto format = root["response_format"];
  if (!format || format.is_null())
    return std::nullopt;
  auto type = format["type"].string_or("");
  if (type == "json_object") {
    out.format = Format::object;
    bool said = std::any_of(out.messages.begin(), out.messages.end(), [](const auto& m) {
      return lower(m.text).find("json") != std::string::npos;
    });
    if (!said)
      return OpenAiError{400,
                         "'messages' must contain the word 'json' in some form, to use "
                         "'response_format' of type 'json_object'.",
                         "messages", ""};
  } else if (type == "json_schema") {
    auto wrapped = format["json_schema"];
    out.format = Format::schema;
    out.schema_name = wrapped["name"].string_or("");
    out.schema = wrapped["schema"];
    if (out.schema_name.empty())
      return OpenAiError{400, "Missing required parameter: 'response_format.json_schema.name'.",
                         "response_format.json_schema.name", "missing_required_parameter"};
    if (!out.schema.is_object())
      return OpenAiError{400, "Missing required parameter: 'response_format.json_schema.schema'.",
                         "response_format.json_schema.schema", "missing_required_parameter"};
    if (wrapped["strict"].boolean().value_or(false) && out.schema["type"].string_or("") != "object")
      return OpenAiError{400,
                         "Invalid schema for response_format '" + out.schema_name +
                           "': schema must be a JSON Schema of 'type: \"object\"'.",
                         "response_format", ""};
  } else if (type != "text") {
    return OpenAiError{400,
                       "Invalid value: '" + type +
                         "'. Supported values are: 'json_object', 'json_schema', and 'text'.",
                       "response_format.type", "invalid_value"};
  }
  return std::nullopt;
}

std::optional<OpenAiError> read_limits(View root, ChatRequest& out) {
  out.n = root["n"].integer().value_or(1);
  if (out.n < 1 || out.n > 128)
    return OpenAiError{400,
                       "Invalid 'n': integer out of range. Expected a value between 1 and 128.",
                       "n", "integer_out_of_range"};
  if (is_reasoning_model(out.model)) {
    if (root["max_tokens"].is_number())
      return OpenAiError{400,
                         "Unsupported parameter: 'max_tokens' is not supported with this model. "
                         "Use 'max_completion_tokens' instead.",
                         "max_tokens", "unsupported_parameter"};
    if (auto t = root["temperature"].number(); t && *t != 1)
      return OpenAiError{400,
                         "Unsupported value: 'temperature' does not support this value with this "
                         "model. Only the default (1) value is supported.",
                         "temperature", "unsupported_value"};
  }
  if (auto t = root["temperature"].number(); t && (*t < 0 || *t > 2))
    return OpenAiError{
      400, "Invalid 'temperature': decimal out of range. Expected a value between 0 and 2.",
      "temperature", "decimal_above_max_value"};
  for (auto name : {"max_completion_tokens", "max_tokens"})
    if (auto limit = root[name].integer()) {
      if (*limit < 1)
        return OpenAiError{400,
                           std::string{"Invalid '"} + name +
                             "': integer below minimum value. Expected a value >= 1.",
                           name, "integer_below_min_value"};
      out.max_tokens = limit;
      break;
    }
  if (auto stop = root["stop"].string())
    out.stop.emplace_back(*stop);
  root["stop"].each_element([&](View item) { out.stop.push_back(item.string_or("")); });
  if (out.stop.size() > 4)
    return OpenAiError{400,
                       "Invalid 'stop': array too long. Expected an array with maximum length 4.",
                       "stop", "array_above_max_length"};
  out.stream = root["stream"].boolean().value_or(false);
  if (root["stream_options"].is_object()) {
    if (!out.stream)
      return OpenAiError{400,
                         "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
                         "stream_options", ""};
    out.include_usage = root["stream_options"]["include_usage"].boolean().value_or(false);
    out.continuous_usage =
      root["stream_options"]["continuous_usage_stats"].boolean().value_or(false);
  }
  return std::nullopt;
}

/// Counts the prompt in the order in which it is cached.
void count_prompt(View root, ChatRequest& out) {
  for (auto name : {"tools", "functions"})
    if (root[name])
      out.prompt.add(root[name].dump());
  if (out.format == Format::schema)
    out.prompt.add(out.schema.dump());
  auto list = root["messages"];
  for (std::size_t i = 0; i < out.messages.size(); ++i) {
    const auto& message = out.messages[i];
    out.prompt.add_tokens(4, hash(message.role));
    out.prompt.add(message.text);
    for (const auto& image : message.images)
      out.prompt.add_tokens(openai_image_tokens(out.model, image), hash(image.bytes));
    for (auto name : {"tool_calls", "function_call"})
      if (auto calls = list.at(i)[name])
        out.prompt.add(calls.dump());
  }
  out.prompt.add_tokens(3);
}

}  // namespace

tl::expected<ChatRequest, OpenAiError> read_chat(std::string_view body) {
  auto document = json::Document::parse(body);
  if (!document)
    return invalid(
      "We could not parse the JSON body of your request. (" + document.error().detail + ")", "");
  ChatRequest out;
  out.document = std::make_shared<json::Document>(std::move(*document));
  auto root = out.document->root();
  if (!root.is_object())
    return invalid("The body must be a JSON object.", "");
  auto model = root["model"].string();
  if (!model || model->empty())
    return invalid("you must provide a model parameter", "");
  out.model = *model;
  if (!is_chat_model(out.model)) {
    if (is_embedding_model(out.model))
      return Failed(OpenAiError{
        404, "This is not a chat model and thus not supported in the v1/chat/completions endpoint.",
        "model", ""});
    return Failed(OpenAiError{
      404, "The model `" + out.model + "` does not exist or you do not have access to it.", "",
      "model_not_found"});
  }
  if (!root["messages"].is_array())
    return invalid("Missing required parameter: 'messages'.", "messages",
                   "missing_required_parameter");
  if (root["messages"].size() == 0)
    return invalid("Invalid 'messages': empty array. Expected an array with minimum length 1, but "
                   "got an empty array instead.",
                   "messages", "empty_array");
  for (auto step : {+[](View r, ChatRequest& o) { return read_messages(r["messages"], o); },
                    &read_tools, &read_format, &read_limits})
    if (auto error = step(root, out))
      return Failed(std::move(*error));
  count_prompt(root, out);
  if (out.prompt.tokens() > 1'047'576)
    return invalid(
      "This model's maximum context length is 1047576 tokens. However, your messages resulted in " +
        std::to_string(out.prompt.tokens()) + " tokens.",
      "messages", "context_length_exceeded");
  return out;
}

}  // namespace jobraker::sandbox
