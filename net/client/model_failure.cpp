#include "net/client/model_failure.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "net/client/rate_headers.hpp"

namespace jobraker::net {
namespace {

template <std::size_t N>
bool among(std::string_view word, const std::string_view (&words)[N]) {
  return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

template <std::size_t N>
bool mentions(std::string_view text, const std::string_view (&phrases)[N]) {
  return std::any_of(std::begin(phrases), std::end(phrases), [&](std::string_view phrase) {
    return text.find(phrase) != std::string_view::npos;
  });
}

constexpr std::string_view quota_words[] = {"insufficient_quota",
                                            "credit_balance_exhausted",
                                            "organization_spend_limit_exceeded",
                                            "project_spend_limit_exceeded",
                                            "organization_usage_limit_exceeded",
                                            "billing_hard_limit_reached",
                                            "billing_not_active",
                                            "billing_error",
                                            "enforced_spend_limit_reached"};
constexpr std::string_view quota_phrases[] = {"exceeded your current quota",
                                              "credit balance is too low", "enforced_spend_limit",
                                              "spend limit", "specified api usage limits"};

constexpr std::string_view length_words[] = {"context_length_exceeded", "exceed_context_size_error",
                                             "request_too_large"};
constexpr std::string_view length_phrases[] = {"maximum context length", "prompt is too long",
                                               "exceed context limit", "request too large"};

constexpr std::string_view busy_words[] = {"rate_limit_exceeded", "rate_limit_error", "tokens",
                                           "requests"};
constexpr std::string_view overload_words[] = {"overloaded_error", "server_overloaded"};

struct TypeStatus {
  std::string_view type;
  int status;
};

/// What an error inside a stream would have been as an answer.
constexpr TypeStatus statuses[] = {{"invalid_request_error", 400},
                                   {"BadRequestError", 400},
                                   {"authentication_error", 401},
                                   {"permission_error", 403},
                                   {"not_found_error", 404},
                                   {"NotFoundError", 404},
                                   {"timeout_error", 504},
                                   {"conflict_error", 409},
                                   {"not_supported_error", 501},
                                   {"unavailable_error", 503},
                                   {"request_too_large", 413},
                                   {"overloaded_error", 529},
                                   {"rate_limit_error", 429},
                                   {"rate_limit_exceeded", 429},
                                   {"tokens", 429},
                                   {"requests", 429},
                                   {"slow_down", 429}};

int status_of(const FailureSigns& signs) {
  if (signs.status != 0)
    return signs.status;
  int number = 0;
  auto [end, error] =
    std::from_chars(signs.code.data(), signs.code.data() + signs.code.size(), number);
  if (error == std::errc{} && end == signs.code.data() + signs.code.size() && number >= 400 &&
      number < 600)
    return number;
  for (const auto& word : {signs.code, signs.type})
    for (const auto& known : statuses)
      if (word == known.type)
        return known.status;
  return 500;
}

std::string lower(std::string_view text) {
  std::string out{text};
  std::transform(out.begin(), out.end(), out.begin(), to_lower);
  return out;
}

/// The status and the code, as far as it looks like one, for logs and callers.
std::string shown(const FailureSigns& signs) {
  std::string out =
    signs.status == 0 ? " (in mid-stream" : " (HTTP " + std::to_string(signs.status);
  std::string word = signs.code.empty() ? signs.type : signs.code;
  word = word.substr(0, 60);
  if (!word.empty() &&
      std::all_of(word.begin(), word.end(), [](char c) { return is_token_char(c); }))
    out += ", " + word;
  return out + ")";
}

/// OpenAI says how long to wait in its text only: "Please try again in 1.146s. Visit …".
std::optional<std::chrono::milliseconds> wait_in(std::string_view message) {
  constexpr std::string_view before = "try again in ";
  const auto at = message.find(before);
  if (at == std::string_view::npos)
    return std::nullopt;
  auto text = message.substr(at + before.size());
  text = text.substr(0, text.find(' '));
  while (text.ends_with('.'))
    text.remove_suffix(1);
  return parse_go_duration(text);
}

enum class Kind {
  quota,
  length,
  model,
  slow_down,
  limited,
  overloaded,
  credentials,
  fault,
  refused
};

Kind kind_of(const FailureSigns& signs, int status) {
  const auto said = lower(signs.message);
  auto any = [&](const auto& words) {
    return among(signs.code, words) || among(signs.type, words);
  };
  const bool refusal = status >= 400 && status < 500;
  if (any(quota_words) || status == 402 || (refusal && mentions(said, quota_phrases)))
    return Kind::quota;
  if (any(length_words) || status == 413 || (refusal && mentions(said, length_phrases)))
    return Kind::length;
  if (signs.code == "model_not_found" || status == 404)
    return Kind::model;
  if (signs.code == "slow_down" || signs.type == "slow_down" ||
      (status == 503 && said.find("slow down") != std::string::npos))
    return Kind::slow_down;
  if (status == 429 || any(busy_words))
    return Kind::limited;
  if (status == 529 || any(overload_words))
    return Kind::overloaded;
  if (status == 401 || status == 403)
    return Kind::credentials;
  const bool passing = status == 408 || status == 409 || (status >= 500 && status != 501);
  return passing ? Kind::fault : Kind::refused;
}

std::string_view sentence(Kind kind) {
  switch (kind) {
  case Kind::quota:
    return "the language model's account has no budget left";
  case Kind::length:
    return "the request is too large for the language model";
  case Kind::model:
    return "the configured model does not exist";
  case Kind::slow_down:
  case Kind::limited:
    return "the language model is busy";
  case Kind::overloaded:
    return "the language model is overloaded";
  case Kind::credentials:
    return "the language model refused our credentials";
  case Kind::fault:
    return "the language model had a fault";
  case Kind::refused:
    return "the language model refused the request";
  }
  return "";
}

}  // namespace

ModelFailure judge_failure(const FailureSigns& signs) {
  const auto kind = kind_of(signs, status_of(signs));
  ModelFailure out;
  out.wait = signs.wait ? signs.wait : wait_in(signs.message);
  out.quota = kind == Kind::quota;
  out.context_length_exceeded = kind == Kind::length;
  out.model_not_found = kind == Kind::model;
  out.slow_down = kind == Kind::slow_down;
  out.limited = kind == Kind::limited;
  out.overloaded = kind == Kind::overloaded;
  out.error.code = out.limited || out.slow_down ? Errc::rate_limited : Errc::upstream_failed;
  out.error.detail = std::string{sentence(kind)} + shown(signs);
  if (out.error.code == Errc::rate_limited)
    out.error.retry_after = out.wait;
  if (out.quota || out.context_length_exceeded || out.model_not_found)
    return out;
  out.retry = out.limited || out.slow_down || out.overloaded || kind == Kind::fault;
  if (signs.should_retry == "true")
    out.retry = true;
  else if (signs.should_retry == "false")
    out.retry = false;
  return out;
}

ModelFailure broken_stream(std::string detail) {
  ModelFailure out;
  out.error = Error{Errc::upstream_failed, std::move(detail), {}, {}};
  out.retry = true;
  return out;
}

}  // namespace jobraker::net
