#include <algorithm>
#include <cstdlib>
#include <set>

#include "tools/sandbox/lexicon.hpp"
#include "tools/sandbox/resume_rules.hpp"
#include "tools/sandbox/shapes.hpp"
#include "tools/sandbox/text.hpp"

namespace jobraker::sandbox {

namespace {

enum class Part { none, requirements, nice, responsibilities, benefits };

bool has_any(std::string_view low, std::initializer_list<std::string_view> phrases) {
  return std::any_of(phrases.begin(), phrases.end(),
                     [&](auto phrase) { return has_phrase(low, phrase); });
}

/// The list that a heading opens.
std::optional<Part> part_of(std::string_view line) {
  auto low = lower(trim(line));
  while (low.ends_with(':') || low.ends_with('.'))
    low.pop_back();
  if (low.size() > 48 || low.empty())
    return std::nullopt;
  if (has_any(low, {"nice to have", "a plus", "bonus", "preferred", "good to have", "desirable"}))
    return Part::nice;
  if (has_any(low, {"requirements", "qualifications", "must have", "what you bring", "your profile",
                    "about you", "who you are", "what we look for", "what we are looking for",
                    "skills", "you have", "you bring"}))
    return Part::requirements;
  if (has_any(low, {"responsibilities", "what you will do", "what you'll do", "the role", "duties",
                    "your tasks", "your role", "tasks"}))
    return Part::responsibilities;
  if (has_any(low, {"benefits", "we offer", "what we offer", "perks", "why us"}))
    return Part::benefits;
  return std::nullopt;
}

/// The value of a line such as "Company: Acme".
std::string labelled(std::string_view line, std::initializer_list<std::string_view> labels) {
  auto colon = line.find(':');
  if (colon == std::string_view::npos || colon > 30)
    return {};
  auto label = lower(trim(line.substr(0, colon)));
  bool ours = std::any_of(labels.begin(), labels.end(), [&](auto one) { return label == one; });
  return ours ? std::string{trim(line.substr(colon + 1))} : std::string{};
}

std::string_view without_bullet(std::string_view line) {
  for (std::string_view mark : {"- ", "* ", "• ", "· ", "+ ", "e ", "o ", "« ", "» "})
    if (line.starts_with(mark))
      return trim(line.substr(mark.size()));
  return line;
}

void find_pay(std::string_view line, PostingFacts& out) {
  static constexpr std::pair<std::string_view, std::string_view> signs[] = {
    {"€", "EUR"},   {"eur", "EUR"}, {"£", "GBP"},  {"gbp", "GBP"},
    {"usd", "USD"}, {"$", "USD"},   {"chf", "CHF"}};
  auto low = lower(line);
  std::string currency;
  for (auto [sign, name] : signs)
    if (low.find(sign) != std::string::npos && currency.empty())
      currency = name;
  if ((currency.empty() && !has_any(low, {"salary", "pay", "compensation"})) || out.pay_min)
    return;
  std::vector<double> numbers;
  for (std::size_t i = 0; i < low.size();) {
    if (!is_digit(low[i])) {
      ++i;
      continue;
    }
    std::string digits;
    for (; i < low.size() &&
           (is_digit(low[i]) ||
            ((low[i] == ',' || low[i] == '.' || low[i] == ' ') && i + 3 < low.size() &&
             is_digit(low[i + 1]) && is_digit(low[i + 2]) && is_digit(low[i + 3])));
         ++i)
      if (is_digit(low[i]))
        digits += low[i];
    auto value = std::atof(digits.c_str());
    if (i < low.size() && low[i] == 'k')
      value *= 1000;
    if (value >= 1000)
      numbers.push_back(value);
  }
  if (numbers.empty())
    return;
  out.pay_min = numbers.front();
  out.pay_max = numbers.size() > 1 ? std::max(numbers[0], numbers[1]) : numbers.front();
  out.currency = currency;
}

void find_kind(const std::string& low, PostingFacts& out) {
  if (has_any(low, {"fully remote", "remote"}) && !has_any(low, {"no remote", "not remote"}))
    out.remote = true;
  else if (has_any(low, {"on-site", "onsite", "in the office"}))
    out.remote = false;
  if (has_any(low, {"part-time", "part time"}))
    out.job_type = "part_time";
  else if (has_any(low, {"internship", "intern"}))
    out.job_type = "internship";
  else if (has_any(low, {"freelance", "freelancer"}))
    out.job_type = "freelance";
  else if (has_any(low, {"contract", "contractor"}))
    out.job_type = "contract";
  else if (has_any(low, {"full-time", "full time", "permanent"}))
    out.job_type = "full_time";
  for (auto unit : {"years", "year"})
    for (auto at = find_phrase(low, unit); at != std::string::npos && !out.years;
         at = find_phrase(low, unit, at + 1)) {
      auto end = at;
      while (end > 0 && (low[end - 1] == ' ' || low[end - 1] == '+'))
        --end;
      auto begin = end;
      while (begin > 0 && is_digit(low[begin - 1]))
        --begin;
      if (begin < end && end - begin <= 2)
        out.years = std::atof(low.substr(begin, end - begin).c_str());
    }
}

std::string level_of_title(const std::string& title, std::optional<double> years) {
  auto low = lower(title);
  if (has_any(low, {"intern", "internship", "trainee", "apprentice"}))
    return "intern";
  if (has_any(low, {"junior", "graduate", "entry level"}))
    return "junior";
  if (has_any(low, {"director", "vp", "chief", "head of"}))
    return "executive";
  if (has_any(low, {"lead", "principal", "staff", "manager"}))
    return "lead";
  if (has_any(low, {"senior", "sr"}) || (years && *years >= 5))
    return "senior";
  return years && *years >= 2 ? "mid" : "unknown";
}

void read_json(json::View root, PostingFacts& out) {
  auto take = [&](std::string& target, std::initializer_list<std::string_view> names) {
    for (auto name : names)
      if (target.empty())
        target = root[name].string_or("");
  };
  take(out.title, {"title", "job_title"});
  take(out.company, {"company", "company_name", "employer"});
  take(out.location, {"location", "place", "city"});
  take(out.description, {"description", "text"});
}

}  // namespace

PostingFacts read_posting_text(std::string_view given) {
  PostingFacts out;
  std::string inner;
  auto text = given;
  if (auto document = json::Document::parse(trim(given));
      document && document->root().is_object()) {
    read_json(document->root(), out);
    inner = out.description;
    text = inner;
  }
  auto part = Part::none;
  bool described = !out.description.empty();
  for (auto line : split(text, '\n')) {
    if (!described)
      out.description += (out.description.empty() ? "" : "\n") + std::string{line};
    auto plain = without_bullet(line);
    if (auto opened = part_of(plain)) {
      part = *opened;
      continue;
    }
    auto take = [&](std::string& target, std::string value) {
      if (target.empty() && !value.empty())
        target = std::move(value);
    };
    take(out.title, labelled(plain, {"title", "job title", "position", "role", "job"}));
    take(out.company, labelled(plain, {"company", "employer", "organisation", "organization"}));
    take(out.location, labelled(plain, {"location", "place", "city", "where", "based in"}));
    find_pay(plain, out);
    if (out.title.empty() && plain.size() < 90 && !plain.ends_with('.') &&
        !Lexicon::instance().family_of(plain).family.empty()) {
      auto at = plain.find(" at ");
      out.title = trim(plain.substr(0, at));
      if (at != std::string_view::npos)
        take(out.company, std::string{trim(plain.substr(at + 4))});
      continue;
    }
    bool short_line = plain.size() < 60 && !plain.ends_with('.') && plain.size() == line.size();
    if (out.location.empty() && short_line && looks_like_place(plain))
      out.location = plain;
    else if (out.company.empty() && !out.title.empty() && short_line && part == Part::none &&
             is_upper(plain, 0) && plain.find(':') == std::string_view::npos)
      out.company = plain;
    std::string item{plain};
    if (item.size() < 8 || plain.find(':') < 20)
      continue;
    if (part == Part::requirements || part == Part::nice)
      out.requirements.push_back(part == Part::nice ? "Nice to have: " + item : item);
    else if (part == Part::responsibilities)
      out.responsibilities.push_back(std::move(item));
    else if (part == Part::benefits)
      out.benefits.push_back(std::move(item));
  }
  // "About Acme": the employer's name in a heading.
  if (auto at = text.find("About "); out.company.empty() && at != std::string_view::npos) {
    auto rest = text.substr(at + 6);
    auto name = trim(rest.substr(0, rest.find_first_of(".:\n")));
    if (name.size() < 40 && is_upper(name, 0))
      out.company = name;
  }
  std::set<std::string> seen;
  for (const auto& hit : Lexicon::instance().find(text))
    if (hit.skill->category != "soft_skill" && seen.insert(hit.skill->name).second)
      out.skills.push_back(hit.skill->name);
  find_kind(lower(text), out);
  out.seniority = level_of_title(out.title, out.years);
  return out;
}

}  // namespace jobraker::sandbox
