#pragma once

#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace jobraker::workflows {

/// Words somebody may use.
class Vocabulary {
public:
  /// Adds the words of a text.
  void add(std::string_view text);
  /// Adds those of its words that are written small.
  void add_small(std::string_view text);
  /// Whether a word of any case, with or without a plural or genitive ending, is in it.
  bool has(std::string_view word) const;

private:
  std::unordered_set<std::string> words_;
};

/// How a language uses capitals.
enum class Capitals : std::uint8_t {
  english,  ///< names and the beginnings of sentences
  nouns,    ///< every noun, as in German
  other     ///< names and the beginnings of sentences; its verbs are not known here
};

/// Which of them a text is, by its small words.
Capitals capitals_of(std::string_view text);

/// What tells a name that may stand in a text from one that may not.
struct KnownWords {
  Vocabulary names{};     ///< every word of what is known of the person
  Vocabulary ordinary{};  ///< words that are no names: they were seen written small
};

/// The proper names of a text that nobody knows: words with a capital inside a sentence, words of
/// capitals or with figures in them, capitals at a sentence's beginning that are no usual opening
/// of a line in a résumé, web and mail addresses. Of a language that writes all nouns with
/// capitals, only what stands where companies do (bei X, X GmbH, X Y). Neighbours come together:
/// "Globex Dynamics".
std::vector<std::string> unknown_names(std::string_view text, const KnownWords& known,
                                       Capitals capitals);

}  // namespace jobraker::workflows
