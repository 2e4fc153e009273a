#include "actors/matching/core/row_index.hpp"

#include <algorithm>
#include <cstdlib>
#include <new>

#include "actors/matching/core/job_index.hpp"
#include "actors/matching/core/people_index.hpp"

namespace jobraker::matching {
namespace {

constexpr std::size_t block_bytes = rows_per_block * folded_dimensions * sizeof(float);
constexpr std::align_val_t alignment{64};

}  // namespace

void VectorBlock::Free::operator()(float* memory) const noexcept {
  ::operator delete[](memory, alignment);
}

VectorBlock::VectorBlock() : data_(static_cast<float*>(::operator new[](block_bytes, alignment))) {}

template <class Facts>
RowIndex<Facts>::RowIndex(std::size_t rows_max, std::string full)
    : rows_max_(rows_max), full_(std::move(full)) {}

template <class Facts>
RowBlock<Facts>& RowIndex<Facts>::writable(Block& block) {
  if (block.published) {
    block.view = std::make_shared<RowBlock<Facts>>(*block.view);
    block.published = false;
  }
  return *block.view;
}

template <class Facts>
typename RowIndex<Facts>::Block& RowIndex<Facts>::tail_with_room() {
  if (tail_ < blocks_.size() && blocks_[tail_].view &&
      blocks_[tail_].view->facts.size() < rows_per_block)
    return blocks_[tail_];
  auto full = tail_;
  auto slot = std::find_if(blocks_.begin(), blocks_.end(), [](const Block& b) { return !b.view; });
  if (slot == blocks_.end())
    slot = blocks_.insert(slot, Block{});
  auto vectors = std::make_shared<VectorBlock>();
  auto view = std::make_shared<RowBlock<Facts>>();
  view->vectors = vectors;
  view->facts.reserve(rows_per_block);
  *slot = Block{std::move(vectors), std::move(view), 0, false};
  tail_ = static_cast<std::size_t>(slot - blocks_.begin());
  // While it was the last one it was spared; now it counts like any other.
  if (full < blocks_.size() && full != tail_ && blocks_[full].dead * 2 > rows_per_block)
    empty_block(full);
  return blocks_[tail_];
}

template <class Facts>
void RowIndex<Facts>::append(const Facts& facts, const float* folded) {
  auto& block = tail_with_room();
  auto& view = writable(block);
  std::copy_n(folded, folded_dimensions, block.vectors->row(view.facts.size()));
  where_[facts.id] = {tail_, view.facts.size()};
  view.facts.push_back(facts);
}

template <class Facts>
void RowIndex<Facts>::kill(Location where) {
  auto& block = blocks_[where.block];
  writable(block).facts[where.row].live = false;
  ++block.dead;
  if (where.block != tail_ && block.dead * 2 > rows_per_block)
    empty_block(where.block);
}

template <class Facts>
void RowIndex<Facts>::empty_block(std::size_t index) {
  auto vectors = std::move(blocks_[index].vectors);
  auto view = std::move(blocks_[index].view);
  blocks_[index] = Block{};
  for (std::size_t row = 0; row < view->facts.size(); ++row)
    if (view->facts[row].live)
      append(view->facts[row], vectors->row(row));
}

template <class Facts>
void RowIndex<Facts>::changed() {
  snapshot_.reset();
  ++version_;
}

template <class Facts>
Done RowIndex<Facts>::put(Facts facts, std::span<const float> folded) {
  static const std::vector<float> nothing(folded_dimensions, 0.0f);
  facts.live = true;
  facts.has_vectors = folded.size() == folded_dimensions;

  std::lock_guard lock{mutex_};
  auto found = where_.find(facts.id);
  if (found != where_.end() && !facts.has_vectors) {
    auto at = found->second;
    auto& row = writable(blocks_[at.block]).facts[at.row];
    facts.has_vectors = row.has_vectors;
    row = std::move(facts);
    changed();
    return {};
  }
  if (found == where_.end() && where_.size() >= rows_max_)
    return fail(Errc::too_large, full_);
  if (found != where_.end()) {
    // Out of the map first: emptying the old row's block must not bring it back.
    auto at = found->second;
    where_.erase(found);
    kill(at);
  }
  append(facts, facts.has_vectors ? folded.data() : nothing.data());
  changed();
  return {};
}

template <class Facts>
bool RowIndex<Facts>::remove(const IdType& id) {
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

template <class Facts>
bool RowIndex<Facts>::contains(const IdType& id) const {
  std::lock_guard lock{mutex_};
  return where_.contains(id);
}

template <class Facts>
std::optional<Facts> RowIndex<Facts>::find(const IdType& id) const {
  std::lock_guard lock{mutex_};
  auto found = where_.find(id);
  if (found == where_.end())
    return std::nullopt;
  return blocks_[found->second.block].view->facts[found->second.row];
}

template <class Facts>
std::size_t RowIndex<Facts>::size() const {
  std::lock_guard lock{mutex_};
  return where_.size();
}

template <class Facts>
std::size_t RowIndex<Facts>::bytes() const {
  std::lock_guard lock{mutex_};
  std::size_t bytes = 0;
  for (const auto& block : blocks_)
    if (block.view)
      bytes += block_bytes + block.view->facts.capacity() * sizeof(Facts);
  return bytes;
}

template <class Facts>
void RowIndex<Facts>::compact() {
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

template <class Facts>
std::shared_ptr<const RowSnapshot<Facts>> RowIndex<Facts>::snapshot() const {
  std::lock_guard lock{mutex_};
  if (!snapshot_) {
    auto fresh = std::make_shared<RowSnapshot<Facts>>();
    for (auto& block : blocks_)
      if (block.view && block.view->facts.size() > block.dead) {
        block.published = true;
        fresh->blocks.push_back(block.view);
      }
    fresh->live = where_.size();
    fresh->version = version_;
    snapshot_ = std::move(fresh);
  }
  return snapshot_;
}

template class RowIndex<JobFacts>;
template class RowIndex<PersonFacts>;

}  // namespace jobraker::matching
