#include "net/client/reply_parts.hpp"

#include <algorithm>
#include <array>

#include <sodium.h>

namespace jobraker::net {
namespace {

/// The six bits of a base64 character; 64 for all others.
constexpr std::array<unsigned char, 256> six_bits = [] {
  constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::array<unsigned char, 256> table{};
  table.fill(64);
  for (std::size_t i = 0; i < alphabet.size(); ++i)
    table[static_cast<unsigned char>(alphabet[i])] = static_cast<unsigned char>(i);
  return table;
}();

std::string made_id(std::string_view seed, std::size_t place, const ToolCall& call) {
  json::Writer w;  // as JSON, so that the borders of the parts count
  w.begin_array().value(seed).value(static_cast<std::int64_t>(place));
  w.value(std::string_view{call.name}).value(std::string_view{call.arguments}).end_array();
  const auto text = w.text();
  std::array<unsigned char, 16> hash{};
  crypto_generichash(hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(text.data()),
                     text.size(), nullptr, 0);
  std::array<char, 2 * 12 + 1> hex{};
  sodium_bin2hex(hex.data(), hex.size(), hash.data(), 12);
  return std::string{"call_"} + hex.data();
}

}  // namespace

std::int64_t token_count(json::View value) noexcept {
  return std::clamp<std::int64_t>(value.integer().value_or(0), 0, 1'000'000'000'000);
}

void settle_calls(ModelReply& reply, std::string_view seed) {
  std::erase_if(reply.tool_calls, [](const ToolCall& call) { return call.name.empty(); });
  for (std::size_t i = 0; i < reply.tool_calls.size(); ++i) {
    auto& call = reply.tool_calls[i];
    if (call.arguments.empty())
      call.arguments = "{}";
    if (call.id.empty())
      call.id = made_id(seed, i, call);
  }
  if (reply.tool_calls.empty()) {
    if (reply.finish == FinishReason::tool_calls)
      reply.finish = FinishReason::stop;
  } else if (reply.finish == FinishReason::stop) {
    reply.finish = FinishReason::tool_calls;
  }
}

std::string object_or_empty(std::string_view arguments) {
  auto document = json::Document::parse(arguments);
  return document && document->root().is_object() ? document->root().dump() : "{}";
}

std::optional<std::vector<unsigned char>> base64_bytes(std::string_view text) {
  if (text.size() % 4 != 0)
    return std::nullopt;
  std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  std::vector<unsigned char> bytes(text.size() / 4 * 3);
  auto* out = bytes.data();
  unsigned wrong = 0;
  for (std::size_t i = 0; i < text.size(); i += 4) {
    bool last = i + 4 == text.size();
    unsigned group = 0;
    for (std::size_t k = 0; k < 4; ++k) {
      unsigned bits =
        last && k >= 4 - padding ? 0 : six_bits[static_cast<unsigned char>(text[i + k])];
      wrong |= bits & 64U;
      group = group << 6 | (bits & 63U);
    }
    // Bits that stand for nothing must be zero.
    wrong |= last && (group & ((1U << 8 * padding) - 1)) != 0 ? 1 : 0;
    *out++ = static_cast<unsigned char>(group >> 16);
    *out++ = static_cast<unsigned char>(group >> 8);
    *out++ = static_cast<unsigned char>(group);
  }
  if (wrong != 0)
    return std::nullopt;
  bytes.resize(bytes.size() - padding);
  return bytes;
}

std::string base64(std::string_view bytes) {
  std::string out(sodium_base64_encoded_len(bytes.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
  sodium_bin2base64(out.data(), out.size(), reinterpret_cast<const unsigned char*>(bytes.data()),
                    bytes.size(), sodium_base64_VARIANT_ORIGINAL);
  out.pop_back();  // the terminating NUL
  return out;
}

}  // namespace jobraker::net
