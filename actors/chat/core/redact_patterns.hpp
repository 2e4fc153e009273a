#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// How personal data looks, whoever's it is: for `PersonalData` alone.
namespace jobraker::chat::redact {

inline constexpr std::string_view name_kind = "NAME";
inline constexpr std::string_view email_kind = "EMAIL";
inline constexpr std::string_view phone_kind = "PHONE";
inline constexpr std::string_view address_kind = "ADDRESS";
inline constexpr std::string_view link_kind = "LINK";
inline constexpr std::string_view text_kind = "TEXT";

/// Bytes [begin, end) of a text that must not be seen, and as what.
struct Span {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string_view kind{};
};

/// The length of the placeholder at `at`, or 0: `[` kind `_` number `]`, the number without leading
/// zeros and of at most nine digits.
std::size_t placeholder_at(std::string_view text, std::size_t at);
/// Whether text that begins with `tail` could turn into a placeholder; a whole one does not count.
bool begins_placeholder(std::string_view tail);

void find_placeholders(std::string_view text, std::vector<Span>& out);
void find_emails(std::string_view text, std::vector<Span>& out);
/// Pages that belong to a person: LinkedIn, Xing, GitHub, … with a path.
void find_links(std::string_view text, std::vector<Span>& out);
/// Telephone numbers by their form, and every run of digits and separators that contains one of
/// `known` (digits only). Years, dates, amounts, ranges of amounts and UUIDs are no numbers.
void find_phones(std::string_view text, const std::vector<std::string>& known,
                 std::vector<Span>& out);

/// The digits by which a known number is recognised at home and abroad: the last nine. Empty when
/// there are fewer than six.
std::string telling_digits(std::string_view phone);

/// A text in lower case without accents, runs of spaces and commas as one space, and where in the
/// original each byte comes from.
struct Folded {
  std::string text{};
  std::vector<std::size_t> begin{};
  std::vector<std::size_t> end{};
};
Folded fold(std::string_view text);

}  // namespace jobraker::chat::redact
