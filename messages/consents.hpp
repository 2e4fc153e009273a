#pragma once

#include <optional>

#include "messages/enums.hpp"
#include "messages/fields.hpp"
#include "messages/ids.hpp"

/// What a person has agreed to. Nothing is agreed to until somebody says so.
namespace jobraker {

/// What personal data may be used for, each agreed to by itself.
enum class ConsentPurpose : std::uint8_t {
  resume_parsing,
  ai_chat,
  embeddings,
  digest_email,
  auto_apply
};
template <>
inline constexpr std::string_view enum_names<ConsentPurpose>[] = {
  "resume_parsing", "ai_chat", "embeddings", "digest_email", "auto_apply"};

/// Asks what a person has agreed to.
struct GetConsents {
  static constexpr auto type_name = "GetConsents";
  static constexpr auto fields() { return std::tuple{}; }
};

/// Every purpose, and whether it is agreed to.
struct Consents {
  static constexpr auto type_name = "Consents";
  bool resume_parsing = false;
  bool ai_chat = false;
  bool embeddings = false;
  bool digest_email = false;
  bool auto_apply = false;

  bool operator==(const Consents&) const = default;
  static constexpr auto fields() {
    return std::tuple{
      field("resume_parsing", &Consents::resume_parsing), field("ai_chat", &Consents::ai_chat),
      field("embeddings", &Consents::embeddings), field("digest_email", &Consents::digest_email),
      field("auto_apply", &Consents::auto_apply)};
  }
};

/// Gives or withdraws consent, the body of `PUT /users/{user_id}/consents`; what is left out stays.
struct SetConsents {
  static constexpr auto type_name = "SetConsents";
  std::optional<bool> resume_parsing{};
  std::optional<bool> ai_chat{};
  std::optional<bool> embeddings{};
  std::optional<bool> digest_email{};
  std::optional<bool> auto_apply{};

  static constexpr auto fields() {
    return std::tuple{field("resume_parsing", &SetConsents::resume_parsing),
                      field("ai_chat", &SetConsents::ai_chat),
                      field("embeddings", &SetConsents::embeddings),
                      field("digest_email", &SetConsents::digest_email),
                      field("auto_apply", &SetConsents::auto_apply)};
  }
};

}  // namespace jobraker
