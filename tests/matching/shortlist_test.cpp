#include <algorithm>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "actors/matching/core/shortlist.hpp"
#include "tests/matching/exact_vectors.hpp"

namespace jobraker::matching {
namespace {

using std::chrono::hours;

const Time now = Time{hours{24 * 20000}};

/// Every pair scored and checked one by one.
std::vector<Candidate> naive(const std::vector<float>& user, const HardFilters& filters,
                             const Snapshot& jobs, std::size_t k) {
  std::vector<Candidate> all;
  for (const auto& block : jobs.blocks)
    for (std::size_t row = 0; row < block->facts.size(); ++row) {
      const auto& facts = block->facts[row];
      if (user.empty() || !facts.live || check(facts, filters) != Eligibility::eligible)
        continue;
      float sum = 0;
      for (std::size_t i = 0; i < folded_dimensions; ++i)
        sum += user[i] * block->vectors->row(row)[i];
      all.push_back({facts.id, sum});
    }
  std::sort(all.begin(), all.end(), better);
  all.resize(std::min(k, all.size()));
  return all;
}

JobFacts random_facts(std::mt19937_64& random) {
  JobFacts facts;
  facts.id = JobId::of(std::to_string(random()));
  facts.country = country_of_code(random() % 2 ? "DE" : "US");
  facts.workplace = static_cast<Workplace>(random() % 4);
  facts.seniority = static_cast<Seniority>(random() % 7);
  facts.salary_max = random() % 3 ? static_cast<std::int64_t>(random() % 100'000) : 0;
  facts.currency = currency_of_code(random() % 2 ? "EUR" : "USD");
  facts.posted_at = now - hours{random() % 1000};
  facts.status = random() % 10 ? JobStatus::active : JobStatus::expired;
  return facts;
}

HardFilters random_filters(std::mt19937_64& random) {
  HardFilters filters;
  if (random() % 4 == 0)
    return filters;
  filters.now = now;
  filters.posted_after = now - hours{random() % 1000};
  filters.any_country = random() % 2;
  filters.countries.set(country_of_code("DE"));
  filters.remote_only = random() % 5 == 0;
  filters.salary_floor = random() % 2 ? 50'000 : 0;
  filters.currency = currency_of_code("EUR");
  filters.seniority = static_cast<Seniority>(random() % 7);
  return filters;
}

/// The seam works with any arithmetic: this one is the plain triple loop.
void plain_tile(const float* users, std::size_t user_count, const float* jobs,
                std::size_t job_count, float* scores, std::size_t stride) {
  for (std::size_t u = 0; u < user_count; ++u)
    for (std::size_t j = 0; j < job_count; ++j) {
      float sum = 0;
      for (std::size_t i = 0; i < folded_dimensions; ++i)
        sum += users[u * folded_dimensions + i] * jobs[j * folded_dimensions + i];
      scores[u * stride + j] = sum;
    }
}

TEST(Shortlist, EqualsComparingEveryPairWithTiesFiltersAndMissingVectors) {
  prepare_blas();
  ASSERT_TRUE(rc::check([] {
    std::mt19937_64 random{*rc::gen::arbitrary<std::uint64_t>()};
    auto jobs = *rc::gen::inRange<std::size_t>(0, 300);
    auto k = *rc::gen::element<std::size_t>(0, 1, 2, 7, 50, 299, 1000);
    JobIndex index{10'000};
    std::vector<JobId> ids;
    for (std::size_t i = 0; i < jobs; ++i) {
      auto facts = random_facts(random);
      JobVectors vectors{exact_unit(random), exact_unit(random)};
      if (random() % 8 == 0)
        vectors.requirements.clear();
      if (random() % 8 == 0)
        vectors.description.clear();
      RC_ASSERT(index.put(facts, vectors).has_value());
      ids.push_back(facts.id);
    }
    for (const auto& id : ids)
      if (random() % 6 == 0)
        index.remove(id);
    std::vector<ShortlistUser> users(*rc::gen::inRange<std::size_t>(0, 12));
    for (auto& user : users) {
      UserVectors vectors{exact_unit(random), exact_unit(random), exact_unit(random)};
      if (random() % 4 == 0)
        vectors.skills.clear();
      if (random() % 8 == 0)
        vectors = {};
      user = {fold(vectors, exact_weights()), random_filters(random)};
    }
    auto snapshot = index.snapshot();
    auto found = top_k(users, *snapshot, {.k = k});
    auto counted = top_k(users, *snapshot, {.k = k, .count_reasons = true});
    auto plain = top_k(users, *snapshot, {.k = k, .score_tile = &plain_tile});
    RC_ASSERT(found.size() == users.size());
    for (std::size_t u = 0; u < users.size(); ++u) {
      auto expected = naive(users[u].folded, users[u].filters, *snapshot, k);
      RC_ASSERT(found[u].jobs == expected);
      RC_ASSERT(counted[u].jobs == expected);
      RC_ASSERT(plain[u].jobs == expected);
      std::size_t sum = 0;
      for (auto count : counted[u].counts)
        sum += count;
      RC_ASSERT(sum == snapshot->live);
    }
  }));
}

TEST(Shortlist, EqualsComparingEveryPairOverManyBlocksAndTiles) {
  std::mt19937_64 random{3};
  JobIndex index{10'000};
  for (int i = 0; i < 2600; ++i)
    ASSERT_TRUE(index.put(random_facts(random), {exact_unit(random), exact_unit(random)}));
  std::vector<ShortlistUser> users(1100);
  UserVectors vectors{exact_unit(random), exact_unit(random), exact_unit(random)};
  for (std::size_t i = 0; i < users.size(); ++i) {
    if (i % 40 == 0)
      vectors = {exact_unit(random), exact_unit(random), exact_unit(random)};
    users[i] = {i % 11 == 0 ? std::vector<float>{} : fold(vectors, exact_weights()),
                random_filters(random)};
  }
  auto snapshot = index.snapshot();
  ASSERT_EQ(snapshot->blocks.size(), 3u);
  auto found = top_k(users, *snapshot, {.k = 20});
  for (std::size_t u = 0; u < users.size(); u += 37)
    EXPECT_EQ(found[u].jobs, naive(users[u].folded, users[u].filters, *snapshot, 20)) << u;
  for (std::size_t u = 0; u < users.size(); u += 11)
    EXPECT_TRUE(found[u].jobs.empty());
}

TEST(Shortlist, NamesTheKernelItRunsOn) { EXPECT_FALSE(prepare_blas().empty()); }

struct Case {
  const char* what;
  void (*change)(JobFacts&, HardFilters&);
  Eligibility expected;
};

TEST(Eligibility, EveryReasonExcludesForItsOwnCauseOnly) {
  const Case cases[] = {
    {"nothing set", [](JobFacts&, HardFilters&) {}, Eligibility::eligible},
    {"no vectors", [](JobFacts& j, HardFilters&) { j.has_vectors = false; },
     Eligibility::no_vectors},
    {"merged", [](JobFacts& j, HardFilters&) { j.status = JobStatus::merged; },
     Eligibility::not_active},
    {"deadline over", [](JobFacts& j, HardFilters&) { j.expires_at = now - hours{1}; },
     Eligibility::deadline_passed},
    {"deadline ahead", [](JobFacts& j, HardFilters&) { j.expires_at = now + hours{1}; },
     Eligibility::eligible},
    {"old", [](JobFacts& j, HardFilters& f) { f.posted_after = j.posted_at + hours{1}; },
     Eligibility::too_old},
    {"date unknown",
     [](JobFacts& j, HardFilters& f) {
       j.posted_at = Time::min();
       f.posted_after = now;
     },
     Eligibility::eligible},
    {"other country", [](JobFacts&, HardFilters& f) { f.any_country = false; },
     Eligibility::wrong_country},
    {"other country, remote",
     [](JobFacts& j, HardFilters& f) {
       f.any_country = false;
       j.workplace = Workplace::remote;
     },
     Eligibility::eligible},
    {"other country, remote unwanted",
     [](JobFacts& j, HardFilters& f) {
       f.any_country = false;
       f.remote_anywhere = false;
       j.workplace = Workplace::remote;
     },
     Eligibility::wrong_country},
    {"country unknown",
     [](JobFacts& j, HardFilters& f) {
       f.any_country = false;
       j.country = 0;
     },
     Eligibility::eligible},
    {"on site, remote wanted", [](JobFacts&, HardFilters& f) { f.remote_only = true; },
     Eligibility::not_on_site},
    {"hybrid, remote wanted",
     [](JobFacts& j, HardFilters& f) {
       f.remote_only = true;
       j.workplace = Workplace::hybrid;
     },
     Eligibility::eligible},
    {"may not work there", [](JobFacts&, HardFilters& f) { f.knows_authorised = true; },
     Eligibility::not_authorised},
    {"pays too little", [](JobFacts&, HardFilters& f) { f.salary_floor = 60'001; },
     Eligibility::below_salary},
    {"pays enough", [](JobFacts&, HardFilters& f) { f.salary_floor = 60'000; },
     Eligibility::eligible},
    {"other currency",
     [](JobFacts& j, HardFilters& f) {
       f.salary_floor = 90'000;
       j.currency = currency_of_code("USD");
     },
     Eligibility::eligible},
    {"salary unknown",
     [](JobFacts& j, HardFilters& f) {
       f.salary_floor = 90'000;
       j.salary_max = 0;
     },
     Eligibility::eligible},
    {"two levels up", [](JobFacts&, HardFilters& f) { f.seniority = Seniority::junior; },
     Eligibility::eligible},
    {"three levels up", [](JobFacts&, HardFilters& f) { f.seniority = Seniority::intern; },
     Eligibility::wrong_level},
  };
  for (const auto& c : cases) {
    JobFacts job;
    job.has_vectors = true;
    job.country = country_of_code("FR");
    job.workplace = Workplace::on_site;
    job.salary_max = 60'000;
    job.currency = currency_of_code("EUR");
    job.seniority = Seniority::senior;
    job.posted_at = now - hours{24};
    HardFilters filters;
    filters.now = now;
    filters.currency = job.currency;
    c.change(job, filters);
    EXPECT_EQ(name_of(check(job, filters)), name_of(c.expected)) << c.what;
  }
}

TEST(Eligibility, FiltersFollowFromTheProfile) {
  Profile profile;
  profile.personal_info.location = "Berlin, Germany";
  profile.personal_info.work_authorization = "EU citizen";
  profile.preferences.salary_range_min = 70'000;
  auto filters = filters_of(profile, {.days_back = 30, .salary_tolerance_percent = 10}, now);
  EXPECT_TRUE(filters.countries[country_of_code("DE")]);
  EXPECT_EQ(filters.countries.count(), 1u);
  EXPECT_FALSE(filters.any_country);
  EXPECT_TRUE(filters.knows_authorised);
  EXPECT_TRUE(filters.authorised[country_of_code("FR")]);
  EXPECT_FALSE(filters.authorised[country_of_code("US")]);
  EXPECT_EQ(filters.salary_floor, 63'000);
  EXPECT_EQ(filters.currency, currency_of_code("EUR"));
  EXPECT_EQ(filters.posted_after, now - hours{24 * 30});

  profile.preferences.preferred_locations = {"Remote"};
  EXPECT_TRUE(filters_of(profile, {}, now).remote_only);
  profile.preferences.preferred_locations = {"Remote", "Paris"};
  filters = filters_of(profile, {}, now);
  EXPECT_FALSE(filters.remote_only);
  EXPECT_TRUE(filters.countries[country_of_code("FR")]);
  EXPECT_FALSE(filters.countries[country_of_code("DE")]);
  profile.preferences.preferred_locations = {"Paris", "Kleinkleckersdorf"};
  EXPECT_TRUE(filters_of(profile, {}, now).any_country)
    << "a place we do not know excludes nothing";
  EXPECT_TRUE(filters_of(Profile{}, {}, now).any_country);
}

}  // namespace
}  // namespace jobraker::matching
