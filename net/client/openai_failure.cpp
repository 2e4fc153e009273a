#include "net/client/openai_failure.hpp"

#include "net/client/openai.hpp"

namespace jobraker::net::openai {
namespace {

/// Strings as they are; vLLM and llama.cpp send the status as an integer.
std::string word_of(json::View value) {
  if (auto number = value.integer())
    return std::to_string(*number);
  return value.string_or("");
}

/// Reads `{"error":{…}}`, `{"error":"…"}`, the flat `{"message":…,"type":…,"code":…}` and
/// `{"detail":"…"}`.
FailureSigns signs_of(json::View root) {
  FailureSigns out;
  auto error = root["error"];
  out.message = error.string_or("");
  if (!error.is_object())
    error = root;
  out.code = word_of(error["code"]);
  out.type = word_of(error["type"]);
  if (out.message.empty())
    out.message = error["message"].string_or(root["detail"].string_or(""));
  return out;
}

/// Proxies send HTML or nothing, and Google's servers an array.
FailureSigns signs_in_body(std::string_view body) {
  auto document = json::Document::parse(body);
  if (!document)
    return {};
  const auto root = document->root();
  return signs_of(root.is_array() ? root.at(0) : root);
}

RateWindow window(const Headers& headers, std::string_view kind) {
  const std::string start = "x-ratelimit-";
  const std::string end{kind};
  return rate_window(headers.value(start + "limit-" + end),
                     headers.value(start + "remaining-" + end),
                     parse_go_duration(headers.value(start + "reset-" + end)));
}

}  // namespace

std::optional<FailureSigns> signs_in_stream(json::View root) {
  const auto error = root["error"];
  const bool nested = error.is_object() || !error.string().value_or("").empty();
  if (!nested && root["object"].string().value_or("") != "error")
    return std::nullopt;
  return signs_of(root);
}

RateHeaders read_rate_headers(const Headers& headers) {
  RateHeaders out;
  out.requests = window(headers, "requests");
  out.tokens = tighter(window(headers, "tokens"), window(headers, "tokens_usage_based"));
  return out;
}

ModelFailure read_failure(int status, const Headers& headers, std::string_view body, Time now) {
  auto signs = signs_in_body(body);
  signs.status = status;
  signs.wait = read_retry_after(headers, now);
  signs.should_retry = headers.value("x-should-retry");
  return judge_failure(signs);
}

}  // namespace jobraker::net::openai
