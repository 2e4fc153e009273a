#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace jobraker {

/// Bytes [begin, end) of a text.
struct Span {
  std::size_t begin = 0;
  std::size_t end = 0;
  bool operator==(const Span&) const = default;
};

/// Finds quotations in one text, blind to case, spacing, line breaks, and the kind of quotes,
/// dashes and bullets: what a model changes when it copies. Build once a text, search often.
class EvidenceIndex {
public:
  explicit EvidenceIndex(std::string_view text);

  /// Where `quote` occurs (the first time, whole words at both ends), or nothing. A quotation
  /// without a letter or digit is never found.
  std::optional<Span> find(std::string_view quote) const;

  /// The text it was built from.
  std::string_view text() const { return text_; }

private:
  std::string_view text_;
  std::string folded_;
  std::vector<std::uint32_t> origin_;  ///< byte of text_ for each byte of folded_
};

/// Text as `EvidenceIndex` compares it: lower case, one space between words, plain quotes and
/// dashes.
std::string fold(std::string_view text);

/// The words of a text for comparing: folded, split at everything that is no letter, digit, + or #.
std::vector<std::string> words_of(std::string_view text);

/// True when every word of `value` is among the words of `evidence` (a trailing plural s aside).
bool supported_by(std::string_view value, std::string_view evidence);

}  // namespace jobraker
