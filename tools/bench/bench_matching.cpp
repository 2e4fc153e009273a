// Stage 1 and 2 of matching on one core: the batch shortlist beside the machine's own
// matrix-product peak and beside a loop over pairs, and the rubric. `bench_matching
// --benchmark_min_time=3`.

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <random>
#include <string>
#include <unistd.h>
#include <vector>

#include <benchmark/benchmark.h>
#include <cblas.h>

#include "actors/matching/core/rubric.hpp"
#include "actors/matching/core/shortlist.hpp"
#include "actors/matching/core/suited.hpp"

namespace jobraker::matching {
namespace {

constexpr std::size_t user_count = 10'000;
constexpr std::size_t job_count = 1'000;
constexpr double flops_per_pair = 2.0 * folded_dimensions;

/// Unit vectors around a few hundred centres, as embeddings of real texts lie.
class Clusters {
public:
  explicit Clusters(std::uint64_t seed) : random_(seed) {
    for (auto& centre : centres_)
      centre = unit(draw(1.0f));
  }
  Embedding next() {
    auto vector = draw(0.03f);
    const auto& centre = centres_[random_() % centres_.size()];
    for (std::size_t i = 0; i < vector.size(); ++i)
      vector[i] += centre[i];
    return unit(std::move(vector));
  }

private:
  Embedding draw(float spread) {
    std::normal_distribution<float> normal{0, spread};
    Embedding out(embedding_dimensions);
    for (auto& v : out)
      v = normal(random_);
    return out;
  }
  static Embedding unit(Embedding vector) {
    if (!normalise(vector))
      std::abort();
    return vector;
  }
  std::mt19937_64 random_;
  std::vector<Embedding> centres_ = std::vector<Embedding>(300);
};

struct Market {
  std::vector<UserVectors> vectors;
  std::vector<ShortlistUser> users;
  std::vector<JobVectors> job_vectors;
  std::shared_ptr<const Snapshot> jobs;
};

const Market& market() {
  static const Market made = [] {
    Market out;
    Clusters clusters{1};
    JobIndex index{job_count};
    for (std::size_t i = 0; i < job_count; ++i) {
      Job job;
      job.id = JobId::of("job " + std::to_string(i));
      job.country = i % 4 == 0 ? "US" : i % 4 == 1 ? "GB" : "DE";
      job.seniority = static_cast<Seniority>(i % 7);
      JobVectors vectors{clusters.next(), clusters.next()};
      if (!index.put(job, vectors))
        std::abort();
      out.job_vectors.push_back(std::move(vectors));
    }
    for (std::size_t i = 0; i < user_count; ++i) {
      UserVectors vectors{clusters.next(), clusters.next(), clusters.next()};
      ShortlistUser user{fold(vectors), {}};
      user.filters.any_country = i % 3 != 0;
      user.filters.countries.set(country_of_code("DE"));
      user.filters.seniority = static_cast<Seniority>(i % 7);
      out.users.push_back(std::move(user));
      if (i < 100)
        out.vectors.push_back(std::move(vectors));
    }
    out.jobs = index.snapshot();
    return out;
  }();
  return made;
}

void set_rates(benchmark::State& state, double pairs) {
  state.counters["pairs/s"] = benchmark::Counter(pairs, benchmark::Counter::kIsRate);
  state.counters["flop/s"] =
    benchmark::Counter(pairs * flops_per_pair, benchmark::Counter::kIsRate);
}

/// The peak: one large square product, nothing else.
void matrix_product_peak(benchmark::State& state) {
  constexpr blasint n = 3072;
  std::vector<float> a(n * n, 0.5f);
  std::vector<float> b(n * n, 0.25f);
  std::vector<float> c(n * n);
  for (auto _ : state) {
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, n, n, n, 1, a.data(), n, b.data(), n, 0,
                c.data(), n);
    benchmark::DoNotOptimize(c.data());
  }
  state.counters["flop/s"] = benchmark::Counter(
    2.0 * n * n * n * static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
}
BENCHMARK(matrix_product_peak)->Unit(benchmark::kMillisecond);

void batch_shortlist(benchmark::State& state, bool filtered) {
  auto users = market().users;
  if (!filtered)
    for (auto& user : users)
      user.filters = {};
  ShortlistOptions options;
  options.k = static_cast<std::size_t>(state.range(0));
  for (auto _ : state)
    benchmark::DoNotOptimize(top_k(users, *market().jobs, options));
  set_rates(state, static_cast<double>(state.iterations()) * user_count * job_count);
}
BENCHMARK_CAPTURE(batch_shortlist, open, false)->Arg(50)->Arg(200)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(batch_shortlist, filtered, true)->Arg(50)->Unit(benchmark::kMillisecond);

void one_user_shortlist(benchmark::State& state) {
  ShortlistOptions options;
  options.k = 50;
  options.count_reasons = true;
  std::size_t i = 0;
  for (auto _ : state) {
    auto user = std::span{market().users}.subspan(i++ % user_count, 1);
    benchmark::DoNotOptimize(top_k(user, *market().jobs, options));
  }
  set_rates(state, static_cast<double>(state.iterations()) * job_count);
}
BENCHMARK(one_user_shortlist)->Unit(benchmark::kMicrosecond);

/// What a program does that compares pair by pair: six cosines, and a sort at the end.
void loop_over_pairs(benchmark::State& state) {
  std::size_t i = 0;
  for (auto _ : state) {
    const auto& user = market().vectors[i++ % market().vectors.size()];
    std::vector<Candidate> all;
    for (std::size_t j = 0; j < job_count; ++j)
      all.push_back({{}, static_cast<float>(similarity(user, market().job_vectors[j]))});
    std::partial_sort(all.begin(), all.begin() + 50, all.end(), better);
    benchmark::DoNotOptimize(all.data());
  }
  set_rates(state, static_cast<double>(state.iterations()) * job_count);
}
BENCHMARK(loop_over_pairs)->Unit(benchmark::kMillisecond);

Profile some_profile() {
  Profile p;
  p.personal_info.location = "Berlin, Germany";
  p.personal_info.work_authorization = "EU citizen";
  p.summary.years_of_experience = 6.5;
  p.summary.career_level = Seniority::senior;
  p.skills.programming_languages = {"C++", "Python", "SQL", "TypeScript"};
  p.skills.frameworks_libraries = {"React", "Django", "Boost", "gRPC"};
  p.skills.tools_platforms = {"PostgreSQL", "Kafka", "Docker", "Kubernetes", "Linux", "Git"};
  p.skills.soft_skills = {"Communication", "Mentoring"};
  p.experience.job_titles = {"Senior Backend Engineer", "Software Developer", "Junior Developer"};
  p.preferences.desired_roles = {"Staff Engineer", "Backend Engineer"};
  p.preferences.preferred_locations = {"Berlin", "Remote"};
  p.preferences.salary_range_min = 80'000;
  p.preferences.salary_currency = "EUR";
  p.preferences.job_types = {JobType::full_time};
  return p;
}

Job some_job(std::size_t i) {
  static const char* titles[] = {"Senior Backend Engineer (m/f/d)",
                                 "Data Analyst",
                                 "Nurse",
                                 "Full Stack Developer",
                                 "Account Manager",
                                 "DevOps Engineer"};
  Job job;
  job.title = titles[i % std::size(titles)];
  job.location = i % 2 ? "Berlin, Germany" : "London, UK";
  job.city = i % 2 ? "Berlin" : "London";
  job.country = i % 2 ? "DE" : "GB";
  job.workplace = static_cast<Workplace>(i % 4);
  job.salary_min = 60'000 + static_cast<std::int64_t>(i % 10) * 5'000;
  job.salary_max = *job.salary_min + 15'000;
  job.salary_currency = i % 2 ? "EUR" : "GBP";
  job.job_type = JobType::full_time;
  job.seniority = static_cast<Seniority>(i % 7);
  job.years_required = static_cast<double>(i % 8);
  job.skills = {"Python", "PostgreSQL", "Docker",    "AWS",
                "React",  "Go",         "Terraform", "Communication"};
  return job;
}

void rubric_score(benchmark::State& state) {
  auto profile = digest(some_profile());
  std::vector<RubricJob> jobs;
  for (std::size_t i = 0; i < job_count; ++i)
    jobs.push_back(digest(some_job(i)));
  std::int64_t sum = 0;
  for (auto _ : state)
    for (const auto& job : jobs)
      sum += score(profile, job).total;
  benchmark::DoNotOptimize(sum);
  state.counters["pairs/s"] = benchmark::Counter(
    static_cast<double>(state.iterations()) * job_count, benchmark::Counter::kIsRate);
}
BENCHMARK(rubric_score)->Unit(benchmark::kMicrosecond);

void rubric_digest_profile(benchmark::State& state) {
  auto profile = some_profile();
  for (auto _ : state)
    benchmark::DoNotOptimize(digest(profile));
}
BENCHMARK(rubric_digest_profile)->Unit(benchmark::kMicrosecond);

void rubric_digest_job(benchmark::State& state) {
  auto job = some_job(1);
  job.requirements = "You bring 5 years with Python, PostgreSQL and Docker, and know AWS or Azure.";
  for (auto _ : state)
    benchmark::DoNotOptimize(digest(job));
}
BENCHMARK(rubric_digest_job)->Unit(benchmark::kMicrosecond);

void rubric_explain(benchmark::State& state) {
  auto profile = some_profile();
  auto job = some_job(1);
  for (auto _ : state)
    benchmark::DoNotOptimize(explain(profile, job));
}
BENCHMARK(rubric_explain)->Unit(benchmark::kMicrosecond);

/// The reverse search: so many postings at once against everybody.
void reverse_search(benchmark::State& state) {
  static const auto people = [] {
    PeopleIndex index{user_count};
    Clusters clusters{2};
    auto profile = some_profile();
    for (std::size_t i = 0; i < user_count; ++i) {
      profile.user_id = UserId::of("user " + std::to_string(i));
      auto person = std::make_shared<const Person>(person_of(profile, "", "", {}));
      if (!index.put(person, {clusters.next(), clusters.next(), clusters.next()}))
        std::abort();
    }
    return index.snapshot();
  }();
  std::vector<PostingQuery> postings;
  for (std::size_t i = 0; i < static_cast<std::size_t>(state.range(0)); ++i) {
    auto job = some_job(1);
    job.id = JobId::of("job " + std::to_string(i));
    postings.push_back(query_of(job, market().job_vectors[i]));
  }
  for (auto _ : state)
    benchmark::DoNotOptimize(suited_people(postings, *people, {.k = 500}));
  set_rates(state, static_cast<double>(state.iterations()) * user_count *
                     static_cast<double>(postings.size()));
}
BENCHMARK(reverse_search)->Arg(1)->Arg(8)->Arg(64)->Unit(benchmark::kMillisecond);

void make_person(benchmark::State& state) {
  auto profile = some_profile();
  for (auto _ : state)
    benchmark::DoNotOptimize(person_of(profile, "", "", {}));
}
BENCHMARK(make_person)->Unit(benchmark::kMicrosecond);

/// What is stored of a pair that the rubric has judged, reasons and all.
void rubric_row(benchmark::State& state) {
  auto person = person_of(some_profile(), "", "", {});
  auto job = some_job(1);
  auto ready = digest(job);
  for (auto _ : state)
    benchmark::DoNotOptimize(rubric_score(person, job, ready, score(person.rubric, ready), Time{}));
}
BENCHMARK(rubric_row)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace jobraker::matching

int main(int argc, char** argv) {
  // OpenBLAS picks its kernel while it is loaded, before main: an exported choice of kernel would
  // halve what is measured, so start again without it.
  if (std::getenv("OPENBLAS_CORETYPE")) {
    unsetenv("OPENBLAS_CORETYPE");
    execv("/proc/self/exe", argv);
  }
  benchmark::AddCustomContext("openblas_core", jobraker::matching::prepare_blas());
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv))
    return 1;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
