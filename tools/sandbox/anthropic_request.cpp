#include "tools/sandbox/anthropic_request.hpp"

#include <algorithm>

#include "tools/sandbox/text.hpp"

namespace jobraker::sandbox {

namespace {

using json::View;
using Failed = tl::unexpected<AnthropicError>;
using Check = std::optional<AnthropicError>;

constexpr std::string_view latest_version = "2026-10-21";

AnthropicError invalid(std::string message) { return {400, std::move(message)}; }

/// What of the messages is not yet paired.
struct Pairing {
  std::vector<std::string> open;  ///< tool_use ids of the assistant's last message
  std::string at;                 ///< that message
};

void add_text(ChatMessage& out, std::string_view text) {
  if (!out.text.empty() && !text.empty())
    out.text += "\n";
  out.text += text;
}

Check read_image(View block, const std::string& at, ChatMessage& out) {
  auto source = block["source"];
  if (source["type"].string_or("") != "base64")
    return invalid(at + ".image.source: the sandbox takes base64 sources only");
  auto type = source["media_type"].string_or("");
  if (type != "image/jpeg" && type != "image/png" && type != "image/gif" && type != "image/webp")
    return invalid(at + ".image.source.base64.media_type: Input should be 'image/jpeg', "
                        "'image/png', 'image/gif' or 'image/webp'");
  auto bytes = base64_bytes(source["data"].string().value_or(""));
  auto size = bytes ? image_size(*bytes) : std::nullopt;
  if (!size)
    return invalid(at + ".image.source.base64.data: Could not process image");
  out.images.push_back({std::move(*bytes), "auto", size->width, size->height});
  return std::nullopt;
}

Check read_result(View block, const std::string& at, Pairing& pairing, ChatRequest& out) {
  auto id = block["tool_use_id"].string_or("");
  auto found = std::find(pairing.open.begin(), pairing.open.end(), id);
  if (found == pairing.open.end())
    return invalid(at + ": unexpected `tool_use_id` found in `tool_result` blocks: " + id +
                   ". Each `tool_result` block must have a corresponding `tool_use` block in the "
                   "previous message.");
  pairing.open.erase(found);
  ChatMessage result;
  result.role = "tool";
  result.tool_call_id = id;
  if (auto text = block["content"].string())
    result.text = *text;
  block["content"].each_element([&](View part) { add_text(result, part["text"].string_or("")); });
  out.prompt.add_tokens(6, hash(id));
  out.prompt.add(result.text);
  out.messages.push_back(std::move(result));
  return std::nullopt;
}

Check read_block(View block, const std::string& at, ChatMessage& message, Pairing& pairing,
                 ChatRequest& out) {
  auto type = block["type"].string_or("");
  bool user = message.role == "user";
  if (type == "text") {
    if (block["text"].string_or("").empty())
      return invalid("messages: text content blocks must be non-empty");
    add_text(message, block["text"].string_or(""));
    out.prompt.add(block["text"].string_or(""));
  } else if (type == "image" && user) {
    if (auto error = read_image(block, at, message))
      return error;
    const auto& image = message.images.back();
    out.prompt.add_tokens(anthropic_image_tokens(image), hash(image.bytes));
  } else if (type == "tool_result" && user) {
    if (!message.text.empty() || !message.images.empty())
      return invalid(at +
                     ": `tool_result` blocks must come first in the content of a user message");
    if (auto error = read_result(block, at, pairing, out))
      return error;
  } else if (type == "tool_use" && !user) {
    if (!block["input"].is_object())
      return invalid(at + ".tool_use.input: Input should be a valid dictionary");
    message.tool_call_ids.push_back(block["id"].string_or(""));
    message.tool_call_names.push_back(block["name"].string_or(""));
    out.prompt.add(block.dump());
  } else if (type != "thinking" && type != "redacted_thinking") {
    return invalid(at + ": Input tag '" + type +
                   "' found using 'type' does not match any of the expected tags");
  }
  if (block["cache_control"].is_object())
    out.prompt.breakpoint();
  return std::nullopt;
}

Check unpaired(const Pairing& pairing) {
  if (pairing.open.empty())
    return std::nullopt;
  std::string ids;
  for (const auto& id : pairing.open)
    ids += (ids.empty() ? "" : ", ") + id;
  return invalid(
    pairing.at +
    ": `tool_use` ids were found without `tool_result` blocks immediately after: " + ids +
    ". Each `tool_use` block must have a corresponding `tool_result` block in the "
    "next message.");
}

Check read_message(View value, std::size_t index, Pairing& pairing, ChatRequest& out) {
  auto at = "messages." + std::to_string(index);
  ChatMessage message;
  message.role = value["role"].string_or("");
  if (message.role != "user" && message.role != "assistant")
    return invalid(at + ".role: Input should be 'user' or 'assistant'" +
                   (message.role == "system" ? ". Use the top-level `system` parameter" : ""));
  auto content = value["content"];
  if (!content.is_string() && !content.is_array())
    return invalid(at + ".content: Input should be a valid string or list");
  if (content.is_array() ? content.size() == 0 : content.string_or("").empty())
    return invalid(at + ": all messages must have non-empty content");
  if (message.role == "assistant")
    if (auto error = unpaired(pairing))
      return error;
  out.prompt.add_tokens(4, hash(message.role));
  if (auto text = content.string()) {
    message.text = *text;
    out.prompt.add(*text);
  }
  Check error;
  std::size_t number = 0;
  content.each_element([&](View block) {
    auto place = at + ".content." + std::to_string(number++);
    if (!error)
      error = read_block(block, place, message, pairing, out);
  });
  if (error)
    return error;
  if (message.role == "user")
    if (auto open = unpaired(pairing))
      return open;
  if (message.role == "assistant") {
    pairing.open = message.tool_call_ids;
    pairing.at = at;
  }
  // Turns of one side that follow each other are one.
  bool same = !out.messages.empty() && out.messages.back().role == message.role &&
              message.tool_call_ids.empty() && out.messages.back().tool_call_ids.empty();
  if (same) {
    add_text(out.messages.back(), message.text);
    for (auto& image : message.images)
      out.messages.back().images.push_back(std::move(image));
  } else if (!message.text.empty() || !message.images.empty() || !message.tool_call_ids.empty()) {
    out.messages.push_back(std::move(message));
  }
  return std::nullopt;
}

Check read_conversation_of(View root, ChatRequest& out) {
  auto system = root["system"];
  ChatMessage message;
  message.role = "system";
  if (auto text = system.string()) {
    message.text = *text;
    out.prompt.add(*text);
  }
  system.each_element([&](View block) {
    add_text(message, block["text"].string_or(""));
    out.prompt.add(block["text"].string_or(""));
    if (block["cache_control"].is_object())
      out.prompt.breakpoint();
  });
  if (!message.text.empty())
    out.messages.push_back(std::move(message));
  auto list = root["messages"];
  if (!list.is_array())
    return invalid("messages: Field required");
  if (list.size() == 0)
    return invalid("messages: at least one message is required");
  Pairing pairing;
  for (std::size_t i = 0; i < list.size(); ++i)
    if (auto error = read_message(list.at(i), i, pairing, out))
      return error;
  if (root["cache_control"].is_object())
    out.prompt.breakpoint();
  return unpaired(pairing);
}

Check read_tools(View root, ChatRequest& out) {
  auto list = root["tools"];
  for (std::size_t i = 0; i < list.size(); ++i) {
    auto tool = list.at(i);
    auto at = "tools." + std::to_string(i) + ".custom";
    auto name = tool["name"].string_or("");
    bool fine =
      !name.empty() && name.size() <= 128 && std::all_of(name.begin(), name.end(), [](char c) {
        return c == '_' || c == '-' || is_digit(c) || ((c | 32) >= 'a' && (c | 32) <= 'z');
      });
    if (!fine)
      return invalid(at + ".name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'");
    if (tool["input_schema"]["type"].string_or("") != "object")
      return invalid(at + ".input_schema.type: Input should be 'object'");
    out.tools.push_back({name, tool["description"].string_or(""), tool["input_schema"]});
    out.prompt.add(tool.dump());
    if (tool["cache_control"].is_object())
      out.prompt.breakpoint();
  }
  auto choice = root["tool_choice"];
  auto type = choice["type"].string_or("auto");
  if (choice && out.tools.empty() && type != "none")
    return invalid("tool_choice may only be specified while providing tools");
  if (out.model.starts_with("claude-sonnet-5-5") && (type == "any" || type == "tool"))
    return invalid("tool_choice: forced tool use is not supported by this model");
  if (type == "none")
    out.choice = ToolChoice::none;
  else if (type == "any")
    out.choice = ToolChoice::required;
  else if (type == "tool") {
    out.choice = ToolChoice::named;
    out.chosen_tool = choice["name"].string_or("");
    if (std::none_of(out.tools.begin(), out.tools.end(),
                     [&](const auto& one) { return one.name == out.chosen_tool; }))
      return invalid("tool_choice: tool '" + out.chosen_tool + "' not found in provided tools");
  } else if (type != "auto") {
    return invalid("tool_choice: Input tag '" + type + "' does not match any of the expected tags");
  }
  out.parallel = !choice["disable_parallel_tool_use"].boolean().value_or(false);
  return std::nullopt;
}

/// Sonnet 5 and later take no sampling parameters but the default ones.
bool takes_temperature(std::string_view model) {
  return !model.starts_with("claude-sonnet-5") && !model.starts_with("claude-opus-5");
}

Check read_limits(View root, ChatRequest& out) {
  auto most = root["max_tokens"].integer();
  if (!root["max_tokens"])
    return invalid("max_tokens: Field required");
  if (!most || *most < 1)
    return invalid("max_tokens: Input should be greater than or equal to 1");
  out.max_tokens = most;
  auto temperature = root["temperature"].number();
  if (temperature && (*temperature < 0 || *temperature > 1))
    return invalid("temperature: Input should be between 0 and 1");
  if (temperature && *temperature != 1 && !takes_temperature(out.model))
    return invalid("temperature: this model takes only the default of 1");
  root["stop_sequences"].each_element([&](View item) { out.stop.push_back(item.string_or("")); });
  out.stream = root["stream"].boolean().value_or(false);
  for (auto format : {root["output_config"]["format"], root["output_format"]})
    if (format["type"].string_or("") == "json_schema") {
      if (!format["schema"].is_object())
        return invalid("output_config.format.schema: Field required");
      out.format = Format::schema;
      out.schema = format["schema"];
      out.schema_name = out.schema["title"].string_or("");
      out.prompt.add(out.schema.dump());
      break;
    }
  return std::nullopt;
}

/// What version 2026-10-21 took away from the one before
/// (platform.claude.com/docs/en/api/migration-2026-10-21).
Check check_latest(View root) {
  for (auto name : {"temperature", "top_p", "top_k"})
    if (root[name])
      return invalid(std::string{name} + ": Extra inputs are not permitted");
  Check error;
  std::size_t number = 0;
  root["messages"].each_element([&](View message) {
    auto at = "messages." + std::to_string(number++) + ".content";
    bool user = message["role"].string_or("") == "user";
    message["content"].each_element([&](View block) {
      auto type = block["type"].string_or("");
      if (!user && type == "document")
        error = invalid(at + ": `document` blocks are not permitted in assistant messages");
      if (user && type == "text" && block["citations"].size() > 0)
        error = invalid(at + ": `citations` are not permitted in user messages");
    });
  });
  return error;
}

}  // namespace

bool is_anthropic_model(std::string_view name) {
  static constexpr std::string_view live[] = {"claude-haiku-4-5",  "claude-haiku-5-5",
                                              "claude-sonnet-4-5", "claude-sonnet-5-5",
                                              "claude-opus-5-5",   "claude-sandbox"};
  return std::any_of(std::begin(live), std::end(live), [&](auto one) {
    return name == one || name.starts_with(std::string{one} + "-20");
  });
}

bool is_anthropic_version(std::string_view version) {
  return version == latest_version || version == "2023-06-01";
}

tl::expected<ChatRequest, AnthropicError> read_messages(std::string_view body,
                                                        std::string_view version) {
  auto document = json::Document::parse(body);
  if (!document)
    return Failed(invalid("The request body is not valid JSON: " + document.error().detail));
  ChatRequest out;
  out.document = std::make_shared<json::Document>(std::move(*document));
  auto root = out.document->root();
  if (!root.is_object())
    return Failed(invalid("The request body must be a JSON object."));
  out.model = root["model"].string_or("");
  if (out.model.empty())
    return Failed(invalid("model: Field required"));
  if (!is_anthropic_model(out.model))
    return Failed(AnthropicError{404, "model: " + out.model, "not_found_error"});
  if (version == latest_version)
    if (auto error = check_latest(root))
      return Failed(std::move(*error));
  for (auto step : {&read_limits, &read_tools, &read_conversation_of})
    if (auto error = step(root, out))
      return Failed(std::move(*error));
  if (out.prompt.tokens() > 1'000'000)
    return Failed(invalid("prompt is too long: " + std::to_string(out.prompt.tokens()) +
                          " tokens > 1000000 maximum"));
  return out;
}

}  // namespace jobraker::sandbox
