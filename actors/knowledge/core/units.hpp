#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace jobraker::knowledge {

/// A stretch of a text that is not cut if it can be helped: a sentence, a line of a list or of
/// code, a heading. Units follow each other without gaps; space belongs to the unit before it.
struct Unit {
  std::size_t begin = 0;
  std::size_t end = 0;
  int level = 0;  ///< of a heading, 1 to 6; 0: none
};

/// The units of a text, in order; longer ones are cut so that none has more than `most` tokens.
std::vector<Unit> units_of(std::string_view text, std::int64_t most);

/// The words of a heading's line, without marks.
std::string heading_words(std::string_view line);

}  // namespace jobraker::knowledge
