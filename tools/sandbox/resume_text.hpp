#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The résumé parser's view of a text: lines, sections, dates. Everything points into the text, so
/// that evidence can be copied from it byte by byte.
namespace jobraker::sandbox {

enum class Section {
  header,
  summary,
  objective,
  experience,
  education,
  skills,
  languages,
  projects,
  certificates,
  preferences,
  other,
};

/// One line without its bullet and outer blanks.
struct Line {
  std::string_view text;
  Section section = Section::header;
  bool bullet = false;
  bool blank_before = false;  ///< an empty line stands above
  bool heading = false;       ///< names a section; `text` is what follows the name, often nothing
};

/// A date as far as it is given.
struct Date {
  int year = 0;
  int month = 0;  ///< 0: only the year
  std::string iso() const;
  int index() const { return year * 12 + (month ? month - 1 : 0); }
};

/// Two dates with a dash or a word between them, or one with "since".
struct DateRange {
  std::optional<Date> start;
  std::optional<Date> end;
  bool present = false;
  std::size_t begin = 0;  ///< where it stands in the line
  std::size_t length = 0;
};

/// The lines of a text with their sections. Glued headings ("…C++.Education Details") are cut off.
std::vector<Line> read_lines(std::string_view text);

/// The section that a heading names; nullopt when the line is none. `rest` is what follows it.
std::optional<Section> section_of(std::string_view line, std::string_view& rest);

/// The date at the start of `text`; `length` is how far it goes.
std::optional<Date> read_date(std::string_view text, std::size_t& length);

/// The first range of dates in a line.
std::optional<DateRange> find_range(std::string_view line);

/// The last year named in a line, between 1950 and 2100.
std::optional<int> last_year(std::string_view line);

/// Cells of a line: parts with three blanks or a tab between them.
std::vector<std::string_view> cells(std::string_view line);

/// `a` and `b` and all between them. Both must lie in the same text.
std::string_view span_of(std::string_view a, std::string_view b);

}  // namespace jobraker::sandbox
