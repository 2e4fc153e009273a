#include "actors/matching/core/job_index.hpp"

#include <algorithm>
#include <cstdlib>
#include <new>

namespace jobraker::matching {
namespace {

constexpr std::size_t block_bytes = rows_per_block * folded_dimensions * sizeof(float);
constexpr std::align_val_t alignment{64};

}  // namespace

JobFacts facts_of(const Job& job) {
  JobFacts facts;
  facts.id = job.id;
  facts.posted_at = job.posted_at.value_or(Time::min());
  facts.expires_at = job.expires_at.value_or(Time::max());
  facts.salary_max = job.salary_predicted ? 0 : job.salary_max.value_or(0);
  facts.currency = currency_of_code(job.salary_currency);
  facts.country = country_of_code(job.country);
  facts.workplace = job.workplace;
  facts.seniority = job.seniority;
  facts.status = job.status;
  return facts;
}

void VectorBlock::Free::operator()(float* memory) const noexcept {
  ::operator delete[](memory, alignment);
}

VectorBlock::VectorBlock() : data_(static_cast<float*>(::operator new[](block_bytes, alignment))) {}

JobIndex::JobIndex(std::size_t jobs_max) : jobs_max_(jobs_max) {}

JobBlock& JobIndex::writable(Block& block) {
  if (block.published) {
    block.view = std::make_shared<JobBlock>(*block.view);
    block.published = false;
  }
  return *block.view;
}

JobIndex::Block& JobIndex::tail_with_room() {
  if (tail_ < blocks_.size() && blocks_[tail_].view &&
      blocks_[tail_].view->facts.size() < rows_per_block)
    return blocks_[tail_];
  auto full = tail_;
  auto slot = std::find_if(blocks_.begin(), blocks_.end(), [](const Block& b) { return !b.view; });
  if (slot == blocks_.end())
    slot = blocks_.insert(slot, Block{});
  auto vectors = std::make_shared<VectorBlock>();
  auto view = std::make_shared<JobBlock>();
  view->vectors = vectors;
  view->facts.reserve(rows_per_block);
  *slot = Block{std::move(vectors), std::move(view), 0, false};
  tail_ = static_cast<std::size_t>(slot - blocks_.begin());
  // While it was the last one it was spared; now it counts like any other.
  if (full < blocks_.size() && full != tail_ && blocks_[full].dead * 2 > rows_per_block)
    empty_block(full);
  return blocks_[tail_];
}

void JobIndex::append(const JobFacts& facts, const float* folded) {
  auto& block = tail_with_room();
  auto& view = writable(block);
  std::copy_n(folded, folded_dimensions, block.vectors->row(view.facts.size()));
  where_[facts.id] = {tail_, view.facts.size()};
  view.facts.push_back(facts);
}

void JobIndex::kill(Location where) {
  auto& block = blocks_[where.block];
  writable(block).facts[where.row].live = false;
  ++block.dead;
  if (where.block != tail_ && block.dead * 2 > rows_per_block)
    empty_block(where.block);
}

void JobIndex::empty_block(std::size_t index) {
  auto vectors = std::move(blocks_[index].vectors);
  auto view = std::move(blocks_[index].view);
  blocks_[index] = Block{};
  for (std::size_t row = 0; row < view->facts.size(); ++row)
    if (view->facts[row].live)
      append(view->facts[row], vectors->row(row));
}

void JobIndex::changed() {
  snapshot_.reset();
  ++version_;
}

Done JobIndex::put(const Job& job, const JobVectors& vectors) {
  return put(facts_of(job), vectors);
}

Done JobIndex::put(const JobFacts& given, const JobVectors& vectors) {
  for (const auto& [vector, name] : {std::pair{&vectors.description, "description"},
                                     std::pair{&vectors.requirements, "requirements"}})
    if (auto good = check_embedding(*vector, name); !good)
      return good;
  std::vector<float> folded(folded_dimensions);
  auto facts = given;
  facts.live = true;
  facts.has_vectors = fold(vectors, std::span<float, folded_dimensions>{folded});

  std::lock_guard lock{mutex_};
  auto found = where_.find(facts.id);
  if (found != where_.end() && !facts.has_vectors) {
    auto at = found->second;
    auto& row = writable(blocks_[at.block]).facts[at.row];
    facts.has_vectors = row.has_vectors;
    row = facts;
    changed();
    return {};
  }
  if (found == where_.end() && where_.size() >= jobs_max_)
    return fail(Errc::too_large, "the index holds " + std::to_string(jobs_max_) +
                                   " jobs and is full (matching.jobs_in_memory_max)");
  if (found != where_.end()) {
    // Out of the map first: emptying the old row's block must not bring it back.
    auto at = found->second;
    where_.erase(found);
    kill(at);
  }
  append(facts, folded.data());
  changed();
  return {};
}

bool JobIndex::remove(JobId id) {
  std::lock_guard lock{mutex_};
  auto found = where_.find(id);
  if (found == where_.end())
    return false;
  auto at = found->second;
  where_.erase(found);
  kill(at);
  changed();
  return true;
}

bool JobIndex::contains(JobId id) const {
  std::lock_guard lock{mutex_};
  return where_.contains(id);
}

std::size_t JobIndex::size() const {
  std::lock_guard lock{mutex_};
  return where_.size();
}

std::size_t JobIndex::bytes() const {
  std::lock_guard lock{mutex_};
  std::size_t bytes = 0;
  for (const auto& block : blocks_)
    if (block.view)
      bytes += block_bytes + block.view->facts.capacity() * sizeof(JobFacts);
  return bytes;
}

void JobIndex::compact() {
  std::lock_guard lock{mutex_};
  auto old = std::move(blocks_);
  blocks_.clear();
  tail_ = 0;
  for (auto& block : old) {
    for (std::size_t row = 0; block.view && row < block.view->facts.size(); ++row)
      if (block.view->facts[row].live)
        append(block.view->facts[row], block.vectors->row(row));
    block = Block{};  // gives its memory back before the next one is copied
  }
  changed();
}

std::shared_ptr<const Snapshot> JobIndex::snapshot() const {
  std::lock_guard lock{mutex_};
  if (!snapshot_) {
    auto fresh = std::make_shared<Snapshot>();
    for (auto& block : blocks_)
      if (block.view && block.view->facts.size() > block.dead) {
        block.published = true;
        fresh->blocks.push_back(block.view);
      }
    fresh->jobs = where_.size();
    fresh->version = version_;
    snapshot_ = std::move(fresh);
  }
  return snapshot_;
}

}  // namespace jobraker::matching
