#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "actors/workflows/core/claims.hpp"
#include "actors/workflows/core/names.hpp"
#include "actors/workflows/core/numbers.hpp"
#include "actors/workflows/core/text_dates.hpp"
#include "messages/profile.hpp"

/// What a profile states, in the forms that claims are held against.
namespace jobraker::workflows {

/// One employment of the profile.
struct EmploymentFacts {
  std::string title{};
  std::string company{};
  std::string description{};
  std::optional<StatedSpan> dates{};  ///< from the words of the résumé it was read from
  std::string text{};                 ///< everything said of it
  std::vector<StatedNumber> numbers{};
};

/// One entry of the education; what belongs together in the résumé.
struct EducationFacts {
  std::string degree{};
  std::string institution{};
  std::optional<int> year{};
};

struct CareerFacts {
  PersonalInfo person{};
  std::string summary{};
  std::optional<double> years{};  ///< of experience
  std::vector<EmploymentFacts> employments{};
  std::vector<EducationFacts> education{};
  Strings skills{};  ///< in the order of the profile's lists
  Strings coursework{};
  std::set<std::string> skill_keys{};  ///< see `skill_key`; of the lists and of all texts
  std::set<DegreeLevel> levels{};
  std::set<std::string> ranks{};
  std::string text{};  ///< all of it, wishes aside
  Vocabulary words{};
  std::vector<StatedNumber> numbers{};
};

/// The facts of a profile. Opinions (`ai_insights`) and wishes (`preferences`) are none.
CareerFacts facts_of(const Profile& profile);

/// Whether there is anything to write a résumé of: an employment, a degree or a skill.
bool says_enough(const Profile& profile);

}  // namespace jobraker::workflows
