#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tl/expected.hpp>

namespace jobraker {

/// Why something could not be done. `net/http/problem` maps each value to one HTTP status.
enum class Errc : std::uint8_t {
  malformed,           ///< The bytes are not the format they claim to be (broken JSON, broken PDF).
  invalid,             ///< Well formed, but a value breaks a rule; `Error::fields` names which.
  unauthenticated,     ///< No credentials, or none that count.
  forbidden,           ///< Known caller, not theirs.
  not_found,           ///< No such thing, or none the caller may know of.
  method_not_allowed,  ///< The path exists, the method does not.
  conflict,            ///< The present state forbids it (address already registered).
  precondition_failed,  ///< `If-Match` names another version.
  too_large,            ///< Longer than the limit that the detail names.
  unsupported_media,    ///< A content type this path does not read.
  unprocessable,        ///< Readable, but nothing can be made of it (a résumé without text).
  rate_limited,         ///< Too many; `Error::retry_after` says when to come back.
  timed_out,            ///< Our own deadline passed before the work was done.
  upstream_failed,      ///< Somebody else's service answered wrongly or refused.
  upstream_timed_out,   ///< Somebody else's service did not answer in time.
  unavailable,          ///< A part of ours is away for the moment (PostgreSQL, shutting down).
  cancelled,            ///< Stopped on request.
  internal,             ///< A fault of ours; the log has the trace id.
};

/// The stable name of a code in JSON and logs, e.g. `not_found`.
std::string_view to_string(Errc code) noexcept;

/// One value that broke a rule: a JSON pointer (RFC 6901) or parameter name, and the rule in words.
struct FieldProblem {
  std::string pointer;
  std::string detail;
  bool operator==(const FieldProblem&) const = default;
};

/// A failure as it travels between floors. `detail` is a sentence for the caller: no secrets, no
/// SQL.
struct Error {
  Errc code = Errc::internal;
  std::string detail;
  std::vector<FieldProblem> fields{};
  std::optional<std::chrono::milliseconds> retry_after{};
  bool operator==(const Error&) const = default;
};

/// A value, or the reason there is none.
template <class T>
using Result = tl::expected<T, Error>;

/// What a step without a value answers.
using Done = Result<void>;

/// `return fail(Errc::not_found, "job 7");`
inline tl::unexpected<Error> fail(Errc code, std::string detail) {
  return tl::unexpected<Error>(Error{code, std::move(detail), {}, {}});
}

/// Hands an error on: `return fail(std::move(result.error()));`
inline tl::unexpected<Error> fail(Error error) { return tl::unexpected<Error>(std::move(error)); }

}  // namespace jobraker
