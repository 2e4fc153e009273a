#pragma once

#include <array>
#include <cstdint>

#include "actors/matching/core/job_index.hpp"
#include "messages/enums.hpp"

namespace jobraker::matching {

/// Why a posting is not put before a person at all; the first reason that applies, in this order.
enum class Eligibility : std::uint8_t {
  eligible,
  no_vectors,       ///< nothing of it has been embedded yet
  not_active,       ///< expired, or merged into another posting
  deadline_passed,  ///< its own closing date is over
  too_old,          ///< posted before the run's window
  wrong_country,    ///< on site in a country the person does not want, or remote unwanted there
  not_on_site,      ///< the person wants remote work only, this is on site
  not_authorised,   ///< the person says where they may work, and it is not there
  below_salary,     ///< pays less than the person's floor, in the same currency
  wrong_level,      ///< too far from the person's seniority
};
inline constexpr std::size_t eligibility_values = 10;
}  // namespace jobraker::matching

namespace jobraker {
template <>
inline constexpr std::string_view enum_names<matching::Eligibility>[] = {
  "eligible",      "no_vectors",  "not_active",     "deadline_passed", "too_old",
  "wrong_country", "not_on_site", "not_authorised", "below_salary",    "wrong_level"};
}  // namespace jobraker

namespace jobraker::matching {

/// What a posting must keep to. What is unknown on either side never excludes.
struct HardFilters {
  Time now{};
  Time posted_after = Time::min();
  Countries countries{};        ///< where on-site work is wanted; none: anywhere
  bool any_country = true;      ///< false: `countries` counts
  bool remote_anywhere = true;  ///< a remote posting of another country is welcome
  bool remote_only = false;     ///< on-site postings are not
  Countries authorised{};       ///< where the person may work; counts only with `knows_authorised`
  bool knows_authorised = false;
  std::int64_t salary_floor = 0;  ///< whole units a year; 0: none
  Currency currency = 0;
  Seniority seniority = Seniority::unknown;
  int seniority_distance_max = 2;
  bool operator==(const HardFilters&) const = default;
};

/// What a run sets for everybody.
struct FilterSettings {
  int days_back = 30;                 ///< age of a posting; 0: any
  int salary_tolerance_percent = 10;  ///< how far under the wish a posting may pay
  int seniority_distance_max = 2;
};

/// From when on a posting must have been posted; `Time::min()`: whenever.
Time posted_after(const FilterSettings& settings, Time now) noexcept;

/// The filters that follow from a profile: wanted countries (or that of residence), remote, work
/// authorisation, the lower end of the salary wish, seniority.
HardFilters filters_of(const Profile& profile, const FilterSettings& settings, Time now);

/// Whether a posting may be shown, or why not. Pure, without allocation.
Eligibility check(const JobFacts& job, const HardFilters& filters) noexcept;

/// How many postings each reason took out, indexed by `Eligibility`.
using EligibilityCounts = std::array<std::uint32_t, eligibility_values>;

}  // namespace jobraker::matching
