#include "tools/sandbox/chat_facts.hpp"

#include <algorithm>
#include <cstdlib>
#include <set>

#include "tools/sandbox/lexicon.hpp"
#include "tools/sandbox/openai_schema.hpp"
#include "tools/sandbox/text.hpp"

namespace jobraker::sandbox {

namespace {

bool is_uuid_at(std::string_view text, std::size_t at) {
  if (at + 36 > text.size() || (at > 0 && is_word_at(text, at - 1)) ||
      (at + 36 < text.size() && is_word_at(text, at + 36)))
    return false;
  for (std::size_t i = 0; i < 36; ++i) {
    char c = text[at + i];
    bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? c != '-' : !(is_digit(c) || ((c | 32) >= 'a' && (c | 32) <= 'f')))
      return false;
  }
  return true;
}

/// Words in a row that begin with a capital letter, from `at` on.
std::string capitalised(std::string_view text, std::size_t at) {
  std::size_t end = at;
  for (auto i = at; i < text.size();) {
    bool joins = text.substr(i).starts_with("& ") || text.substr(i).starts_with("of ");
    if (!joins && !is_upper(text, i) && !is_digit(text[i]))
      break;
    auto next = i;
    while (next < text.size() && text[next] != ' ' && text[next] != '\n')
      ++next;
    if (!joins)
      end = next;
    auto word = trim(text.substr(i, next - i));
    if (!word.empty() && std::string_view{".,?!;:)"}.find(word.back()) != std::string_view::npos)
      break;
    i = next + 1;
  }
  auto out = trim(text.substr(at, end - at));
  while (!out.empty() && std::string_view{".,?!;:)"}.find(out.back()) != std::string_view::npos)
    out.remove_suffix(1);
  return std::string{out};
}

/// Names that a capital begins but that are no employer.
bool is_no_company(std::string_view name) {
  static const std::set<std::string> others{
    "i",         "monday",   "tuesday",  "wednesday", "thursday", "friday", "saturday", "sunday",
    "january",   "february", "march",    "april",     "may",      "june",   "july",     "august",
    "september", "october",  "november", "december",  "am",       "pm"};
  auto first = words(name);
  return first.empty() || others.contains(first.front()) || is_digit(name.front());
}

std::string find_company(std::string_view text, const std::string& low) {
  for (std::string_view lead :
       {" at ", " with ", " from ", " to ", " by ", " for ", "about ", "company "})
    for (auto at = low.find(lead); at != std::string::npos; at = low.find(lead, at + 1)) {
      auto name = capitalised(text, at + lead.size());
      if (!name.empty() && !is_no_company(name) && !Lexicon::instance().by_name(name))
        return name;
    }
  // "my Acme application", "the Acme interview".
  for (std::string_view head : {"my ", "the "})
    for (auto at = find_phrase(low, trim(head)); at != std::string::npos;
         at = find_phrase(low, trim(head), at + 1)) {
      auto name = capitalised(text, at + head.size());
      auto after = at + head.size() + name.size();
      auto rest =
        after < low.size() ? trim(std::string_view{low}.substr(after)) : std::string_view{};
      if (!name.empty() && (rest.starts_with("application") || rest.starts_with("interview")))
        return name;
    }
  // All in lower case: one word after "at".
  auto at = low.find(" at ");
  auto list = at == std::string::npos ? std::vector<std::string>{} : words(low.substr(at + 4));
  bool word = !list.empty() && !is_digit(list.front().front()) && list.front() != "the" &&
              list.front() != "length" && list.front() != "least" && list.front() != "most" &&
              list.front() != "all" && list.front() != "home";
  return word ? list.front() : std::string{};
}

/// "for the Backend Engineer position", "as a nurse", "my Backend Engineer application".
std::string find_title(std::string_view text, const std::string& low) {
  for (std::string_view tail : {"position", "role", "job", "post", "application"})
    for (auto at = find_phrase(low, tail); at != std::string::npos;
         at = find_phrase(low, tail, at + 1)) {
      auto head = text.substr(0, at);
      for (std::string_view lead : {"the ", "my ", "a ", "an "}) {
        auto begin = lower(head).rfind(lead);
        if (begin == std::string::npos || (begin > 0 && is_word_at(head, begin - 1)))
          continue;
        auto name = trim(head.substr(begin + lead.size()));
        if (!name.empty() && name.size() < 80 &&
            !Lexicon::instance().family_of(name).family.empty())
          return std::string{name};
      }
    }
  // "as a data engineer", "to become a nurse".
  for (std::string_view lead : {"as a ", "as an ", "become a ", "become an ", "for a ", "for an "})
    if (auto at = find_phrase(low, trim(lead)); at != std::string::npos) {
      auto rest = text.substr(std::min(text.size(), at + lead.size()));
      auto name = trim(rest.substr(0, rest.find_first_of(".,;!?\n")));
      for (std::string_view stop : {" at ", " in ", " with ", " and ", " for "})
        name = name.substr(0, std::min(name.find(stop), name.size()));
      if (!name.empty() && name.size() < 60 && !Lexicon::instance().family_of(name).family.empty())
        return std::string{name};
    }
  return {};
}

}  // namespace

