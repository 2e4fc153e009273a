#include "net/client/openai.hpp"

#include <charconv>
#include <cmath>
#include <cstring>

#include <sodium.h>

#include "messages/json.hpp"

namespace jobraker::net::openai {
namespace {

bool takes_temperature(std::string_view model) {
  return !model.starts_with("o1") && !model.starts_with("o3") && !model.starts_with("o4") &&
         !model.starts_with("gpt-5") && !model.starts_with("gpt-6");
}

std::optional<double> seconds(std::string_view text) {
  double value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < 0 ||
      !std::isfinite(value))
    return std::nullopt;
  return value;
}

Error upstream(std::string detail) {
  return Error{Errc::upstream_failed, std::move(detail), {}, {}};
}

Result<Embedding> vector_of(json::View value) {
  Embedding out;
  if (auto text = value.string()) {
    std::vector<unsigned char> bytes(text->size());
    std::size_t size = 0;
    const char* end = nullptr;
    if (sodium_base642bin(bytes.data(), bytes.size(), text->data(), text->size(), nullptr, &size,
                          &end, sodium_base64_VARIANT_ORIGINAL) != 0 ||
        end != text->data() + text->size() || size % sizeof(float) != 0)
      return fail(upstream("the model sent a vector that is not base64"));
    out.resize(size / sizeof(float));
    std::memcpy(out.data(), bytes.data(), size);  // little endian, as we are
  } else if (value.is_array()) {
    out.reserve(value.size());
    bool numbers = true;
    value.each_element([&](json::View element) {
      auto number = element.number();
      numbers = numbers && number;
      out.push_back(static_cast<float>(number.value_or(0)));
    });
    if (!numbers)
      return fail(upstream("the model sent a vector that holds more than numbers"));
  }
  if (out.size() != embedding_dimensions)
    return fail(upstream("the model sent a vector of " + std::to_string(out.size()) +
                         " dimensions instead of " + std::to_string(embedding_dimensions)));
  double norm = 0;
  for (float x : out)
    norm += static_cast<double>(x) * x;
  if (!std::isfinite(norm) || norm < 1e-12)
    return fail(upstream("the model sent a vector without a direction"));
  auto scale = static_cast<float>(1 / std::sqrt(norm));
  for (float& x : out)
    x *= scale;
  return out;
}

}  // namespace

std::string chat_body(const ChatCall& call) {
  json::Writer w;
  w.begin_object().member("model", std::string_view{call.model});
  w.key("messages").begin_array();
  w.begin_object()
    .member("role", "system")
    .member("content", std::string_view{call.system})
    .end_object();
  w.begin_object()
    .member("role", "user")
    .member("content", std::string_view{call.user})
    .end_object();
  w.end_array();
  w.key("response_format").begin_object().member("type", "json_schema");
  w.key("json_schema").begin_object().member("name", std::string_view{call.schema_name});
  w.key("strict").value(true).key("schema").raw(call.schema).end_object().end_object();
  if (takes_temperature(call.model))
    w.key("temperature").value(0).key("max_tokens").value(call.max_tokens);
  else
    w.key("max_completion_tokens").value(call.max_tokens);
  w.key("store").value(false).end_object();
  return w.text();
}

Result<ChatAnswer> read_chat(std::string_view body) {
  auto document = json::Document::parse(body);
  if (!document)
    return fail(upstream("the model's answer was cut or is not JSON"));
  auto root = document->root();
  auto choice = root["choices"].at(0);
  auto message = choice["message"];
  if (!message.is_object())
    return fail(upstream("the model's answer has no message"));
  if (auto refusal = message["refusal"].string(); refusal && !refusal->empty())
    return fail(upstream("the model refused to answer"));
  if (choice["finish_reason"].string_or("") == "length")
    return fail(upstream("the model's answer was longer than its limit"));
  auto text = message["content"].string();
  if (!text)
    return fail(upstream("the model's answer is empty"));
  ChatAnswer out;
  out.text = *text;
  out.model = root["model"].string_or("");
  out.tokens_in = root["usage"]["prompt_tokens"].integer().value_or(0);
  out.tokens_out = root["usage"]["completion_tokens"].integer().value_or(0);
  return out;
}

