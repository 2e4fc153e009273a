#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "messages/result.hpp"
#include "messages/time.hpp"
#include "net/http/headers.hpp"

namespace jobraker::net {

/// What to do about a call that a provider refused or broke off. At most one of the flags is set.
/// `error.detail` never repeats the provider's text, which may quote the prompt.
struct ModelFailure {
  Error error{};
  bool retry = false;                               ///< the same call may succeed later
  std::optional<std::chrono::milliseconds> wait{};  ///< what the server asked for
  bool limited = false;                             ///< our rate is above the provider's limit
  bool slow_down = false;   ///< our rate rose too fast: hold a lower one for a quarter of an hour
  bool overloaded = false;  ///< the provider is short of capacity: long waits, another model
  bool quota =
    false;  ///< the account has no money or allowance left: nothing helps but an operator
  bool model_not_found = false;  ///< unknown or retired model, or none for this key
  /// The prompt is longer than the model's context or than the account may send in a minute: only a
  /// shorter one can succeed.
  bool context_length_exceeded = false;
};

/// What a failed answer says of itself, whichever provider's words are read. For judge_failure().
struct FailureSigns {
  int status = 0;
  std::string code{};     ///< machine-readable, may be empty
  std::string type{};     ///< machine-readable, may be empty
  std::string message{};  ///< for people; only searched, never shown
  std::optional<std::chrono::milliseconds> wait{};
  std::string_view should_retry{};  ///< `x-should-retry`
};

/// Judges by `code`, `type`, known phrases of `message` and last `status`. Quota errors, over-long
/// prompts and missing models are never retried; `should_retry` decides for the rest.
ModelFailure judge_failure(const FailureSigns& signs);

/// The failure of a stream that stopped before its end or cannot be read: worth another try.
ModelFailure broken_stream(std::string detail);

}  // namespace jobraker::net
