#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "messages/matching.hpp"
#include "messages/model.hpp"
#include "messages/result.hpp"
#include "messages/time.hpp"
#include "net/client/model_failure.hpp"
#include "net/client/rate_headers.hpp"
#include "net/client/reply_stream.hpp"
#include "net/http/headers.hpp"

/// The OpenAI wire protocol as far as we speak it: chat completions, embeddings and moderations, to
/// any server that understands them (vLLM, llama.cpp and Ollama answer differently in places; what
/// they send is understood too). Pure: text in, text out. Facts: OpenAI's published OpenAPI file.
namespace jobraker::net::openai {

/// Credentials (none when the key is empty: local servers need none), content type and what is
/// accepted.
Headers request_headers(std::string_view api_key, bool stream);

/// The body of `POST /chat/completions`, with the parameters that the request's dialect allows. In
/// the legacy form an assistant's turn with several calls becomes several turns, since that form
/// has one call a turn. Arguments that are no JSON object are repeated as `{}`: some servers parse
/// them and refuse the whole request.
std::string chat_body(const ModelRequest& request);

/// Reads a 200 answer, of which the first choice counts. A refusal and an answer cut at its limit
/// are answers. Calls without an id get one. upstream_failed for anything that is no completion.
Result<ModelReply> read_reply(std::string_view body);

/// Reads a streamed answer: it ends properly with a `finish_reason` or `[DONE]`.
std::unique_ptr<ReplyStream> reply_stream();

/// The request's body for vectors of `embedding_dimensions`, base64 (a quarter of JSON's size).
std::string embeddings_body(std::string_view model, const std::vector<std::string>& texts);

/// Vectors and what they cost.
struct EmbeddingsReply {
  std::vector<Embedding> vectors{};
  std::string model{};
  std::optional<TokenUsage> usage{};
};

/// Reads a 200 answer to `count` texts: floats or base64, in any order of index. upstream_failed
/// when a vector is missing, of another size, not finite or zero; vectors are brought to unit
/// length.
Result<EmbeddingsReply> read_embeddings_reply(std::string_view body, std::size_t count);

/// The body of `POST /moderations` for texts, none of them empty.
std::string moderations_body(std::string_view model, const std::vector<std::string>& texts);

/// Reads a 200 answer to `count` texts, in their order. upstream_failed when a verdict is missing.
/// Moderation is free of charge and reports no usage.
Result<std::vector<ModerationVerdict>> read_moderations(std::string_view body, std::size_t count);

/// The limits in an answer's headers.
RateHeaders read_rate_headers(const Headers& headers);

/// Judges an answer with a status other than 200: status, error codes of OpenAI and of compatible
/// servers, and the headers `retry-after-ms`, `retry-after`, `x-should-retry`.
ModelFailure read_failure(int status, const Headers& headers, std::string_view body, Time now);

}  // namespace jobraker::net::openai