std::string embeddings_body(std::string_view model, const std::vector<std::string>& texts) {
  json::Writer w;
  w.begin_object().member("model", model).key("input").begin_array();
  for (const auto& text : texts)
    w.value(std::string_view{text});
  w.end_array();
  w.key("dimensions").value(static_cast<std::int64_t>(embedding_dimensions));
  w.member("encoding_format", "base64").end_object();
  return w.text();
}

Result<std::vector<Embedding>> read_embeddings(std::string_view body, std::size_t count) {
  auto document = json::Document::parse(body);
  if (!document)
    return fail(upstream("the model's answer was cut or is not JSON"));
  auto data = document->root()["data"];
  if (!data.is_array() || data.size() != count)
    return fail(upstream("the model sent " + std::to_string(data.size()) + " vectors for " +
                         std::to_string(count) + " texts"));
  std::vector<Embedding> out(count);
  for (std::size_t i = 0; i < count; ++i) {
    auto item = data.at(i);
    auto index = item["index"].integer().value_or(static_cast<std::int64_t>(i));
    if (index < 0 || static_cast<std::size_t>(index) >= count ||
        !out[static_cast<std::size_t>(index)].empty())
      return fail(upstream("the model's vectors are numbered wrongly"));
    auto vector = vector_of(item["embedding"]);
    if (!vector)
      return fail(std::move(vector.error()));
    out[static_cast<std::size_t>(index)] = std::move(*vector);
  }
  return out;
}

Failure read_failure(int status, std::string_view body, std::string_view retry_after_ms,
                     std::string_view retry_after, std::string_view should_retry) {
  Failure out;
  if (auto ms = seconds(retry_after_ms))
    out.wait = std::chrono::milliseconds{static_cast<std::int64_t>(std::ceil(*ms))};
  else if (auto s = seconds(retry_after))
    out.wait = std::chrono::milliseconds{static_cast<std::int64_t>(std::ceil(*s * 1000))};
  std::string code;
  std::string type;
  std::string message;
  if (auto document = json::Document::parse(body)) {
    auto error = document->root()["error"];
    if (!error.is_object())
      error = document->root();  // older vLLM is flat
    code = error["code"].string_or("");
    type = error["type"].string_or("");
    message = error["message"].string_or("");
  }
  bool quota = type == "insufficient_quota" || code == "insufficient_quota" ||
               code == "credit_balance_exhausted" || code == "organization_spend_limit_exceeded" ||
               code == "project_spend_limit_exceeded" ||
               code == "organization_usage_limit_exceeded";
  bool hopeless = message.find("Request too large") != std::string::npos;
  auto shown =
    " (HTTP " + std::to_string(status) + (code.empty() ? "" : ", " + code.substr(0, 60)) + ")";
  if (status == 429 && (quota || hopeless)) {
    out.error = upstream("the language model's account has no budget left" + shown);
    if (hopeless)
      out.error = upstream("the request is too large for the language model" + shown);
    return out;
  }
  if (status == 429) {
    out.error = Error{Errc::rate_limited, "the language model is busy" + shown, {}, out.wait};
    out.retry = true;
  } else if (status == 401 || status == 403) {
    out.error = upstream("the language model refused our credentials" + shown);
  } else if (status == 404) {
    out.error = upstream("the configured model does not exist" + shown);
  } else if (status == 408 || status == 409 || status >= 500) {
    out.error = upstream("the language model had a fault" + shown);
    out.retry = true;
  } else {
    out.error = upstream("the language model refused the request" + shown);
  }
  if (should_retry == "true")
    out.retry = true;
  else if (should_retry == "false")
    out.retry = false;
  return out;
}

}  // namespace jobraker::net::openai
