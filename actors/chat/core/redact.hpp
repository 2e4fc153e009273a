#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "messages/profile.hpp"

/// Personal data out of what a model reads, and back into what it says: pure.
namespace jobraker::chat {

/// What is known of a person and must not reach a model.
struct KnownPerson {
  Strings names{};  ///< full names; their parts are found too
  Strings emails{};
  Strings phones{};     ///< in any form: the digits count
  Strings addresses{};  ///< street addresses; a place without a digit in it is not one
  Strings links{};      ///< personal pages, with or without `https://`
};

/// The same from a profile and the address of the account (may be empty).
KnownPerson known_person(const PersonalInfo& person, std::string_view account_email = {});

/// The personal data of one conversation and the placeholders that stand for it: `[NAME_1]`,
/// `[EMAIL_1]`, `[PHONE_1]`, `[ADDRESS_1]`, `[LINK_1]`. Hidden are the known values, in any case
/// and with other separators, and whatever looks like an e-mail address, a phone number or a
/// personal page. The same spelling always gets the same placeholder; another spelling of the same
/// value gets its own, since `reveal` must give back exactly what was written.
///
/// A text that already looks like a placeholder is hidden as well (`[TEXT_1]` stands for it), so a
/// posting with `[EMAIL_1]` in it pulls out nobody's address. Two objects know nothing of each
/// other's values.
class PersonalData {
public:
  explicit PersonalData(const KnownPerson& known = {});

  /// `text` with placeholders. For all texts: reveal(hide(text)) == text. What has been hidden must
  /// not be hidden again: its placeholders would be taken for a stranger's.
  std::string hide(std::string_view text);
  /// JSON with placeholders in its strings (not in names of members); what is not JSON is hidden as
  /// a text.
  std::string hide_json(std::string_view text);

  /// `text` with the values for the placeholders that this object has given out; others stay.
  /// Values are never looked at again, so nothing expands twice.
  std::string reveal(std::string_view text) const;
  /// The same in the strings of a JSON text, escaped as JSON needs it: for the arguments of calls.
  std::string reveal_json(std::string_view text) const;

  /// The value of a whole placeholder (`[EMAIL_1]`), or nothing.
  const std::string* value_of(std::string_view placeholder) const;

private:
  /// How a known value is looked for: whole words in any case, only with a capital (a name that is
  /// also a word: `Will`), only as it is written (`Li`), or anywhere.
  enum class Match : std::uint8_t { word, capital, exact, anywhere };
  struct Known {
    std::string folded{};
    std::string exact{};
    std::string_view kind{};
    Match match = Match::word;
  };
  void know(std::string_view value, std::string_view kind, Match match);
  void know_name(std::string_view name);
  void know_address(std::string_view address);
  const std::string& placeholder(std::string_view kind, std::string_view value);

  std::vector<Known> known_;
  Strings phones_;  ///< the digits that tell a known number, without the country's
  std::map<std::string, std::int64_t, std::less<>> counts_;
  std::unordered_map<std::string, std::string> placeholders_;  ///< value → placeholder
  std::unordered_map<std::string, std::string> values_;        ///< placeholder → value
};

/// `reveal` over a text that comes in pieces: holds back only what may be the beginning of a
/// placeholder. Any way of cutting the text gives the same whole.
class RevealStream {
public:
  /// `data` must outlive the stream; it may learn more values meanwhile.
  explicit RevealStream(const PersonalData& data) : data_(&data) {}
  /// What can be shown of the text so far and was not yet.
  std::string feed(std::string_view delta);
  /// The rest: no more comes.
  std::string flush();

private:
  const PersonalData* data_;
  std::string held_;
};

}  // namespace jobraker::chat
