#include "actors/matching/core/eligibility.hpp"

#include <cstdlib>

namespace jobraker::matching {

Time posted_after(const FilterSettings& settings, Time now) noexcept {
  return settings.days_back > 0 ? now - std::chrono::hours{24} * settings.days_back : Time::min();
}

HardFilters filters_of(const Profile& profile, const FilterSettings& settings, Time now) {
  HardFilters filters;
  filters.now = now;
  filters.posted_after = posted_after(settings, now);
  filters.seniority = profile.summary.career_level.value_or(Seniority::unknown);
  filters.seniority_distance_max = settings.seniority_distance_max;

  auto home =
    profile.personal_info.location ? read_place(*profile.personal_info.location) : Place{};
  bool wants_place = false;
  bool unreadable_place = false;
  for (const auto& text : profile.preferences.preferred_locations) {
    auto place = read_place(text);
    if (place.country != 0)
      filters.countries.set(place.country);
    bool names_place = place.country != 0 || place.city != 0 || place.region != 0;
    wants_place = wants_place || names_place;
    unreadable_place = unreadable_place || (names_place && place.country == 0);
    filters.remote_only = filters.remote_only || place.remote;
  }
  // "Remote" and "Berlin" together: either will do.
  filters.remote_only = filters.remote_only && !wants_place;
  if (!wants_place && home.country != 0)
    filters.countries.set(home.country);
  // A wish that no table of ours can place on the map must not exclude what it may mean.
  filters.any_country = filters.countries.none() || unreadable_place;

  if (profile.personal_info.work_authorization)
    if (auto authorised = read_authorization(*profile.personal_info.work_authorization)) {
      filters.authorised = *authorised;
      filters.knows_authorised = true;
    }

  auto floor = profile.preferences.salary_range_min.value_or(0);
  filters.salary_floor = floor - floor * settings.salary_tolerance_percent / 100;
  filters.currency = profile.preferences.salary_currency
                       ? currency_of_code(*profile.preferences.salary_currency)
                       : currency_of(home.country);
  return filters;
}

Eligibility check(const JobFacts& job, const HardFilters& filters) noexcept {
  if (!job.has_vectors)
    return Eligibility::no_vectors;
  if (job.status != JobStatus::active)
    return Eligibility::not_active;
  if (job.expires_at < filters.now)
    return Eligibility::deadline_passed;
  if (job.posted_at != Time::min() && job.posted_at < filters.posted_after)
    return Eligibility::too_old;
  bool remote = job.workplace == Workplace::remote;
  if (!filters.any_country && job.country != 0 && !filters.countries[job.country] &&
      !(remote && filters.remote_anywhere))
    return Eligibility::wrong_country;
  if (filters.remote_only && job.workplace == Workplace::on_site)
    return Eligibility::not_on_site;
  if (filters.knows_authorised && job.country != 0 && !filters.authorised[job.country])
    return Eligibility::not_authorised;
  if (filters.salary_floor > 0 && job.salary_max > 0 && job.currency != 0 &&
      job.currency == filters.currency && job.salary_max < filters.salary_floor)
    return Eligibility::below_salary;
  if (filters.seniority != Seniority::unknown && job.seniority != Seniority::unknown &&
      std::abs(static_cast<int>(filters.seniority) - static_cast<int>(job.seniority)) >
        filters.seniority_distance_max)
    return Eligibility::wrong_level;
  return Eligibility::eligible;
}

}  // namespace jobraker::matching
