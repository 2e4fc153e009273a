#include <atomic>
#include <map>
#include <thread>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "actors/matching/core/job_index.hpp"
#include "tests/matching/exact_vectors.hpp"

namespace jobraker::matching {
namespace {

JobId id_of(int n) { return JobId::of("job " + std::to_string(n)); }

JobFacts facts(int n) {
  JobFacts out;
  out.id = id_of(n);
  return out;
}

/// Vectors that tell which write they came from.
JobVectors marked(std::size_t mark) {
  Embedding v(embedding_dimensions, 0.0f);
  v[mark % embedding_dimensions] = 1.0f;
  return {v, v};
}

/// What a snapshot holds: id to (mark of its vector, or -1; salary).
std::map<JobId, std::pair<long, std::int64_t>> contents(const Snapshot& snapshot) {
  std::map<JobId, std::pair<long, std::int64_t>> out;
  for (const auto& block : snapshot.blocks)
    for (std::size_t row = 0; row < block->facts.size(); ++row) {
      if (!block->facts[row].live)
        continue;
      const auto* v = block->vectors->row(row);
      const auto* mark = std::find(v, v + embedding_dimensions, 1.0f);
      auto at = block->facts[row].has_vectors ? mark - v : -1;
      EXPECT_TRUE(
        out.emplace(block->facts[row].id, std::pair{at, block->facts[row].salary_max}).second);
    }
  EXPECT_EQ(out.size(), snapshot.live);
  return out;
}

TEST(JobIndex, HoldsWhatAMapWouldHoldAndOldSnapshotsNeverChange) {
  ASSERT_TRUE(rc::check([] {
    JobIndex index{40};
    std::map<JobId, std::pair<long, std::int64_t>> model;
    auto kept = index.snapshot();
    auto kept_contents = contents(*kept);
    auto steps = *rc::gen::inRange(1, 300);
    for (int step = 0; step < steps; ++step) {
      int n = *rc::gen::inRange(0, 60);
      switch (*rc::gen::inRange(0, 6)) {
      case 0:
        RC_ASSERT(index.remove(id_of(n)) == (model.erase(id_of(n)) == 1));
        break;
      case 1: {  // facts only: the vectors stay
        auto f = facts(n);
        f.salary_max = step + 1;
        bool room = model.contains(f.id) || model.size() < 40;
        RC_ASSERT(index.put(f, {}).has_value() == room);
        if (room)
          model[f.id] = {model.contains(f.id) ? model[f.id].first : -1, step + 1};
        break;
      }
      case 2:
        kept = index.snapshot();
        kept_contents = contents(*kept);
        break;
      case 3:
        if (*rc::gen::inRange(0, 10) == 0)
          index.compact();
        break;
      default: {
        bool room = model.contains(id_of(n)) || model.size() < 40;
        RC_ASSERT(index.put(facts(n), marked(static_cast<std::size_t>(step))).has_value() == room);
        if (room)
          model[id_of(n)] = {step, 0};
      }
      }
      RC_ASSERT(index.size() == model.size());
    }
    RC_ASSERT(contents(*index.snapshot()) == model);
    RC_ASSERT(contents(*kept) == kept_contents);
  }));
}

TEST(JobIndex, MemoryStaysBoundedUnderEndlessUpdates) {
  JobIndex index{3000};
  std::size_t mark = 0;
  for (int n = 0; n < 3000; ++n)
    ASSERT_TRUE(index.put(facts(n), marked(mark++)));
  constexpr std::size_t block = rows_per_block * folded_dimensions * sizeof(float);
  for (int round = 0; round < 4; ++round)
    for (int n = 0; n < 3000; n += 2)
      ASSERT_TRUE(index.put(facts(n), marked(mark++)));
  EXPECT_EQ(index.size(), 3000u);
  EXPECT_LT(index.bytes(), 9 * block);
  EXPECT_EQ(contents(*index.snapshot()).size(), 3000u);
  index.compact();
  EXPECT_LT(index.bytes(), 4 * block);
  EXPECT_EQ(contents(*index.snapshot()).size(), 3000u);
  EXPECT_EQ(index.put(facts(9999), marked(1)).error().code, Errc::too_large);
}

TEST(JobIndex, ReadersSeeWholeRowsWhileAWriterWrites) {
  JobIndex index{500};
  std::atomic<bool> stop = false;
  std::atomic<int> wrong = 0;
  std::thread reader{[&] {
    while (!stop) {
      auto snapshot = index.snapshot();
      std::size_t live = 0;
      for (const auto& block : snapshot->blocks)
        for (std::size_t row = 0; row < block->facts.size(); ++row)
          if (block->facts[row].live) {
            ++live;
            if (!is_unit({block->vectors->row(row), embedding_dimensions}))
              ++wrong;
          }
      if (live != snapshot->live)
        ++wrong;
    }
  }};
  for (int i = 0; i < 5000; ++i) {
    ASSERT_TRUE(index.put(facts(i % 400), marked(static_cast<std::size_t>(i))));
    if (i % 7 == 0)
      index.remove(id_of(i % 399));
  }
  stop = true;
  reader.join();
  EXPECT_EQ(wrong, 0);
}

TEST(JobIndex, TheSameSnapshotIsGivenUntilSomethingChanges) {
  JobIndex index{5};
  ASSERT_TRUE(index.put(facts(1), marked(1)));
  auto first = index.snapshot();
  EXPECT_EQ(first, index.snapshot());
  EXPECT_FALSE(index.remove(id_of(2)));
  EXPECT_EQ(first, index.snapshot());
  ASSERT_TRUE(index.put(facts(2), {}));
  EXPECT_NE(first, index.snapshot());
}

TEST(JobIndex, AGuessedSalaryIsNotAFact) {
  Job job;
  job.salary_max = 50'000;
  job.salary_currency = "eur";
  job.country = "de";
  EXPECT_EQ(facts_of(job).salary_max, 50'000);
  EXPECT_EQ(facts_of(job).currency, currency_of_code("EUR"));
  EXPECT_EQ(code_of(facts_of(job).country), "DE");
  job.salary_predicted = true;
  EXPECT_EQ(facts_of(job).salary_max, 0);
}

}  // namespace
}  // namespace jobraker::matching
