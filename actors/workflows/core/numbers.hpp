#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace jobraker::workflows {

/// A number that a text states, in figures or in words (two and more; English, German, French and
/// Spanish up to twelve and round ones).
struct StatedNumber {
  double value = 0;      ///< "200k", "0.2 million" and "200,000" are 200000
  bool percent = false;  ///< "40 %", "40 percent"
  bool years = false;    ///< followed by a word for years
  std::size_t begin = 0;
  std::size_t end = 0;  ///< bytes [begin, end) of the text
};

/// All numbers of a text, in order. Figures that are part of a name (C++20, S3, x86) are none; the
/// names' own check is theirs.
std::vector<StatedNumber> numbers_in(std::string_view text);

/// Whether a text that states `known` also states this number. A percentage is borne out by a
/// percentage only.
bool states(const std::vector<StatedNumber>& known, const StatedNumber& claimed);

}  // namespace jobraker::workflows
