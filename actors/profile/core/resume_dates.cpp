#include "actors/profile/core/resume_dates.hpp"

#include <algorithm>
#include <string>

#include "actors/profile/core/unicode.hpp"

namespace jobraker {
namespace {

constexpr std::string_view month_names[12][14] = {
  {"jan", "january", "januar", "janvier", "janv", "enero", "ene", "gennaio", "gen", "janeiro",
   "januari"},
  {"feb", "february", "februar", "fevrier", "fev", "fevr", "febrero", "febbraio", "fevereiro",
   "februari"},
  {"mar", "march", "marz", "maerz", "mrz", "mars", "marzo", "marco", "maart", "mrt"},
  {"apr", "april", "avril", "avr", "abril", "abr", "aprile"},
  {"may", "mai", "mayo", "maggio", "mag", "maio", "mei"},
  {"jun", "june", "juni", "juin", "junio", "giugno", "giu", "junho"},
  {"jul", "july", "juli", "juillet", "juil", "julio", "luglio", "lug", "julho"},
  {"aug", "august", "aout", "agosto", "ago", "augustus"},
  {"sep", "sept", "september", "septembre", "septiembre", "settembre", "set", "setembro"},
  {"oct", "october", "okt", "oktober", "octobre", "octubre", "ottobre", "ott", "outubro", "out"},
  {"nov", "november", "novembre", "noviembre", "novembro"},
  {"dec", "december", "dez", "dezember", "decembre", "diciembre", "dic", "dicembre", "dezembro"}};

constexpr std::string_view present_words[] = {
  "present",      "today",      "current",   "currently",     "now",           "ongoing",
  "till date",    "till now",   "to date",   "heute",         "jetzt",         "aktuell",
  "laufend",      "bis heute",  "a ce jour", "aujourd hui",   "en cours",      "present day",
  "actuellement", "actualidad", "actual",    "actualmente",   "la actualidad", "hoy",
  "oggi",         "presente",   "attuale",   "in corso",      "atual",         "atualmente",
  "o momento",    "heden",      "until now", "until present", "till present",  "to present",
  "the present",  "i dag",      "nu",        "obecnie"};

constexpr std::string_view fillers[] = {"of",   "de",     "the",    "spring", "summer",
                                        "fall", "autumn", "winter", "del",    "di"};

constexpr int year_min = 1930, year_max = 2100;

int month_named(std::string_view word) {
  for (int m = 0; m < 12; ++m)
    for (auto name : month_names[m])
      if (!name.empty() && name == word)
        return m + 1;
  return 0;
}

struct Part {
  std::string text;
  char before = 0;  ///< the sign in front of it
  int number = -1;  ///< or -1
  int month = 0;    ///< named, or 0
};

std::vector<Part> split(std::string_view text) {
  std::vector<Part> parts;
  char sign = 0;
  for (std::size_t i = 0; i < text.size();) {
    auto c = text[i];
    bool digit = c >= '0' && c <= '9';
    bool letter = (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80;
    if (!digit && !letter) {
      sign = c == ' ' && sign ? sign : c;
      ++i;
      continue;
    }
    Part part;
    part.before = sign;
    while (i < text.size() && (digit ? text[i] >= '0' && text[i] <= '9'
                                     : (text[i] >= 'a' && text[i] <= 'z') ||
                                         static_cast<unsigned char>(text[i]) >= 0x80))
      part.text.push_back(text[i++]);
    sign = 0;
    if (digit && part.text.size() <= 4)
      part.number = std::stoi(part.text);
    else if (!digit)
      part.month = month_named(part.text);
    parts.push_back(std::move(part));
  }
  return parts;
}

bool is_year(const Part& p) {
  return p.text.size() == 4 && p.number >= year_min && p.number <= year_max;
}
bool is_month(const Part& p) { return p.number >= 1 && p.number <= 12 && p.text.size() <= 2; }
bool is_day(const Part& p) { return p.number >= 1 && p.number <= 31 && p.text.size() <= 2; }
/// '19 and 19, in the past rather than far ahead.
int short_year(const Part& p) {
  return p.text.size() == 2 && p.number >= 0 ? (p.number < 50 ? 2000 : 1900) + p.number : 0;
}

std::optional<ResumeDate> two_parts(const Part& a, const Part& b) {
  if (is_year(a) && is_month(b))
    return ResumeDate{a.number, b.number};
  if (is_month(a) && is_year(b))
    return ResumeDate{b.number, a.number};
  if (a.month && is_year(b))
    return ResumeDate{b.number, a.month};
  if (is_year(a) && b.month)
    return ResumeDate{a.number, b.month};
  if (a.month && short_year(b))
    return ResumeDate{short_year(b), a.month};
  if (is_month(a) && short_year(b) && (b.before == '/' || b.before == '\''))
    return ResumeDate{short_year(b), a.number};
  return std::nullopt;
}

std::optional<ResumeDate> three_parts(const Part& a, const Part& b, const Part& c) {
  if (is_year(a) && is_month(b) && is_day(c))
    return ResumeDate{a.number, b.number};
  if (is_year(a) && b.month && is_day(c))
    return ResumeDate{a.number, b.month};
  int year = is_year(c) ? c.number : 0;
  if (!year)
    return std::nullopt;
  if (is_day(a) && b.month)
    return ResumeDate{year, b.month};
  if (a.month && is_day(b))
    return ResumeDate{year, a.month};
  if (!is_day(a) || !is_day(b))
    return std::nullopt;
  // 03/04/2019 is read the American way, 03.04.2019 the European one, unless only one way works.
  bool day_first = a.number > 12 || (b.number <= 12 && b.before != '/');
  auto month = day_first ? b.number : a.number;
  return month <= 12 ? std::optional{ResumeDate{year, month}} : std::nullopt;
}

}  // namespace

std::optional<ResumeDate> parse_resume_date(std::string_view text) {
  if (text.size() > 60)
    return std::nullopt;
  auto parts = split(base_letters(text));
  std::string joined;
  for (const auto& part : parts)
    joined.append(joined.empty() ? "" : " ").append(part.text);
  for (auto word : present_words)
    if (joined == word)
      return ResumeDate{0, 0, true};
  for (std::size_t i = 1; i < parts.size(); ++i)
    if (parts[i].before == 0 &&
        (parts[i].text == "st" || parts[i].text == "nd" || parts[i].text == "rd" ||
         parts[i].text == "th" || parts[i].text == "er"))
      parts[i].text.clear();
  std::erase_if(parts, [](const Part& p) {
    return p.text.empty() ||
           std::find(std::begin(fillers), std::end(fillers), p.text) != std::end(fillers);
  });
  switch (parts.size()) {
  case 1:
    return is_year(parts[0]) ? std::optional{ResumeDate{parts[0].number, 0}} : std::nullopt;
  case 2:
    return two_parts(parts[0], parts[1]);
  case 3:
    if (parts[0].text == "q" && parts[1].number >= 1 && parts[1].number <= 4 && is_year(parts[2]))
      return ResumeDate{parts[2].number, (parts[1].number - 1) * 3 + 1};
    return three_parts(parts[0], parts[1], parts[2]);
  default:
    return std::nullopt;
  }
}

int first_month(ResumeDate date) { return date.year * 12 + (date.month ? date.month - 1 : 6); }
int last_month(ResumeDate date) { return date.year * 12 + (date.month ? date.month - 1 : 5); }

int months_covered(std::vector<MonthSpan> spans) {
  std::erase_if(spans, [](MonthSpan s) { return s.last < s.first; });
  std::sort(spans.begin(), spans.end(), [](MonthSpan a, MonthSpan b) { return a.first < b.first; });
  int months = 0;
  bool any = false;
  int covered = 0;
  for (auto span : spans) {
    int from = any ? std::max(span.first, covered + 1) : span.first;
    if (span.last >= from)
      months += span.last - from + 1;
    covered = any ? std::max(covered, span.last) : span.last;
    any = true;
  }
  return months;
}

int month_of(Time time) {
  std::chrono::year_month_day day{std::chrono::floor<std::chrono::days>(time)};
  return static_cast<int>(day.year()) * 12 + static_cast<int>(static_cast<unsigned>(day.month())) -
         1;
}

}  // namespace jobraker