std::string job_id_in(std::string_view text) {
  auto low = lower(text);
  auto ids = ids_in(text);
  if (!ids.empty())
    return ids.front();
  for (std::string_view lead : {"job #", "job ", "posting ", "id ", "#"})
    for (auto at = low.find(lead); at != std::string::npos; at = low.find(lead, at + 1)) {
      auto begin = at + lead.size(), end = begin;
      while (end < low.size() && (is_word_at(low, end) || low[end] == '-'))
        ++end;
      auto word = std::string_view{text}.substr(begin, end - begin);
      if (std::any_of(word.begin(), word.end(), is_digit))
        return std::string{word};
    }
  return {};
}

namespace {

void find_pay(std::string_view text, Facts& out) {
  static constexpr std::pair<std::string_view, std::string_view> signs[] = {
    {"€", "EUR"}, {"eur", "EUR"}, {"£", "GBP"},       {"gbp", "GBP"}, {"pounds", "GBP"},
    {"$", "USD"}, {"usd", "USD"}, {"dollars", "USD"}, {"chf", "CHF"}};
  for (auto [sign, name] : signs)
    if (out.low.find(sign) != std::string::npos && out.currency.empty())
      out.currency = name;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!is_digit(text[i]) || (i > 0 && (is_word_at(text, i - 1) || text[i - 1] == '-')))
      continue;
    std::string digits;
    auto end = i;
    for (; end < text.size() &&
           (is_digit(text[end]) || text[end] == '.' ||
            ((text[end] == ',' || text[end] == ' ') && end + 3 < text.size() &&
             is_digit(text[end + 1]) && is_digit(text[end + 2]) && is_digit(text[end + 3])));
         ++end)
      if (is_digit(text[end]) || (text[end] == '.' && digits.size() < 4 && end + 1 < text.size() &&
                                  is_digit(text[end + 1]) && text.substr(end).size() < 4))
        digits += text[end];
    auto value = std::atof(digits.c_str());
    if (end < text.size() && (text[end] | 32) == 'k')
      value *= 1000;
    if (value >= 5000 && !out.amount)
      out.amount = value;
    i = end;
  }
  for (std::string_view word : {"at most", "maximum", "no more than", "up to"})
    out.amount_is_most = out.amount_is_most || has_phrase(out.low, word);
}

std::optional<std::int64_t> number_word(std::string_view word) {
  static constexpr std::string_view names[] = {"one", "two",   "three", "four", "five",
                                               "six", "seven", "eight", "nine", "ten"};
  for (std::size_t i = 0; i < std::size(names); ++i)
    if (word == names[i])
      return static_cast<std::int64_t>(i + 1);
  bool digits = !word.empty() && word.size() < 5 && std::all_of(word.begin(), word.end(), is_digit);
  return digits ? std::optional<std::int64_t>{std::atoi(std::string{word}.c_str())} : std::nullopt;
}

/// What one asks for a number of: "5 jobs", "three results".
bool is_thing(std::string_view word) {
  static const std::set<std::string_view> things{"jobs",  "results",   "postings",    "positions",
                                                 "slots", "openings",  "roles",       "best",
                                                 "times", "vacancies", "applications"};
  return things.contains(word);
}

