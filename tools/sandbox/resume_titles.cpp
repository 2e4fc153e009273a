#include "tools/sandbox/resume_titles.hpp"

#include <algorithm>

#include "tools/sandbox/lexicon.hpp"
#include "tools/sandbox/resume_rules.hpp"
#include "tools/sandbox/text.hpp"

namespace jobraker::sandbox {

namespace {

/// Words that make a phrase a job title even when they name no line of work.
constexpr std::string_view title_words[] = {
  "engineer",
  "developer",
  "manager",
  "intern",
  "analyst",
  "consultant",
  "assistant",
  "director",
  "lead",
  "head",
  "officer",
  "specialist",
  "associate",
  "supervisor",
  "coordinator",
  "technician",
  "administrator",
  "architect",
  "founder",
  "president",
  "owner",
  "trainee",
  "apprentice",
  "tester",
  "operator",
  "executive",
  "member",
  "volunteer",
  "instructor",
  "advisor",
  "representative",
  "agent",
  "designer",
  "nurse",
  "driver",
  "teacher",
  "chef",
  "cook",
  "worker",
  "researcher",
  "scientist",
  "freelancer",
  "tutor",
  "leiter",
  "leiterin",
  "mitarbeiter",
  "mitarbeiterin",
  "entwicklerin",
  "ingenieur",
  "praktikant",
  "werkstudent",
  "techniker",
  "stagiaire",
  "ingénieur",
  "directeur",
  "responsable",
  "conseiller",
  "assistante",
  "cto",
  "ceo",
  "cfo",
  "clerk",
  "staff",
  "partner",
  "contractor",
  "welder",
  "planner",
  "buyer",
  "auditor",
  "secretary",
  "co-founder",
  "vp",
};

/// "Maintained web pages …": what was done, not what one was.
bool opens_with_verb(std::string_view low) {
  auto first = low.substr(0, low.find(' '));
  for (std::string_view word :
       {"certified", "registered", "licensed", "chartered", "qualified", "embedded"})
    if (first == word)
      return false;
  for (std::string_view word :
       {"working", "developing", "writing", "creating", "building", "built", "led", "wrote", "ran"})
    if (first == word)
      return true;
  return first.size() > 3 && first.ends_with("ed");
}

/// "2 years 10 months", "(5 month)".
bool is_duration(std::string_view text) {
  auto low = lower(text);
  bool unit = low.find("year") != std::string::npos || low.find("month") != std::string::npos ||
              low.find("yrs") != std::string::npos || low.find("mos") != std::string::npos;
  return unit && low.size() < 28 && std::any_of(low.begin(), low.end(), is_digit);
}

}  // namespace

bool has_occupation(std::string_view text) {
  auto low = lower(text);
  return std::any_of(std::begin(title_words), std::end(title_words),
                     [&](auto word) { return has_phrase(low, word); });
}

std::size_t title_weight(std::string_view text) {
  auto weight = std::max<std::size_t>(1, Lexicon::instance().family_of(text).length);
  auto low = lower(text);
  for (auto word : title_words)
    if (has_phrase(low, word))
      weight += 20;
  return weight;
}

bool is_title(std::string_view text) {
  auto low = lower(squeeze(text));
  if (low.size() > 90 || opens_with_verb(low) || low.find(" of the ") != std::string::npos)
    return false;
  for (auto word : title_words)
    if (has_phrase(low, word))
      return true;
  return !Lexicon::instance().family_of(text).family.empty() && split(text, ' ').size() <= 7;
}

bool is_prose(std::string_view raw) {
  auto text = squeeze(raw);
  return text.size() > 110 || text.ends_with('.') || text.ends_with(';') || !is_upper(text, 0) ||
         (text.ends_with(',') && text.size() > 60);
}

std::vector<std::string_view> heading_parts(std::string_view text) {
  std::vector<std::string_view> parts;
  auto add = [&](std::string_view part) {
    part = trim(part);
    if (part.starts_with('('))
      return;
    if (auto open = part.find('('); open != std::string_view::npos && open > 3)
      part = trim(part.substr(0, open));
    while (!part.empty() && (part.front() == '(' || part.front() == ',' || part.front() == ':' ||
                             part.front() == '-' || part.front() == '|'))
      part = trim(part.substr(1));
    while (!part.empty() && (part.back() == ',' || part.back() == ':' || part.back() == '-' ||
                             part.back() == '|' || part.back() == '('))
      part = trim(part.substr(0, part.size() - 1));
    if (part.ends_with(')') && part.find('(') == std::string_view::npos)
      part = trim(part.substr(0, part.size() - 1));
    if (part.size() > 1 && !is_duration(part))
      parts.push_back(part);
  };
  std::size_t begin = 0;
  int depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '(')
      ++depth;
    if (text[i] == ')')
      depth = std::max(0, depth - 1);
    auto rest = text.substr(i);
    std::size_t skip = 0;
    if (depth > 0)
      continue;
    for (std::string_view separator : {" | ", " – ", " — ", " - ", " • ", " · ", " @ ", " at ",
                                       " bei ", " chez ", ", ", ": ", "   ", "\t", " / ", "- "})
      if (rest.starts_with(separator)) {
        skip = separator.size();
        break;
      }
    // "Smith, Jones & Co" keeps its comma only by luck; "Acme, Inc." keeps it by rule.
    if (skip == 2 && rest[0] == ',')
      for (std::string_view form :
           {", Inc", ", Ltd", ", LLC", ", LLP", ", GmbH", ", S.A", ", Corp"})
        if (rest.starts_with(form))
          skip = 0;
    if (skip == 0)
      continue;
    add(text.substr(begin, i - begin));
    begin = i + skip;
    i = begin - 1;
  }
  add(text.substr(std::min(begin, text.size())));
  // "Santa Clara, CA" is one place, not an employer and a state.
  for (std::size_t i = parts.size(); i-- > 1;)
    if (is_region(parts[i]) && parts[i].data() == parts[i - 1].data() + parts[i - 1].size() + 2) {
      parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(i) - 1,
                  parts.begin() + static_cast<std::ptrdiff_t>(i) + 1);
      if (--i == 0)
        break;
    }
  return parts;
}

