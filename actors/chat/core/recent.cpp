#include "actors/chat/core/recent.hpp"

namespace jobraker::chat {
namespace {

/// About what a message takes, beside its fixed part.
std::size_t size_of(const ChatMessage& message) {
  auto bytes = message.content.size();
  for (const auto& tool : message.tools)
    bytes += tool.arguments.size() + tool.result.size() + tool.text_before.size();
  for (const auto& source : message.sources)
    bytes += source.title.size() + source.ref.size();
  return bytes;
}

}  // namespace

void RecentMessages::add(const ChatMessage& message) {
  if (!known_)
    return;
  bytes_ += size_of(message);
  if (messages_.size() < messages_max && bytes_ <= bytes_max)
    return messages_.push_back(message);
  known_ = false;
  messages_ = {};
}

void RecentMessages::forget_until(std::int64_t position) {
  std::erase_if(messages_, [&](const ChatMessage& message) {
    if (message.position > position)
      return false;
    bytes_ -= size_of(message);
    return true;
  });
}

std::optional<std::vector<ChatMessage>> RecentMessages::all() const {
  if (!known_)
    return std::nullopt;
  return messages_;
}

}  // namespace jobraker::chat
