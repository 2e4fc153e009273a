#pragma once

#include <string_view>

#include "messages/json.hpp"
#include "messages/result.hpp"
#include "net/client/skyvern.hpp"

namespace jobraker::net {

/// The header that signs a webhook.
inline constexpr std::string_view skyvern_signature_header = "x-skyvern-signature";

/// Skyvern's JSON. What a page has put into it must not keep a run's end from being read: escapes
/// that stand for no character are replaced, `\u0000` and half a pair of surrogates. Pure.
/// Errc::malformed when it is none all the same.
Result<json::Document> read_skyvern_json(std::string_view text);

/// Reads the body of a webhook whose signature has been verified. Pure. Errc::malformed when it is
/// no report of a run. It may be told twice, late and in any order: see `is_step`.
Result<SkyvernRun> read_skyvern_webhook(std::string_view body);

}  // namespace jobraker::net
