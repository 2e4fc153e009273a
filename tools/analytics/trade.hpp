#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "messages/result.hpp"

namespace jobraker::analytics {

/// The table that says which coarse occupation a posting's title is of; how it is written stands at
/// the top of `trades.txt`.
class Trades {
public:
  /// Errc::invalid names the line that is not understood.
  static Result<Trades> parse(std::string_view text);

  /// The table compiled into the program.
  static Result<Trades> built_in();

  /// The trade of a title, or `other`.
  std::string_view of(std::string_view title) const;

private:
  /// One word of a pattern, with what may stand around it.
  struct Word {
    std::string text{};
    bool open_front = false, open_back = false;
    bool matches(std::string_view word) const;
  };
  using Phrase = std::vector<Word>;
  struct Line {
    std::string trade{};
    std::vector<Phrase> phrases{};
  };
  static Result<Phrase> parse_phrase(std::string_view text);

  std::vector<Line> lines_{};
};

}  // namespace jobraker::analytics
