#pragma once

#include <cstddef>
#include <string_view>

namespace jobraker::skills {

/// What stands around a word that may or may not name a skill.
struct Surroundings {
  bool left_edge = false;     ///< a list sign, bracket, bullet or line start before it
  bool right_edge = false;    ///< a list sign, bracket, full stop or line end after it
  bool in_list = false;       ///< edges on both sides, one of them within the line
  bool alone = false;         ///< the only thing on its line
  bool before_trade = false;  ///< followed by "developer", "programming" …
  bool after_lead = false;    ///< preceded by "in", "with", "and" …
  bool after_label = false;   ///< preceded on its line by "languages:", "skills:" …
  bool after_other = false;   ///< preceded by what gives it another sense ("Vitamin C", "Class C")
};

/// Looks around bytes [begin, end) of `text`.
Surroundings look_around(std::string_view text, std::size_t begin, std::size_t end);

}  // namespace jobraker::skills
