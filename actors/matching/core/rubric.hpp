#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "actors/matching/core/geography.hpp"
#include "messages/jobs.hpp"
#include "messages/profile.hpp"

namespace jobraker::matching {

/// Thousandths of a point: 100 points are 100'000. All arithmetic of the rubric is in whole
/// numbers, so the same input gives the same bits on every machine.
using Millipoints = std::int32_t;
inline constexpr Millipoints full_marks = 100'000;
inline constexpr Millipoints neutral_marks = 50'000;

/// How much each part counts, in millionths that add up to exactly 1'000'000.
struct RubricWeights {
  std::int32_t skills = 400'000;
  std::int32_t experience = 300'000;
  std::int32_t location = 200'000;
  std::int32_t salary = 100'000;

  /// From settings in any unit (40, 30, 20, 10). Negative and non-finite ones count as 0; when
  /// nothing is left, the defaults.
  static RubricWeights of(double skills, double experience, double location, double salary);
  bool operator==(const RubricWeights&) const = default;
};

/// One part of the rubric.
struct RubricPart {
  Millipoints score = neutral_marks;  ///< 0 to 100 points, in steps of a tenth
  Millipoints points = 0;             ///< what it adds to the total: score times weight
  bool unknown = false;               ///< too little is known: the score is neutral
  bool operator==(const RubricPart&) const = default;
};

/// The score of a pair. `skills.points + experience.points + location.points + salary.points ==
/// total`.
struct RubricScore {
  RubricPart skills{};
  RubricPart experience{};
  RubricPart location{};
  RubricPart salary{};
  Millipoints total = 0;
  RubricPart culture{};  ///< employment type wanted and offered; apart, adds nothing to the total
  bool operator==(const RubricScore&) const = default;
};

/// Millipoints as the 0 to 100 of `JobScore`.
constexpr double to_points(Millipoints m) noexcept { return m / 1000.0; }

/// A job title as hashed words, without its level (`senior`) and its formalities (`m/f/d`).
struct TitleWords {
  struct Word {
    std::uint64_t hash = 0;
    std::int32_t weight = 0;  ///< words that say little (`manager`) weigh less
  };
  std::vector<Word> words{};       ///< ordered by hash
  std::int32_t weight = 0;         ///< sum over `words`
  std::int32_t importance = 1000;  ///< per mille; older employments count less
};
TitleWords read_title(std::string_view title);
/// 0 to 1000: how much two titles name the same work.
std::int32_t title_similarity(const TitleWords& a, const TitleWords& b) noexcept;

/// A profile made ready for scoring; build it once per profile version (about a tenth of a
/// millisecond).
struct RubricProfile {
  std::vector<std::uint16_t>
    covers{};  ///< by skill id: how far the person's skills cover it, per mille
  std::vector<std::uint64_t> other_skills{};  ///< keys of skills the table does not have, ordered
  bool has_skills = false;
  std::optional<std::int32_t> years_tenths{};
  Seniority seniority = Seniority::unknown;
  std::vector<TitleWords> titles{};
  Place home{};
  std::vector<Place> wanted{};
  bool wants_remote = false;
  bool wants_only_remote = false;
  std::optional<Countries> authorised{};
  std::int64_t salary_min = 0;  ///< 0: unknown
  std::int64_t salary_max = 0;
  Currency currency = 0;
  std::uint32_t job_types = 0;  ///< bit per JobType; 0: no wish
};

/// One skill a posting asks for.
struct AskedSkill {
  std::int32_t id = -1;     ///< index of the table, or -1
  std::int32_t weight = 1;  ///< 2 when the requirements name it
  std::uint64_t key = 0;    ///< for skills outside the table
};

/// A posting made ready for scoring; build it once per job version.
struct RubricJob {
  std::vector<AskedSkill> skills{};
  std::int32_t skill_weight = 0;
  std::optional<std::int32_t> years_tenths{};
  Seniority seniority = Seniority::unknown;
  TitleWords title{};
  Place place{};
  Workplace workplace = Workplace::unknown;
  std::int64_t salary_min = 0;  ///< 0: unknown
  std::int64_t salary_max = 0;
  Currency currency = 0;
  bool salary_predicted = false;
  std::optional<JobType> job_type{};
};

RubricProfile digest(const Profile& profile);
RubricJob digest(const Job& job);

/// Scores one pair; under a microsecond, without allocation.
RubricScore score(const RubricProfile& profile, const RubricJob& job,
                  const RubricWeights& weights = {}) noexcept;

/// One reason in words (`has 6 of 8 skills asked: …`) and as a stable code (`skills.covered`).
struct RubricReason {
  std::string code;
  std::string text;
  bool operator==(const RubricReason&) const = default;
};

/// Why a pair scored as it did; `unknown` names what could not be judged.
struct RubricReasons {
  std::vector<RubricReason> match;
  std::vector<RubricReason> mismatch;
  std::vector<RubricReason> unknown;
};

/// The reasons for a score, made on demand and never in the hot path.
RubricReasons explain(const Profile& profile, const Job& job);

/// The job titles that a person is known by: wished roles, then those held, the latest first.
Strings titles_of(const Profile& profile);

/// The same for a pair that was made ready and scored already; `titles` as above.
RubricReasons explain(const RubricProfile& profile, const Strings& titles, const RubricJob& ready,
                      const Job& job, const RubricScore& scored);

}  // namespace jobraker::matching
