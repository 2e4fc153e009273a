#include "actors/workflows/core/text_dates.hpp"

#include <algorithm>
#include <array>

#include "actors/profile/core/unicode.hpp"

namespace jobraker::workflows {
namespace {

/// A date and where it stands.
struct Found {
  ResumeDate date{};
  std::size_t begin = 0, end = 0;
};

struct Piece {
  std::size_t begin = 0, end = 0;
};

bool part_of_word(char c) {
  auto low = static_cast<char>(c | 0x20);
  return (low >= 'a' && low <= 'z') || (c >= '0' && c <= '9') ||
         static_cast<unsigned char>(c) >= 0x80;
}

/// A dash of any length begins here; its bytes, or 0.
std::size_t dash_at(std::string_view text, std::size_t at) {
  if (text[at] == '-')
    return 1;
  for (std::string_view dash : {"\xE2\x80\x90", "\xE2\x80\x91", "\xE2\x80\x92", "\xE2\x80\x93",
                                "\xE2\x80\x94", "\xE2\x80\x95", "\xE2\x88\x92"})
    if (text.substr(at).starts_with(dash))
      return dash.size();
  return 0;
}

/// Words, with the signs of dates inside them: "03/2018", "'19", "15.03.2019".
std::vector<Piece> pieces(std::string_view text) {
  std::vector<Piece> out;
  for (std::size_t i = 0; i < text.size();) {
    if (dash_at(text, i) || !part_of_word(text[i])) {
      i += std::max<std::size_t>(1, dash_at(text, i));
      continue;
    }
    auto begin = i;
    while (i < text.size() && !dash_at(text, i) &&
           (part_of_word(text[i]) || ((text[i] == '/' || text[i] == '.' || text[i] == '\'') &&
                                      i + 1 < text.size() && part_of_word(text[i + 1]))))
      ++i;
    out.push_back({begin, i});
  }
  return out;
}

/// Every date of a text, longest reading first.
std::vector<Found> dates_in(std::string_view text) {
  auto words = pieces(text);
  std::vector<Found> out;
  for (std::size_t i = 0; i < words.size();) {
    std::size_t used = 0;
    for (std::size_t n = std::min<std::size_t>(3, words.size() - i); n > 0 && !used; --n) {
      auto begin = words[i].begin, end = words[i + n - 1].end;
      auto phrase = text.substr(begin, end - begin);
      // A line's end, a comma or a dash inside is no date: "March 2019, 2020".
      if (phrase.find_first_of("\n;|") != std::string_view::npos)
        continue;
      bool dashed = false;
      for (std::size_t k = 0; k < phrase.size(); ++k)
        dashed = dashed || (dash_at(phrase, k) > 0 && n > 1);
      if (dashed)
        continue;
      if (auto date = parse_resume_date(phrase)) {
        out.push_back({*date, begin, end});
        used = n;
      }
    }
    i += std::max<std::size_t>(used, 1);
  }
  // ISO months have dashes of their own: "2019-03".
  for (std::size_t i = 0; i + 7 <= text.size(); ++i) {
    auto iso = text.substr(i, 7);
    auto digits = [&](std::size_t from, std::size_t n) {
      return std::all_of(iso.begin() + static_cast<std::ptrdiff_t>(from),
                         iso.begin() + static_cast<std::ptrdiff_t>(from + n),
                         [](char c) { return c >= '0' && c <= '9'; });
    };
    bool edges = (i == 0 || !part_of_word(text[i - 1])) &&
                 (i + 7 == text.size() || !part_of_word(text[i + 7]));
    if (!edges || !digits(0, 4) || iso[4] != '-' || !digits(5, 2))
      continue;
    if (auto date = parse_resume_date(iso)) {
      std::erase_if(out, [&](const Found& f) { return f.begin >= i && f.end <= i + 7; });
      out.push_back({*date, i, i + 7});
    }
  }
  std::sort(out.begin(), out.end(), [](auto& a, auto& b) { return a.begin < b.begin; });
  return out;
}

/// What stands between the two dates of a span. "to date" has its own joint.
bool joins(std::string_view between, const ResumeDate& second) {
  if (second.present && trim(between).empty() && between.find('\n') == std::string_view::npos)
    return true;
  std::string plain;
  for (std::size_t i = 0; i < between.size();)
    if (auto dash = dash_at(between, i)) {
      plain += '-';
      i += dash;
    } else {
      plain += between[i++];
    }
  auto word = base_letters(trim(plain));
  constexpr std::array<std::string_view, 12> words{"-", "--", "to", "until", "till", "bis",
                                                   "a", "au", "al", "hasta", "til",  "through"};
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// "since", "seit": the word right before byte `at` opens a span that still runs.
bool opened_before(std::string_view text, std::size_t at, std::size_t& begin) {
  auto head = trim(text.substr(0, at));
  auto space = head.find_last_of(" \n\t(");
  auto from = space == std::string_view::npos ? 0 : space + 1;
  auto word = base_letters(head.substr(from));
  for (std::string_view open : {"since", "seit", "depuis", "desde", "dal"})
    if (word == open) {
      begin = from;
      return true;
    }
  return false;
}

/// "2021 -" at the end of a line: it still runs.
bool left_open(std::string_view text, std::size_t end) {
  auto rest = text.substr(end);
  rest = trim(rest.substr(0, rest.find('\n')));
  return !rest.empty() && dash_at(rest, 0) == rest.size();
}

StatedSpan stated(std::string_view text, DateSpan span, std::size_t begin, std::size_t end) {
  return {span, std::string{trim(text.substr(begin, end - begin))}};
}

bool same_date(const ResumeDate& claimed, const ResumeDate& known) {
  if (claimed.present || known.present)
    return claimed.present == known.present;
  return claimed.year == known.year && (claimed.month == 0 || claimed.month == known.month);
}

}  // namespace

std::optional<StatedSpan> find_span(std::string_view text) {
  auto dates = dates_in(text);
  for (std::size_t i = 0; i + 1 < dates.size(); ++i)
    if (!dates[i].date.present &&
        joins(text.substr(dates[i].end, dates[i + 1].begin - dates[i].end), dates[i + 1].date))
      return stated(text, {dates[i].date, dates[i + 1].date}, dates[i].begin, dates[i + 1].end);
  for (const auto& found : dates) {
    auto begin = found.begin;
    if (found.date.present)
      continue;
    if (opened_before(text, found.begin, begin))
      return stated(text, {found.date, ResumeDate{0, 0, true}}, begin, found.end);
    if (found.date.month && left_open(text, found.end))
      return stated(text, {found.date, ResumeDate{0, 0, true}}, found.begin, found.end);
  }
  for (const auto& found : dates)
    if (found.date.month)
      return stated(text, {found.date, std::nullopt}, found.begin, found.end);
  return std::nullopt;
}

std::optional<DateSpan> parse_span(std::string_view text) {
  text = trim(text);
  if (text.starts_with('(') && text.ends_with(')'))
    text = trim(text.substr(1, text.size() - 2));
  if (auto single = parse_resume_date(text); single && !single->present)
    return DateSpan{*single, std::nullopt};
  auto dates = dates_in(text);
  std::size_t begin = 0;
  if (dates.size() == 1 && !dates[0].date.present && dates[0].end == text.size() &&
      opened_before(text, dates[0].begin, begin) && begin == 0)
    return DateSpan{dates[0].date, ResumeDate{0, 0, true}};
  if (dates.size() != 2 || dates[0].date.present || dates[0].begin != 0 ||
      dates[1].end != text.size() ||
      !joins(text.substr(dates[0].end, dates[1].begin - dates[0].end), dates[1].date))
    return std::nullopt;
  return DateSpan{dates[0].date, dates[1].date};
}

bool same_span(const DateSpan& claimed, const DateSpan& known) {
  if (!same_date(claimed.start, known.start))
    return false;
  if (!claimed.end)
    return !known.end || same_date(claimed.start, *known.end);
  if (!known.end)
    return same_date(*claimed.end, known.start);
  return same_date(*claimed.end, *known.end);
}

}  // namespace jobraker::workflows
