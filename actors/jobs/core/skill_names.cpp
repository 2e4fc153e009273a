#include <unordered_set>

#include "actors/jobs/core/traits.hpp"
#include "actors/skills/skills.hpp"

namespace jobraker {

Strings posting_skills(std::string_view title, std::string_view description, const Strings& tags,
                       std::size_t limit) {
  Strings out;
  std::unordered_set<std::string_view> seen;
  auto add = [&](const CanonicalSkill& skill) {
    if (out.size() < limit && seen.insert(skill.name).second)
      out.emplace_back(skill.name);
  };
  for (const auto& skill : skills_in(title))
    add(skill);
  for (const auto& tag : tags)
    if (auto skill = canonical(tag))
      add(*skill);
  for (const auto& skill : skills_in(description))
    add(skill);
  return out;
}

}  // namespace jobraker
