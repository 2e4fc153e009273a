#include "actors/knowledge/core/chunker.hpp"

#include <algorithm>

#include "actors/knowledge/core/units.hpp"
#include "actors/llm/core/tokens.hpp"

namespace jobraker::knowledge {
namespace {

struct Heading {
  int level = 0;
  std::string words{};
  bool operator==(const Heading&) const = default;
};
using Path = std::vector<Heading>;

constexpr std::size_t title_bytes_max = 300;

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f'; }

/// Enters a heading: those of its level and below are left.
void enter(Path& path, Heading heading) {
  while (!path.empty() && path.back().level >= heading.level)
    path.pop_back();
  if (!heading.words.empty())
    path.push_back(std::move(heading));
}

Path common(const Path& a, const Path& b) {
  auto [end, other] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  return Path(a.begin(), end);
}

std::string title_of(std::string_view title, const Path& path) {
  std::string out{title};
  for (const auto& heading : path) {
    if (heading.words == title)
      continue;  // many articles repeat their title as the first heading
    auto more = out.empty() ? heading.words : " › " + heading.words;
    if (out.size() + more.size() > title_bytes_max)
      break;
    out += more;
  }
  return out;
}

class Splitter {
public:
  Splitter(std::string_view title, std::string_view text, PassageSizes sizes)
      : title_(title), text_(text), sizes_(sizes) {}

  std::vector<Passage> run() {
    // A unit of this size fits beside any passage that is not long enough yet.
    auto units = units_of(text_, std::max<std::int64_t>(1, sizes_.most - sizes_.least - 2));
    for (const auto& unit : units)
      add(unit);
    finish();
    if (passages_.empty())
      passages_.push_back({title_of(title_, {}), std::string{title_}, 0});
    return std::move(passages_);
  }

private:
  std::int64_t tokens(std::size_t from, std::size_t to) const {
    return llm::estimate_tokens(text_.substr(from, to - from));
  }

  void add(const Unit& unit) {
    if (unit.level > 0) {
      if (tokens(begin_, end_) >= sizes_.least) {
        finish();
        begin_ = begin_new_ = unit.begin;
      }
      enter(path_, {unit.level, heading_words(text_.substr(unit.begin, unit.end - unit.begin))});
      overlap_from_ = unit.begin;
    } else if (tokens(begin_, unit.end) > sizes_.most) {
      finish();
      begin_new_ = unit.begin;
      begin_ = overlap(unit);
    }
    // What begins with headings alone stands under all of them.
    passage_path_ = headings_only_ ? path_ : common(passage_path_, path_);
    headings_only_ = headings_only_ && unit.level > 0;
    end_ = unit.end;
    ends_.push_back(unit.begin);
  }

  /// Where the passage begins whose first new unit this is: some sentences before it, of the same
  /// section, unless they would make it too long.
  std::size_t overlap(const Unit& unit) const {
    auto from = unit.begin;
    for (auto it = ends_.rbegin(); it != ends_.rend() && *it >= overlap_from_; ++it) {
      if (tokens(*it, unit.begin) > sizes_.overlap || tokens(*it, unit.end) > sizes_.most)
        break;
      from = *it;
    }
    return from;
  }

  void finish() {
    auto from = begin_;
    auto to = end_;
    while (to > from && is_space(text_[to - 1]))
      --to;
    while (from < to && is_space(text_[from]))
      ++from;
    if (to > std::max(from, begin_new_)) {
      auto repeated = begin_new_ > from ? begin_new_ - from : 0;
      passages_.push_back(
        {title_of(title_, passage_path_), std::string{text_.substr(from, to - from)}, repeated});
    }
    headings_only_ = true;
  }

  std::string_view title_;
  std::string_view text_;
  PassageSizes sizes_;
  std::vector<Passage> passages_;
  Path path_;                  ///< the headings above the present place
  Path passage_path_;          ///< those that all of the present passage stands under
  bool headings_only_ = true;  ///< so far
  std::size_t begin_ = 0;      ///< of the present passage, with what it repeats
  std::size_t begin_new_ = 0;  ///< of what it does not repeat
  std::size_t end_ = 0;
  std::size_t overlap_from_ = 0;   ///< where the present section begins
  std::vector<std::size_t> ends_;  ///< where units began, so that a passage may begin there
};

}  // namespace

std::vector<Passage> split_text(std::string_view title, std::string_view text, PassageSizes sizes) {
  return Splitter{title, text, sizes}.run();
}

}  // namespace jobraker::knowledge
