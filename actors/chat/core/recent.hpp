#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "messages/chat.hpp"

namespace jobraker::chat {

/// The messages of a conversation that no summary covers, for as long as all of them are known and
/// they are few: then they need not be read again before every answer.
class RecentMessages {
public:
  /// Of a conversation with this many messages when it was loaded.
  explicit RecentMessages(std::int64_t stored = 0) : known_(stored == 0) {}

  /// The message that has just been stored.
  void add(const ChatMessage& message);
  /// A summary covers everything up to this position.
  void forget_until(std::int64_t position);
  /// In order of position; nullopt when the rows must be read.
  std::optional<std::vector<ChatMessage>> all() const;

  /// Bytes of their texts.
  std::size_t bytes() const noexcept { return bytes_; }

  static constexpr std::size_t messages_max = 100;
  static constexpr std::size_t bytes_max = 32 << 10;

private:
  bool known_ = true;
  std::vector<ChatMessage> messages_{};
  std::size_t bytes_ = 0;
};

}  // namespace jobraker::chat