std::vector<std::string_view> without_range(const Line& line) {
  auto range = find_range(line.text);
  if (!range)
    return {line.text};
  return {trim(line.text.substr(0, range->begin)),
          trim(line.text.substr(range->begin + range->length))};
}

bool titled_line(const Line& line) {
  if (line.bullet && !find_range(line.text))
    return false;
  for (auto piece : without_range(line)) {
    if (is_prose(piece) && piece.size() > 80)
      continue;
    for (auto part : heading_parts(piece))
      if (is_title(part) && is_upper(part, 0) && part.size() <= 70)
        return true;
  }
  return false;
}

bool heading_like(const Line& line) {
  return !line.bullet && !is_prose(line.text) && squeeze(line.text).size() <= 100;
}

std::optional<Sourced> level_of(std::string_view title) {
  struct Word {
    std::string_view word, level;
  };
  static constexpr Word levels[] = {
    {"intern", "intern"},       {"trainee", "intern"},
    {"apprentice", "intern"},   {"working student", "intern"},
    {"chief", "executive"},     {"cto", "executive"},
    {"ceo", "executive"},       {"cfo", "executive"},
    {"coo", "executive"},       {"vice president", "executive"},
    {"vp", "executive"},        {"director", "executive"},
    {"founder", "executive"},   {"co-founder", "executive"},
    {"head of", "lead"},        {"head chef", "lead"},
    {"lead", "lead"},           {"principal", "lead"},
    {"staff engineer", "lead"}, {"staff software", "lead"},
    {"manager", "lead"},        {"team leader", "lead"},
    {"charge nurse", "lead"},   {"senior", "senior"},
    {"sr.", "senior"},          {"sr", "senior"},
    {"junior", "junior"},       {"jr.", "junior"},
    {"jr", "junior"},           {"graduate", "junior"},
    {"entry level", "junior"},
  };
  auto low = lower(title);
  for (const auto& [word, level] : levels)
    if (has_phrase(low, word))
      return Sourced{std::string{level}, std::string{title}};
  return std::nullopt;
}

}  // namespace jobraker::sandbox
