#include <algorithm>
#include <set>

#include "tools/sandbox/lexicon.hpp"
#include "tools/sandbox/resume_rules.hpp"
#include "tools/sandbox/text.hpp"

namespace jobraker::sandbox {

namespace {

constexpr std::size_t skills_max = 80;

/// A member of a list in the skills section that the lexicon does not know but that reads as one.
bool reads_as_skill(std::string_view item) {
  if (item.size() < 2 || item.size() > 32 || find_range(item) || last_year(item))
    return false;
  auto count = split(item, ' ').size();
  if (count > 3 || !is_word_at(item, 0))
    return false;
  auto low = lower(item);
  for (std::string_view no :
       {"in",        "experience", "knowledge",    "proficient", "fluent",  "years",     "month",
        "less than", "exprience",  "advanced",     "basic",      "good",    "excellent", "strong",
        "native",    "beginner",   "intermediate", "etc",        "and",     "with",      "linkedin",
        "http",      "www",        "other",        "including",  "various", "ability"})
    if (has_phrase(low, no) || low.find("http") != std::string::npos)
      return false;
  return low.find('@') == std::string::npos;
}

std::vector<std::string_view> list_items(std::string_view text) {
  std::vector<std::string_view> items;
  std::size_t begin = 0;
  int depth = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    bool end = i == text.size();
    if (!end && text[i] == '(')
      ++depth;
    if (!end && text[i] == ')')
      depth = std::max(0, depth - 1);
    bool separator = !end && depth == 0 &&
                     (text[i] == ',' || text[i] == ';' || text[i] == '|' || text[i] == '\t' ||
                      text.substr(i).starts_with("•") || text.substr(i).starts_with("   "));
    if (!end && !separator)
      continue;
    auto item = trim(text.substr(begin, i - begin));
    while (item.ends_with('.') || item.ends_with(','))
      item.remove_suffix(1);
    if (!item.empty())
      items.push_back(item);
    begin = i + (!end && text.substr(i).starts_with("•") ? 3 : 1);
  }
  return items;
}

/// The list after a label: "Databases: MySQL, …". Without a label the whole line.
std::string_view after_label(std::string_view line) {
  auto colon = line.find(':');
  return colon == std::string_view::npos || colon > 40 ? line : trim(line.substr(colon + 1));
}

}  // namespace

std::vector<ReadSkill> read_skills(std::string_view text, const std::vector<Line>& lines) {
  const auto& lexicon = Lexicon::instance();
  std::vector<ReadSkill> out;
  std::set<std::string> seen;
  auto add = [&](std::string_view name, std::string_view category, std::string_view evidence) {
    if (out.size() < skills_max)
      out.push_back({squeeze(name), std::string{category}, std::string{evidence}});
  };
  auto add_hits = [&](std::string_view part) {
    for (const auto& hit : lexicon.find(part))
      if (seen.insert(lower(hit.skill->name)).second) {
        auto words = part.substr(hit.begin, hit.end - hit.begin);
        add(words, hit.skill->category, words);
      }
  };
  // What the person lists as skills comes first, in their order.
  for (const auto& line : lines) {
    if (line.section != Section::skills)
      continue;
    add_hits(line.text);
    auto list = after_label(line.text);
    auto items = list_items(list);
    if (items.size() < 3)
      continue;
    for (auto item : items)
      if (reads_as_skill(item) && lexicon.find(item).empty() &&
          seen.insert(lower(squeeze(item))).second)
        add(item, "tool_platform", item);
  }
  // Then what summary, employments, projects and certificates mention.
  for (const auto& line : lines) {
    bool counts = line.section == Section::summary || line.section == Section::experience ||
                  line.section == Section::projects || line.section == Section::certificates ||
                  line.section == Section::objective || line.section == Section::header;
    if (counts && out.size() < skills_max)
      add_hits(line.text);
  }
  if (out.empty())
    add_hits(text);
  return out;
}

}  // namespace jobraker::sandbox
