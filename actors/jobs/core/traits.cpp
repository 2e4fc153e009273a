#include "actors/jobs/core/traits.hpp"

#include <algorithm>
#include <charconv>

#include "actors/jobs/core/text.hpp"

namespace jobraker {
namespace {

bool any_word(std::string_view lowered, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return text::has_word(lowered, word); });
}

/// A source's word, or a title's, about the kind of employment.
std::optional<JobType> type_in(std::string_view lowered) {
  if (any_word(lowered,
               {"intern", "interns", "internship", "internships", "praktikum", "praktikant",
                "praktikantin", "werkstudent", "werkstudentin", "working student", "stagiaire",
                "stage", "trainee", "traineeship", "traineeships", "apprenticeship", "apprentice",
                "ausbildung", "alternance"}))
    return JobType::internship;
  if (any_word(lowered, {"freelance", "freelancer", "self-employed", "freiberuflich"}))
    return JobType::freelance;
  if (any_word(lowered, {"temporary", "temp", "seasonal", "befristet", "interim", "per diem",
                         "per_diem", "fixed term", "fixed-term", "cdd", "term"}))
    return JobType::temporary;
  if (any_word(lowered,
               {"contract", "contractor", "contract-to-hire", "c2c", "corp-to-corp", "1099"}))
    return JobType::contract;
  if (any_word(lowered, {"part-time", "part time", "part_time", "parttime", "teilzeit",
                         "temps partiel", "tiempo parcial", "deeltijd"}))
    return JobType::part_time;
  if (any_word(lowered, {"full-time", "full time", "full_time", "fulltime", "vollzeit",
                         "temps plein", "tiempo completo", "voltijd", "permanent", "regular",
                         "festanstellung", "cdi", "unbefristet"}))
    return JobType::full_time;
  return std::nullopt;
}

int number_word(std::string_view word) {
  constexpr std::string_view words[] = {"one", "two",   "three", "four", "five",
                                        "six", "seven", "eight", "nine", "ten"};
  for (std::size_t i = 0; i < std::size(words); ++i)
    if (words[i] == word)
      return static_cast<int>(i) + 1;
  return 0;
}

/// Years named right before position `at` of the word "years": `3-5`, `5+`, `three (3)`, `two`.
std::optional<double> years_before(std::string_view s, std::size_t at, bool& plus) {
  auto head = text::trim(s.substr(at > 40 ? at - 40 : 0, std::min<std::size_t>(at, 40)));
  while (!head.empty() &&
         (head.back() == ')' || head.back() == '+' || head.back() == ' ' || head.back() == '-')) {
    plus |= head.back() == '+';
    head.remove_suffix(1);
  }
  auto last_number = [&]() -> std::optional<double> {
    auto end = head.size();
    auto begin = end;
    while (begin > 0 && ((head[begin - 1] >= '0' && head[begin - 1] <= '9') ||
                         (head[begin - 1] == '.' && begin < end)))
      --begin;
    if (begin < end) {
      double value = 0;
      std::from_chars(head.data() + begin, head.data() + end, value);
      bool decimal_tail = begin > 0 && (head[begin - 1] == '$' || head[begin - 1] == ',');
      head = head.substr(0, begin);
      if (end - begin > 4 || decimal_tail)
        return std::nullopt;
      return value;
    }
    auto space = head.find_last_of(" (-\n");
    auto word = head.substr(space == head.npos ? 0 : space + 1);
    if (auto n = number_word(word); n > 0) {
      head = head.substr(0, head.size() - word.size());
      return n;
    }
    return std::nullopt;
  };
  auto high = last_number();
  if (!high)
    return std::nullopt;
  // The lower end of a range is what is asked.
  auto trimmed = text::trim(head);
  for (std::string_view mark : {"–", "—", "-", "to", "or", "bis", "à"})
    if (trimmed.ends_with(mark)) {
      head = text::trim(trimmed.substr(0, trimmed.size() - mark.size()));
      while (!head.empty() && (head.back() == '+' || head.back() == ')'))
        head.remove_suffix(1);
      if (auto low = last_number(); low && *low <= *high)
        return low;
      return high;
    }
  return high;
}

}  // namespace

