#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "messages/json.hpp"
#include "messages/model.hpp"

/// What the provider protocols have in common. INTERNAL to net/client.
namespace jobraker::net {

/// Calls in one answer; more are an error of the provider's.
inline constexpr std::size_t tool_calls_max = 128;

/// A number of tokens, 0 for what is none; capped so that sums cannot overflow.
std::int64_t token_count(json::View value) noexcept;

/// Makes the answer's calls usable: none without a name, empty arguments are `{}`, and each has an
/// id. Missing ids are made of `seed` (the answer's own id) and the call, so that the same answer
/// gives the same ids and two answers do not. Calls decide the finish: a provider may say `stop`.
void settle_calls(ModelReply& reply, std::string_view seed);

/// `arguments` as compact JSON when it is an object, else `{}`.
std::string object_or_empty(std::string_view arguments);

/// Standard base64 with padding.
std::string base64(std::string_view bytes);

/// What standard base64 with padding and without blanks stands for; nullopt when it is none. In
/// variable time, much faster than libsodium's: not for secrets.
std::optional<std::vector<unsigned char>> base64_bytes(std::string_view text);

}  // namespace jobraker::net
