#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "messages/matching.hpp"
#include "messages/result.hpp"

/// The OpenAI wire protocol as far as we speak it: chat completions and embeddings, any server that
/// understands them. Pure: text in, text out. Facts: OpenAI's published OpenAPI file.
namespace jobraker::net::openai {

/// One chat completion that must answer in JSON by a schema.
struct ChatCall {
  std::string model;
  std::string system;
  std::string user;
  std::string schema_name;
  std::string schema;  ///< JSON Schema
  std::int64_t max_tokens = 0;
};

/// The request's body. Reasoning models (o…, gpt-5…, gpt-6…) get no temperature: they refuse one.
std::string chat_body(const ChatCall& call);

/// What came back.
struct ChatAnswer {
  std::string text;
  std::string model;
  std::int64_t tokens_in = 0;
  std::int64_t tokens_out = 0;
};

/// Reads a 200 answer. upstream_failed for a refusal, an answer cut at its limit (`length`), and
/// anything that is no completion.
Result<ChatAnswer> read_chat(std::string_view body);

/// The request's body for vectors of `embedding_dimensions`, base64 (a quarter of JSON's size).
std::string embeddings_body(std::string_view model, const std::vector<std::string>& texts);

/// Reads a 200 answer to `count` texts: floats or base64, in any order of index. upstream_failed
/// when a vector is missing, of another size, not finite or zero; vectors are brought to unit
/// length.
Result<std::vector<Embedding>> read_embeddings(std::string_view body, std::size_t count);

/// What to do about a failed call.
struct Failure {
  Error error;
  bool retry = false;
  std::optional<std::chrono::milliseconds> wait{};  ///< what the server asked for
};

/// Judges a status other than 200 by status, `error.code` and headers (`retry-after-ms`,
/// `retry-after`, `x-should-retry`; empty when absent). Quota errors are not retried.
Failure read_failure(int status, std::string_view body, std::string_view retry_after_ms,
                     std::string_view retry_after, std::string_view should_retry);

}  // namespace jobraker::net::openai
