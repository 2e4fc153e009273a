#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace jobraker::knowledge {

/// How long passages are, in tokens as `llm::estimate_tokens` counts.
struct PassageSizes {
  std::int64_t least = 120;   ///< of all but the last one of a text
  std::int64_t most = 250;    ///< at least 16 more than `least`
  std::int64_t overlap = 30;  ///< at most so many are said again at the start of the next
};

/// A piece of a text that makes sense by itself.
struct Passage {
  std::string title{};       ///< the text's title and the headings it stands under: `Pay › Bonus`
  std::string text{};        ///< a slice of the text as it is, without space around it
  std::size_t repeated = 0;  ///< so many bytes at its start are the end of the passage before

  bool operator==(const Passage&) const = default;
};

/// Splits Markdown or plain text at headings (ATX, CommonMark §4.2), paragraphs, lines of lists and
/// code, and sentences; what is longer than a passage at spaces, or between two characters. A short
/// section goes together with the next one under the headings that both have. Nothing is left out
/// but space between passages; a text of nothing but space is one passage, its title. Valid UTF-8
/// gives valid UTF-8.
std::vector<Passage> split_text(std::string_view title, std::string_view text,
                                PassageSizes sizes = {});

}  // namespace jobraker::knowledge