std::optional<JobType> job_type_of(const RawPosting& raw, std::string_view title,
                                   std::string_view description) {
  // Adzuna says both `permanent` and `part_time`: the narrower word counts.
  std::optional<JobType> found;
  for (const auto& hint : raw.contract_hints)
    if (auto type = type_in(text::lower(hint)); type && (!found || found == JobType::full_time))
      found = type;
  if (auto type = type_in(text::lower(title)); type && (!found || found == JobType::full_time) &&
                                               text::lower(title).find("contract") == title.npos)
    return type == JobType::temporary && found ? found : type;
  if (found)
    return found;
  if (auto type = type_in(text::lower(title));
      type && !text::has_word(text::lower(title), "manager"))
    return type;
  auto lowered = text::lower(text::cut(description, 20'000));
  struct Phrase {
    std::string_view text;
    JobType type;
  };
  constexpr Phrase phrases[] = {{"employment type: full-time", JobType::full_time},
                                {"job type: full-time", JobType::full_time},
                                {"job type: full time", JobType::full_time},
                                {"job type: part-time", JobType::part_time},
                                {"job type: contract", JobType::contract},
                                {"full-time position", JobType::full_time},
                                {"full time position", JobType::full_time},
                                {"full-time role", JobType::full_time},
                                {"full-time employment", JobType::full_time},
                                {"part-time position", JobType::part_time},
                                {"part time position", JobType::part_time},
                                {"contract position", JobType::contract},
                                {"temporary position", JobType::temporary},
                                {"fixed-term contract", JobType::temporary},
                                {"permanent position", JobType::full_time},
                                {"permanent, full-time", JobType::full_time},
                                {"permanent contract", JobType::full_time},
                                {"in vollzeit", JobType::full_time},
                                {"in teilzeit", JobType::part_time}};
  for (const auto& phrase : phrases)
    if (text::has_word(lowered, phrase.text))
      return phrase.type;
  return std::nullopt;
}

Seniority seniority_of(std::string_view title, std::string_view hint, std::optional<double> years) {
  auto t = text::lower(title);
  if (any_word(t, {"intern", "internship", "interns", "praktikum", "praktikant", "werkstudent",
                   "working student", "trainee", "apprentice", "apprenticeship", "stagiaire"}))
    return Seniority::intern;
  if (any_word(t, {"chief", "ceo", "cto", "cfo", "coo", "cmo", "cio", "vp", "vice president",
                   "director", "head of", "president", "managing partner", "geschäftsführer",
                   "direktor", "svp", "evp"}) &&
      !any_word(t, {"assistant to", "executive assistant", "assistant director", "art director",
                    "funeral director"}))
    return Seniority::executive;
  if (any_word(t, {"lead", "principal", "staff engineer", "staff software", "team leader", "leiter",
                   "teamleiter", "supervisor", "leader"}) ||
      (any_word(t, {"manager"}) && any_word(t, {"senior", "sr", "engineering"})))
    return Seniority::lead;
  if (any_word(t, {"senior", "sr", "snr", "experienced", "expert", "iii", "iv"}))
    return Seniority::senior;
  if (any_word(t, {"junior", "jr", "jnr", "graduate", "graduates", "entry level", "entry-level",
                   "berufseinsteiger", "einsteiger", "early career"}))
    return Seniority::junior;
  if (any_word(t, {"mid-level", "mid level", "midlevel", "intermediate", "ii"}))
    return Seniority::mid;
  auto h = text::lower(hint);
  if (any_word(h, {"internship", "intern"}))
    return Seniority::intern;
  if (any_word(h, {"entry level", "entry-level", "entry", "junior", "graduate", "associate"}))
    return Seniority::junior;
  if (any_word(h, {"director", "executive", "vp", "c-level"}))
    return Seniority::executive;
  if (any_word(h, {"lead", "principal", "staff"}))
    return Seniority::lead;
  // `Mid-Senior level` says no more than "not a beginner".
  if (any_word(h, {"mid-senior", "mid", "intermediate"}))
    return years && *years >= 5 ? Seniority::senior : Seniority::mid;
  if (any_word(h, {"senior"}))
    return Seniority::senior;
  if (years)
    return *years >= 5 ? Seniority::senior : *years >= 2 ? Seniority::mid : Seniority::junior;
  return Seniority::unknown;
}

std::optional<double> years_required_in(std::string_view raw) {
  auto s = text::lower(text::cut(raw, 60'000));
  std::optional<double> most;
  for (std::string_view word : {"years", "year", "yrs", "jahre", "jahren", "ans", "años", "jaar"})
    for (auto at = text::find_word(s, word); at != s.npos; at = text::find_word(s, word, at + 1)) {
      bool plus = false;
      auto years = years_before(s, at, plus);
      if (!years || *years <= 0 || *years > 30)
        continue;
      auto after = std::string_view{s}.substr(at + word.size(), 70);
      after = after.substr(0, after.find('\n'));
      auto before_at = at > 90 ? at - 90 : 0;
      auto before = std::string_view{s}.substr(before_at, at - before_at);
      if (auto sentence = before.find_last_of("\n"); sentence != before.npos)
        before = before.substr(sentence + 1);
      bool asked =
        any_word(after, {"experience", "exp", "work", "working", "of hands-on", "erfahrung",
                         "berufserfahrung", "expérience", "experiencia", "ervaring", "practice",
                         "track record", "in a similar", "in a related", "programming",
                         "developing", "managing", "building"}) ||
        any_word(before,
                 {"experience", "minimum", "at least", "mindestens", "erfahrung", "au moins"});
      bool other =
        any_word(after, {"old", "ago", "in business", "warranty", "of age", "vesting", "degree",
                         "contract", "anniversary", "in the industry we"}) ||
        any_word(before, {"founded", "company with", "for over", "celebrating", "age of", "must be",
                          "within the last", "past", "last", "we have", "our"});
      if (asked && !other && (!most || *years > *most))
        most = years;
    }
  return most;
}

Workplace workplace_of(std::string_view hint, Workplace of_place, std::string_view title,
                       std::string_view description) {
  auto h = text::lower(hint);
  if (any_word(h, {"hybrid"}))
    return Workplace::hybrid;
  if (any_word(h, {"remote", "telecommute", "telework", "fully remote", "true", "1"}))
    return Workplace::remote;
  if (any_word(h, {"on-site", "onsite", "on_site", "office", "in-office"}))
    return Workplace::on_site;
  if (of_place != Workplace::unknown)
    return of_place;
  auto t = text::lower(title);
  if (any_word(t, {"hybrid"}) &&
      !any_word(t, {"hybrid cloud", "hybrid vehicle", "hybrid vehicles"}))
    return Workplace::hybrid;
  if (any_word(t,
               {"remote", "home office", "homeoffice", "work from home", "telecommute", "wfh"}) &&
      !any_word(t, {"remote sensing", "remote monitoring", "remote support", "remote sites"}))
    return Workplace::remote;
  auto d = text::lower(text::cut(description, 20'000));
  if (any_word(d, {"not remote", "no remote", "not a remote", "remote work is not", "on-site only",
                   "fully on-site", "100% on-site", "onsite only", "in-person role"}))
    return Workplace::on_site;
  if (any_word(d, {"hybrid work", "hybrid working", "hybrid role", "hybrid position",
                   "hybrid model", "hybrid schedule", "days in the office",
                   "days a week in the office", "days per week in the office", "partially remote",
                   "teilweise remote", "hybrides arbeiten"}))
    return Workplace::hybrid;
  if (any_word(d, {"fully remote", "100% remote", "remote position", "remote role",
                   "this is a remote", "remote-first", "work from anywhere",
                   "work remotely from anywhere", "position is remote", "role is remote",
                   "remote opportunity", "entirely remote", "completely remote"}))
    return Workplace::remote;
  return Workplace::unknown;
}

}  // namespace jobraker
