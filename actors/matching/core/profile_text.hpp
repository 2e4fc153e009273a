#pragma once

#include <string>
#include <string_view>

#include "messages/jobs.hpp"
#include "messages/profile.hpp"

namespace jobraker::matching {

/// The texts a person's three vectors are made from; an empty one has no vector.
struct UserTexts {
  std::string skills;
  std::string experience;
  std::string goals;
  bool operator==(const UserTexts&) const = default;
};

/// The texts a posting's two vectors are made from.
struct JobTexts {
  std::string description;
  std::string requirements;
  bool operator==(const JobTexts&) const = default;
};

/// Longest text sent to be embedded, in bytes; embedding models read about 8,000 tokens.
inline constexpr std::size_t embedded_text_max = 12'000;

/// What is embedded of a profile. Holds no name, e-mail, phone number or address, also not those
/// that stand inside its free texts.
UserTexts texts_of(const Profile& profile);

/// What is embedded of a posting.
JobTexts texts_of(const Job& job);

/// SHA-256 of a text, 64 hex digits: a vector is stale when the hash of its text has changed.
std::string content_hash(std::string_view text);

/// `text` without what identifies a person: e-mail addresses, phone numbers, web addresses, the
/// name, the phone number and the street address of `person`. Each is replaced by one placeholder
/// in brackets.
std::string without_contact(std::string_view text, const PersonalInfo& person);

/// The first `bytes` of a text, cut at a character's and where possible at a word's end.
std::string cut(std::string_view text, std::size_t bytes);

}  // namespace jobraker::matching
