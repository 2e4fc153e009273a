#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace jobraker {

/// The 16 bytes of an RFC 9562 UUID in network order. All zero means "none".
struct Uuid {
  std::array<std::uint8_t, 16> bytes{};

  auto operator<=>(const Uuid&) const = default;
  explicit operator bool() const noexcept { return *this != Uuid{}; }
};

/// A new version 7 UUID (RFC 9562 §5.7): ordered by time of birth, 74 random bits.
Uuid new_uuid();

/// The version 8 UUID (RFC 9562 §5.8) made from SHA-256 of `name`: same name, same id, on every
/// node.
Uuid uuid_of(std::string_view name);

/// The canonical 8-4-4-4-12 form, lower case.
std::string to_string(const Uuid& id);

/// Reads the canonical form, either case; nothing else.
std::optional<Uuid> parse_uuid(std::string_view text);

/// A UUID that knows what it names, so that a job cannot be passed where a user is meant.
template <class Tag>
struct Id {
  Uuid uuid{};

  auto operator<=>(const Id&) const = default;
  explicit operator bool() const noexcept { return static_cast<bool>(uuid); }

  static Id fresh() { return Id{new_uuid()}; }
  static Id of(std::string_view name) { return Id{uuid_of(name)}; }
  static std::optional<Id> parse(std::string_view text) {
    if (auto uuid = parse_uuid(text))
      return Id{*uuid};
    return std::nullopt;
  }
};

template <class Tag>
std::string to_string(const Id<Tag>& id) {
  return to_string(id.uuid);
}

using UserId = Id<struct UserTag>;
using JobId = Id<struct JobTag>;
using TaskId = Id<struct TaskTag>;
using SearchId = Id<struct SearchTag>;
using RefreshTokenId = Id<struct RefreshTokenTag>;
using CompanyId = Id<struct CompanyTag>;
using ConversationId = Id<struct ConversationTag>;
using MessageId = Id<struct MessageTag>;
using TurnId = Id<struct TurnTag>;
using SessionId = Id<struct SessionTag>;
using ArticleId = Id<struct ArticleTag>;
using ApplicationId = Id<struct ApplicationTag>;
using InterviewId = Id<struct InterviewTag>;
using SlotId = Id<struct SlotTag>;
using ReportId = Id<struct ReportTag>;

}  // namespace jobraker

template <>
struct std::hash<jobraker::Uuid> {
  std::size_t operator()(const jobraker::Uuid& id) const noexcept {
    std::uint64_t half[2];
    std::memcpy(half, id.bytes.data(), sizeof half);
    return half[0] * 0x9E3779B97F4A7C15ULL ^ half[1];
  }
};

template <class Tag>
struct std::hash<jobraker::Id<Tag>> {
  std::size_t operator()(const jobraker::Id<Tag>& id) const noexcept {
    return std::hash<jobraker::Uuid>{}(id.uuid);
  }
};
