#include "actors/workflows/core/prose.hpp"

#include <algorithm>
#include <cmath>

#include "actors/profile/core/evidence.hpp"
#include "actors/skills/skills.hpp"
#include "actors/workflows/core/same.hpp"

namespace jobraker::workflows {
namespace {

/// "mentored" for "mentoring": one stem, whatever the ending.
bool same_stem(std::string_view a, std::string_view b) {
  constexpr std::size_t stem = 5;
  return a.size() >= stem && b.size() >= stem && a.substr(0, stem) == b.substr(0, stem);
}

/// A soft skill is borne out by words of its kind ("mentor three engineers").
bool shows(const CareerFacts& facts, std::string_view words) {
  auto there = plain_words(facts.text);
  auto wanted = plain_words(words);
  return !wanted.empty() && std::all_of(wanted.begin(), wanted.end(), [&](const auto& word) {
    return std::any_of(there.begin(), there.end(),
                       [&](const auto& other) { return other == word || same_stem(other, word); });
  });
}

}  // namespace

void refuse(Violations& out, const std::string& pointer, ClaimKind kind, std::string found,
            const std::string& what) {
  for (const auto& known : out)
    if (known.pointer == pointer && known.kind == kind && known.found == found)
      return;
  auto detail = "\"" + found + "\" " + what;
  out.push_back({pointer, kind, std::move(found), std::move(detail)});
}

void check_numbers(const Prose& prose, const CareerFacts& facts, Violations& out) {
  for (const auto& number : numbers_in(prose.text)) {
    if (states(*prose.numbers, number))
      continue;
    if (prose.whole_career && number.years && !number.percent && facts.years &&
        number.value <= std::round(*facts.years))
      continue;
    refuse(out, prose.pointer, ClaimKind::number,
           std::string{prose.text.substr(number.begin, number.end - number.begin)},
           "is no number that the profile states there");
  }
}

void check_names(const Prose& prose, const KnownWords& known, Violations& out) {
  for (auto& name : unknown_names(prose.text, known, prose.capitals))
    refuse(out, prose.pointer, ClaimKind::name, std::move(name), "is not named in the profile");
}

void check_skills(const Prose& prose, const CareerFacts& facts, Violations& out) {
  for (const auto& mention : find_skills(prose.text)) {
    std::string words{prose.text.substr(mention.begin, mention.end - mention.begin)};
    if (facts.skill_keys.contains(skill_key(mention.skill.name)))
      continue;
    if (mention.skill.category == SkillCategory::soft_skill && shows(facts, words))
      continue;
    refuse(out, prose.pointer, ClaimKind::skill, std::move(words),
           "is a skill that the profile does not contain");
  }
}

void check_degrees(const Prose& prose, const CareerFacts& facts, Violations& out) {
  for (auto level : degree_levels(prose.text))
    if (!facts.levels.contains(level))
      refuse(out, prose.pointer, ClaimKind::degree, std::string{name_of(level)},
             "is a degree that the profile does not contain");
}

void check_ranks(const Prose& prose, const CareerFacts& facts, Violations& out) {
  for (auto& rank : ranks_in(prose.text))
    if (!facts.ranks.contains(rank))
      refuse(out, prose.pointer, ClaimKind::title, rank,
             "is a rank that the profile does not state");
}

void check_placeholders(const Prose& prose, Violations& out) {
  for (auto at = prose.text.find('['); at != std::string_view::npos;
       at = prose.text.find('[', at + 1)) {
    auto end = prose.text.find(']', at);
    if (end == std::string_view::npos)
      return;
    auto inside = prose.text.substr(at + 1, end - at - 1);
    auto bar = inside.find('_');
    bool letters = bar != std::string_view::npos && bar > 0 &&
                   std::all_of(inside.begin(), inside.begin() + static_cast<std::ptrdiff_t>(bar),
                               [](char c) { return c >= 'A' && c <= 'Z'; });
    bool figures = letters && bar + 1 < inside.size() &&
                   inside.find_first_not_of("0123456789", bar + 1) == std::string_view::npos;
    if (figures)
      refuse(out, prose.pointer, ClaimKind::placeholder,
             std::string{prose.text.substr(at, end - at + 1)}, "stands for nothing");
  }
}

}  // namespace jobraker::workflows
