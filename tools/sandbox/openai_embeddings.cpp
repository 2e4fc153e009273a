#include <bit>
#include <cstring>
#include <variant>

#include "messages/json.hpp"
#include "tools/sandbox/embed_rules.hpp"
#include "tools/sandbox/openai_data.hpp"
#include "tools/sandbox/openai_error.hpp"
#include "tools/sandbox/openai_request.hpp"
#include "tools/sandbox/text.hpp"
#include "tools/sandbox/tokens.hpp"

namespace jobraker::sandbox {

namespace {

constexpr std::size_t inputs_max = 2048;
constexpr std::size_t input_tokens_max = 8192;
constexpr std::size_t request_tokens_max = 300'000;

struct Input {
  std::string text;
  std::size_t tokens = 0;
};

std::size_t native_size(std::string_view model) {
  return model == "text-embedding-3-large" ? 3072 : 1536;
}

Answer failed(std::string_view model, OpenAiError error) {
  return {to_response(error), "embeddings", std::string{model}};
}

/// A list of token ids becomes a text of its own: what the ids mean only the encoder knows.
Input from_ids(json::View list) {
  Input out;
  list.each_element(
    [&](json::View id) { out.text += "t" + std::to_string(id.integer().value_or(0)) + " "; });
  out.tokens = list.size();
  return out;
}

std::variant<std::vector<Input>, OpenAiError> read_inputs(json::View input) {
  auto bad = [](std::string message) { return OpenAiError{400, std::move(message), "input", ""}; };
  std::vector<Input> out;
  auto add_text = [&](std::string_view text) {
    out.push_back({std::string{text}, count_tokens(text)});
  };
  if (auto text = input.string())
    add_text(*text);
  else if (input.is_array() && input.at(0).is_number())
    out.push_back(from_ids(input));
  else if (input.is_array()) {
    if (input.size() == 0 || input.size() > inputs_max)
      return bad("'input' must be a non-empty array of at most 2048 items.");
    for (std::size_t i = 0; i < input.size(); ++i) {
      if (auto item = input.at(i).string())
        add_text(*item);
      else if (input.at(i).is_array() && input.at(i).size() > 0)
        out.push_back(from_ids(input.at(i)));
      else
        return bad("'$.input' is invalid. Please check the API reference: "
                   "https://platform.openai.com/docs/api-reference.");
    }
  } else {
    return bad("'$.input' is invalid. Please check the API reference: "
               "https://platform.openai.com/docs/api-reference.");
  }
  std::size_t sum = 0;
  for (const auto& one : out) {
    if (one.text.empty())
      return bad("'$.input' is invalid. Input must not be an empty string.");
    if (one.tokens > input_tokens_max)
      return bad("This model's maximum context length is 8192 tokens, however you requested " +
                 std::to_string(one.tokens) + " tokens. Please reduce your prompt.");
    sum += one.tokens;
  }
  if (sum > request_tokens_max)
    return OpenAiError{
      400, "Requested " + std::to_string(sum) + " tokens, max 300000 tokens per request", "input",
      "max_tokens_per_request"};
  return out;
}

std::string little_endian(const std::vector<float>& vector) {
  std::string bytes(vector.size() * 4, '\0');
  for (std::size_t i = 0; i < vector.size(); ++i) {
    auto bits = std::bit_cast<std::uint32_t>(vector[i]);
    for (std::size_t k = 0; k < 4; ++k)
      bytes[i * 4 + k] = static_cast<char>(bits >> (8 * k) & 0xFF);
  }
  return bytes;
}

}  // namespace

Answer embeddings(std::string_view body, bool half_size) {
  auto document = json::Document::parse(body);
  if (!document)
    return failed("", {400, "We could not parse the JSON body of your request. (" +
                              document.error().detail + ")"});
  auto root = document->root();
  auto model = root["model"].string_or("");
  if (model.empty())
    return failed(model, {400, "you must provide a model parameter"});
  if (!is_embedding_model(model))
    return failed(model,
                  {404, "The model `" + model + "` does not exist or you do not have access to it.",
                   "", "model_not_found"});
  auto dimensions = native_size(model);
  if (auto asked = root["dimensions"]; asked && !asked.is_null()) {
    auto number = asked.integer().value_or(0);
    if (model == "text-embedding-ada-002")
      return failed(model,
                    {400, "This model does not support specifying dimensions.", "dimensions"});
    if (number < 1 || static_cast<std::size_t>(number) > dimensions)
      return failed(model, {400,
                            "Invalid value for 'dimensions' = " + asked.dump() +
                              ". Must be between 1 and " + std::to_string(dimensions) + ".",
                            "dimensions"});
    dimensions = static_cast<std::size_t>(number);
  }
  auto format = root["encoding_format"].string_or("float");
  if (format != "float" && format != "base64")
    return failed(model,
                  {400, "'" + format + "' is not one of ['base64', 'float'] - 'encoding_format'",
                   "encoding_format"});
  auto inputs = read_inputs(root["input"]);
  if (auto* error = std::get_if<OpenAiError>(&inputs))
    return failed(model, *error);
  if (half_size)
    dimensions = std::max<std::size_t>(1, dimensions / 2);
  std::size_t tokens = 0;
  json::Writer out;
  out.begin_object().member("object", "list").key("data").begin_array();
  const auto& texts = std::get<std::vector<Input>>(inputs);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    tokens += texts[i].tokens;
    auto vector = embed(texts[i].text, dimensions);
    out.begin_object()
      .member("object", "embedding")
      .member("index", static_cast<std::int64_t>(i))
      .key("embedding");
    if (format == "base64") {
      out.value(std::string_view{base64(little_endian(vector))});
    } else {
      out.begin_array();
      for (auto value : vector)
        out.value(static_cast<double>(value));
      out.end_array();
    }
    out.end_object();
  }
  out.end_array().member("model", std::string_view{model}).key("usage").begin_object();
  out.member("prompt_tokens", static_cast<std::int64_t>(tokens))
    .member("total_tokens", static_cast<std::int64_t>(tokens))
    .end_object()
    .end_object();
  return {net::Response::json(200, out.text()), "embeddings", model, tokens, 0};
}

}  // namespace jobraker::sandbox
