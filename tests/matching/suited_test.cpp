#include <algorithm>
#include <map>
#include <set>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "actors/matching/core/shortlist.hpp"
#include "actors/matching/core/suited.hpp"
#include "tests/matching/exact_vectors.hpp"

namespace jobraker::matching {
namespace {

using std::chrono::hours;

const Time now = Time{hours{24 * 20000}};

template <class T, std::size_t N>
const T& pick(std::mt19937_64& random, const T (&list)[N]) {
  return list[random() % N];
}

constexpr const char* places[] = {"Berlin, Germany", "London, UK", "Austin, TX", "Remote",
                                  "Paris, France",   "Munich",     "",           "Nowhereville"};
constexpr const char* permits[] = {"EU citizen", "US green card", "", "ask me"};
constexpr const char* titles[] = {"Senior Backend Engineer", "Nurse", "Data Analyst",
                                  "Account Manager"};

Profile random_profile(std::mt19937_64& random) {
  Profile profile;
  profile.user_id = UserId::of(std::to_string(random()));
  profile.version = static_cast<std::int64_t>(random() % 9) + 1;
  profile.personal_info.location = pick(random, places);
  if (random() % 2)
    profile.personal_info.work_authorization = pick(random, permits);
  for (auto n = random() % 3; n > 0; --n)
    profile.preferences.preferred_locations.push_back(pick(random, places));
  if (random() % 2)
    profile.preferences.salary_range_min = static_cast<std::int64_t>(random() % 90'000);
  if (random() % 3 == 0)
    profile.preferences.salary_currency = random() % 2 ? "EUR" : "USD";
  profile.summary.career_level = static_cast<Seniority>(random() % 7);
  profile.skills.programming_languages = {"C++", "Python"};
  profile.experience.job_titles = {pick(random, titles)};
  return profile;
}

Job random_job(std::mt19937_64& random) {
  Job job;
  job.id = JobId::of(std::to_string(random()));
  job.title = pick(random, titles);
  job.location = pick(random, places);
  constexpr const char* countries[] = {"DE", "GB", "US", "FR", ""};
  job.country = pick(random, countries);
  job.workplace = static_cast<Workplace>(random() % 4);
  job.seniority = static_cast<Seniority>(random() % 7);
  if (random() % 2)
    job.salary_max = static_cast<std::int64_t>(random() % 120'000);
  job.salary_currency = random() % 2 ? "EUR" : "USD";
  job.salary_predicted = random() % 5 == 0;
  job.skills = {"Python", "PostgreSQL", "Docker"};
  if (random() % 6)
    job.posted_at = now - hours{random() % 1000};
  if (random() % 6 == 0)
    job.expires_at = now + hours{static_cast<int>(random() % 100) - 50};
  job.status = random() % 10 ? JobStatus::active : JobStatus::expired;
  return job;
}

UserVectors random_user_vectors(std::mt19937_64& random) {
  UserVectors vectors{exact_unit(random), exact_unit(random), exact_unit(random)};
  if (random() % 5 == 0)
    vectors.skills.clear();
  if (random() % 5 == 0)
    vectors.goals.clear();
  if (random() % 12 == 0)
    vectors = {};
  return vectors;
}

JobVectors random_job_vectors(std::mt19937_64& random) {
  JobVectors vectors{exact_unit(random), exact_unit(random)};
  if (random() % 6 == 0)
    vectors.requirements.clear();
  if (random() % 12 == 0)
    vectors = {};
  return vectors;
}

/// People and postings in both directions.
struct Market {
  FilterSettings settings{};
  std::vector<Profile> profiles{};
  std::vector<UserVectors> user_vectors{};
  std::vector<Job> jobs{};
  std::vector<JobVectors> job_vectors{};
  PeopleIndex people{1000};
  JobIndex postings{1000};

  Market(std::mt19937_64& random, std::size_t people_count, std::size_t job_count) {
    settings.days_back = random() % 3 ? 30 : 0;
    for (std::size_t i = 0; i < people_count; ++i) {
      profiles.push_back(random_profile(random));
      user_vectors.push_back(random_user_vectors(random));
      auto person = std::make_shared<const Person>(person_of(profiles[i], "h", "b", settings));
      EXPECT_TRUE(people.put(person, user_vectors[i]));
    }
    for (std::size_t i = 0; i < job_count; ++i) {
      jobs.push_back(random_job(random));
      job_vectors.push_back(random_job_vectors(random));
      EXPECT_TRUE(postings.put(jobs[i], job_vectors[i]));
    }
  }

  std::vector<PostingQuery> queries() const {
    std::vector<PostingQuery> out;
    for (std::size_t i = 0; i < jobs.size(); ++i)
      out.push_back(query_of(jobs[i], job_vectors[i]));
    return out;
  }

  using Pairs = std::map<std::pair<UserId, JobId>, float>;

  Pairs forward() const {
    std::vector<ShortlistUser> users;
    for (std::size_t i = 0; i < profiles.size(); ++i)
      users.push_back({fold(user_vectors[i]), filters_of(profiles[i], settings, now)});
    auto lists = top_k(users, *postings.snapshot(), {.k = 1000});
    Pairs pairs;
    for (std::size_t i = 0; i < lists.size(); ++i)
      for (const auto& found : lists[i].jobs)
        pairs.emplace(std::pair{profiles[i].user_id, found.job}, found.similarity);
    return pairs;
  }

  Pairs reverse() const {
    auto lists =
      suited_people(queries(), *people.snapshot(), {.k = 1000, .filters = settings, .now = now});
    Pairs pairs;
    for (std::size_t i = 0; i < lists.size(); ++i)
      for (const auto& found : lists[i])
        pairs.emplace(std::pair{found.person->id, jobs[i].id}, found.similarity);
    return pairs;
  }
};

TEST(Suited, APairPassesForwardIfAndOnlyIfItPassesReverse) {
  prepare_blas();
  ASSERT_TRUE(rc::check([] {
    std::mt19937_64 random{*rc::gen::arbitrary<std::uint64_t>()};
    Market market{random, *rc::gen::inRange<std::size_t>(0, 40),
                  *rc::gen::inRange<std::size_t>(0, 40)};
    auto forward = market.forward();
    auto reverse = market.reverse();
    RC_ASSERT(forward.size() == reverse.size());
    for (const auto& [pair, similarity] : forward) {
      auto same = reverse.find(pair);
      RC_ASSERT(same != reverse.end());
      RC_ASSERT(std::abs(same->second - similarity) < 1e-5f);
    }
  }));
}

TEST(Suited, TheBestAreTheFirstOfAll) {
  std::mt19937_64 random{5};
  Market market{random, 300, 20};
  auto queries = market.queries();
  auto people = market.people.snapshot();
  auto all = suited_people(queries, *people, {.k = 1000, .filters = market.settings, .now = now});
  std::size_t cut = 0;
  for (std::size_t k : {0u, 1u, 3u, 17u}) {
    auto some = suited_people(queries, *people, {.k = k, .filters = market.settings, .now = now});
    for (std::size_t i = 0; i < all.size(); ++i) {
      ASSERT_EQ(some[i].size(), std::min(k, all[i].size()));
      cut += some[i].size() < all[i].size();
      for (std::size_t n = 0; n < some[i].size(); ++n)
        EXPECT_EQ(some[i][n].person, all[i][n].person);
    }
  }
  EXPECT_GT(cut, 0u);
}

TEST(Suited, NobodyIsOfferedTheirOwnPosting) {
  std::mt19937_64 random{6};
  Market market{random, 30, 5};
  auto queries = market.queries();
  SuitedOptions options{.k = 1000, .filters = market.settings, .now = now};
  auto before = suited_people(queries, *market.people.snapshot(), options);
  auto some = std::find_if(before.begin(), before.end(), [](auto& found) { return found.size(); });
  ASSERT_NE(some, before.end());
  auto at = static_cast<std::size_t>(some - before.begin());
  auto owner = some->front().person->id;
  queries[at].posted_by = owner;
  auto after = suited_people(queries, *market.people.snapshot(), options);
  EXPECT_EQ(after[at].size(), some->size() - 1);
  for (const auto& found : after[at])
    EXPECT_NE(found.person->id, owner);
}

TEST(PeopleIndex, AReplacedPersonIsFoundAsTheyAreNow) {
  std::mt19937_64 random{7};
  PeopleIndex index{2};
  Profile profile;
  profile.user_id = UserId::of("a");
  UserVectors vectors{exact_unit(random), exact_unit(random), exact_unit(random)};
  auto put = [&](const std::string& hash, const UserVectors& with) {
    return index.put(std::make_shared<const Person>(person_of(profile, hash, "", {})), with);
  };
  ASSERT_TRUE(put("first", vectors));
  ASSERT_TRUE(put("second", vectors));
  ASSERT_EQ(index.size(), 1u);
  Job job;
  job.id = JobId::of("j");
  PostingQuery query = query_of(job, {exact_unit(random), exact_unit(random)});
  auto found = suited_people({&query, 1}, *index.snapshot(), {.k = 5, .now = now});
  ASSERT_EQ(found[0].size(), 1u);
  EXPECT_EQ(found[0][0].person->vectors_hash, "second");

  ASSERT_TRUE(put("third", {}));
  EXPECT_EQ(index.size(), 0u) << "somebody without vectors is found by nothing";
  ASSERT_TRUE(put("fourth", vectors));
  profile.user_id = UserId::of("b");
  ASSERT_TRUE(put("", vectors));
  profile.user_id = UserId::of("c");
  EXPECT_EQ(put("", vectors).error().code, Errc::too_large);
  vectors.skills.resize(3);
  EXPECT_EQ(put("", vectors).error().code, Errc::invalid);
}

TEST(Suited, ARubricScoreSaysWhatTheRubricFoundAndHowMuchOfItIsKnown) {
  Profile profile;
  profile.user_id = UserId::of("a");
  profile.personal_info.full_name = "Grace Example";
  profile.personal_info.location = "Berlin, Germany";
  profile.summary.years_of_experience = 6;
  profile.summary.career_level = Seniority::senior;
  profile.skills.programming_languages = {"C++", "Python"};
  profile.skills.tools_platforms = {"PostgreSQL", "Docker"};
  profile.experience.job_titles = {"Senior Backend Engineer"};
  profile.preferences.salary_range_min = 70'000;
  profile.preferences.salary_currency = "EUR";
  Job job;
  job.id = JobId::of("j");
  job.title = "Senior Backend Engineer (m/f/d)";
  job.location = "Berlin, Germany";
  job.city = "Berlin";
  job.country = "DE";
  job.seniority = Seniority::senior;
  job.years_required = 5;
  job.skills = {"C++", "PostgreSQL", "Docker", "Kafka"};
  job.salary_max = 90'000;
  job.salary_currency = "EUR";
  auto person = person_of(profile, "", "", {});
  auto ready = digest(job);
  auto scored = score(person.rubric, ready);
  auto row = rubric_score(person, job, ready, scored, now);
  EXPECT_EQ(row.user_id, profile.user_id);
  EXPECT_EQ(row.job_id, job.id);
  EXPECT_EQ(row.compatibility_score, to_points(scored.total));
  EXPECT_GT(row.compatibility_score, 80);
  EXPECT_EQ(row.confidence_score, 60);
  EXPECT_EQ(row.location_match_score, 100);
  EXPECT_TRUE(row.ai_reasoning.starts_with(rubric_reasoning)) << row.ai_reasoning;
  EXPECT_NE(row.ai_reasoning.find("close to Senior Backend Engineer"), std::string::npos);
  EXPECT_EQ(row.ai_reasoning.find("Grace"), std::string::npos);
  ASSERT_FALSE(row.match_factors.empty());
  EXPECT_EQ(row.mismatch_factors, Strings{"missing: Apache Kafka"});

  job.salary_max.reset();
  ready = digest(job);
  auto less = rubric_score(person, job, ready, score(person.rubric, ready), now);
  EXPECT_EQ(less.confidence_score, 45);
  EXPECT_LT(less.compatibility_score, row.compatibility_score);
}

}  // namespace
}  // namespace jobraker::matching
