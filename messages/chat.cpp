#include "messages/chat.hpp"

#include <charconv>

namespace jobraker {
namespace {

/// Digits only, without leading zeros, so that a position has one spelling.
std::optional<std::int64_t> parse_count(std::string_view text) {
  if (text.empty() || text.front() < '0' || text.front() > '9' ||
      (text.front() == '0' && text.size() > 1))
    return std::nullopt;
  std::int64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size())
    return std::nullopt;
  return value;
}

}  // namespace

std::string to_string(const StreamPosition& position) {
  return std::to_string(position.epoch) + "-" + std::to_string(position.seq);
}

std::optional<StreamPosition> parse_position(std::string_view text) {
  auto dash = text.find('-');
  if (dash == std::string_view::npos)
    return std::nullopt;
  auto epoch = parse_count(text.substr(0, dash));
  auto seq = parse_count(text.substr(dash + 1));
  if (!epoch || !seq)
    return std::nullopt;
  return StreamPosition{*epoch, *seq};
}

}  // namespace jobraker
