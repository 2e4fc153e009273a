#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "messages/enums.hpp"

namespace jobraker {

/// Which list of a profile a skill belongs to; the spellings are those of config/skills.tsv and of
/// the schema that the model answers résumés in.
enum class SkillCategory : std::uint8_t {
  programming_language,
  framework_library,
  tool_platform,
  soft_skill
};
template <>
inline constexpr std::string_view enum_names<SkillCategory>[] = {
  "programming_language", "framework_library", "tool_platform", "soft_skill"};

/// One row of the synonym table (config/skills.tsv, compiled in). Everything in it lives for ever.
struct CanonicalSkill {
  std::string_view name;  ///< the one spelling we store and show, e.g. `PostgreSQL`
  SkillCategory category = SkillCategory::tool_platform;
  std::string_view domain;  ///< the trade it belongs to, e.g. `software`, `health`, `construction`
  std::uint32_t id = 0;     ///< index into `all_skills()`; of this build, never stored
  bool operator==(const CanonicalSkill& other) const { return id == other.id; }
};

/// A skill named in a text: bytes [begin, end) of it, and which skill that is.
struct SkillMention {
  std::size_t begin = 0;
  std::size_t end = 0;
  CanonicalSkill skill;
};

/// Every skill the table knows, ordered by `id`.
std::span<const CanonicalSkill> all_skills();

/// The skill that `spelling` names as a whole, whatever its case, hyphens, dots and plural
/// (`nodejs`, `Node.JS`, `REST APIs`); C, C++, C#, F#, R, Go and .NET stay apart. Empty when the
/// table does not have it: the caller then keeps the person's own spelling.
std::optional<CanonicalSkill> canonical(std::string_view spelling);

/// A key under which two spellings of one skill are equal, known or not: the lower-case canonical
/// name, or else the lower-case words of `spelling` joined by one space.
std::string skill_key(std::string_view spelling);

/// All skills named in running text, in order, without overlaps, the longest spelling winning.
/// Whole words only. Names that are also ordinary words (Go, R, C, Excel, Spring, Swift …) count
/// only in the exact case of the table and where skills stand: in a list, beside another skill, or
/// before a word such as "developer". Addresses of web pages and e-mail are passed over.
std::vector<SkillMention> find_skills(std::string_view text);

/// The distinct skills of `find_skills`, in order of first mention.
std::vector<CanonicalSkill> skills_in(std::string_view text);

/// How far knowing one skill helps with another, 0 to 1: 1 for two spellings of one skill, the
/// weight of the group they share in config/skill_groups.tsv (React and Vue.js), otherwise 0.
double related(std::string_view a, std::string_view b);

/// The same for skills already looked up; one hash look-up.
double related(const CanonicalSkill& a, const CanonicalSkill& b);

}  // namespace jobraker