/// Scores, numbers a day and stretches of days.
void find_amounts(Facts& out) {
  auto list = words(out.low);
  auto at = [&](std::size_t i) { return i < list.size() ? std::string_view{list[i]} : ""; };
  for (std::size_t i = 0; i < list.size(); ++i) {
    auto value = number_word(list[i]);
    if (!value)
      continue;
    auto unit = at(i + 1);
    bool days = unit == "day" || unit == "days", weeks = unit == "week" || unit == "weeks";
    bool last = i > 0 && (at(i - 1) == "last" || at(i - 1) == "past" || at(i - 1) == "within");
    std::size_t after = unit == "applications" || unit == "jobs" ? i + 2 : i + 1;
    if (days || weeks)
      (last ? out.within_days : out.days) = *value * (weeks ? 7 : 1);
    else if ((at(after) == "a" || at(after) == "per" || at(after) == "each") &&
             at(after + 1) == "day")
      out.per_day = *value;
    else if (*value <= 50 && !out.count && is_thing(unit))
      out.count = *value;
    else if (*value <= 100 && *value >= 10 &&
             (unit == "percent" || unit == "points" ||
              out.low.find(list[i] + "%") != std::string::npos || has_phrase(out.low, "score") ||
              has_phrase(out.low, "match")))
      out.score = *value;
  }
  if (!out.within_days && has_phrase(out.low, "this week"))
    out.within_days = 7;
  if (!out.within_days && (has_phrase(out.low, "posted today") || has_phrase(out.low, "new today")))
    out.within_days = 1;
}

void find_excluded(Facts& out) {
  for (std::string_view lead :
       {"except for ", "except ", "but not at ", "not at ", "excluding ", "without "})
    if (auto at = out.low.find(lead); at != std::string::npos) {
      auto name = capitalised(out.text, at + lead.size());
      if (!name.empty())
        out.without_companies.push_back(std::move(name));
      return;
    }
}

void collect_ids(json::View value, std::vector<std::string>& out, int depth) {
  if (depth > 12)
    return;
  value.each_member([&](std::string_view key, json::View inner) {
    auto name = lower(key);
    bool id = name == "id" || name == "job_id" || name == "jobid" || name == "posting_id";
    if (id && (inner.is_string() || inner.is_number()))
      out.push_back(inner.is_string() ? inner.string_or("") : inner.dump());
    else
      collect_ids(inner, out, depth + 1);
  });
  value.each_element([&](json::View inner) { collect_ids(inner, out, depth + 1); });
}

}  // namespace

std::vector<std::string> ids_in(std::string_view text) {
  std::vector<std::string> out;
  if (auto document = json::Document::parse(trim(text)))
    collect_ids(document->root(), out, 0);
  if (out.empty())
    for (std::size_t i = 0; i < text.size(); ++i)
      if (is_uuid_at(text, i))
        out.emplace_back(text.substr(i, 36));
  std::vector<std::string> once;
  for (auto& id : out)
    if (std::find(once.begin(), once.end(), id) == once.end())
      once.push_back(std::move(id));
  return once;
}

Facts find_facts(std::string_view text, std::chrono::sys_days today) {
  Facts out;
  out.text = text;
  out.low = lower(text);
  out.company = find_company(text, out.low);
  out.title = find_title(text, out.low);
  out.job_id = job_id_in(out.text);
  auto clues = query_clues(text);
  out.place = clues.place;
  out.query = clues.query;
  out.skills = clues.skills;
  if (has_phrase(out.low, "not remote") || has_phrase(out.low, "no remote") ||
      has_phrase(out.low, "on-site") || has_phrase(out.low, "onsite") ||
      has_phrase(out.low, "in the office"))
    out.remote = false;
  else if (has_phrase(out.low, "remote") || has_phrase(out.low, "remotely") ||
           has_phrase(out.low, "from home"))
    out.remote = true;
  find_pay(text, out);
  find_amounts(out);
  find_excluded(out);
  out.when = find_when(text, today);
  return out;
}

}  // namespace jobraker::sandbox
