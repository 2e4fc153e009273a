#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "actors/llm/gateway.hpp"
#include "net/client/model_failure.hpp"

/// One attempt of a call on the wire.
namespace jobraker::llm {

/// What is asked, whichever provider hears it: one of the three kinds.
struct Question {
  ModelKind kind = ModelKind::chat;
  ModelRequest chat{};               ///< model, dialect and limits are filled in for each candidate
  std::vector<std::string> texts{};  ///< to embed or moderate
};

/// The bytes of an attempt.
struct WireRequest {
  ModelProvider provider = ModelProvider::openai;
  ModelKind kind = ModelKind::chat;
  std::string path{};
  std::string body{};
  std::string model{};
  bool stream = false;
  std::int64_t text_bytes = 0;  ///< of `body` without pictures
  std::int64_t images = 0;
  std::size_t texts = 0;
};

WireRequest wire_request(const Question& question, const Candidate& candidate);

/// What came of an attempt.
struct AttemptResult {
  std::shared_ptr<WireReply> reply{};  ///< when it was good; when cut, what had come
  std::optional<net::ModelFailure> failure{};
  bool cancelled = false;
  int status = 0;          ///< of the HTTP answer; 0: none came
  bool answered = false;   ///< the provider began to answer with success
  bool estimated = false;  ///< `usage` is our count
  TokenUsage usage{};
  std::int64_t deltas = 0;
  std::optional<std::chrono::milliseconds> first_token{};
  std::chrono::milliseconds latency{0};
  ProviderLimits limits{};
};

/// Sends it and reads the answer. `on_text` hears streamed text.
task<AttemptResult> attempt(Services& services, const Context& context, WireRequest request,
                            std::optional<net::CancelToken> cancel,
                            std::function<void(std::string_view)> on_text);

}  // namespace jobraker::llm
