#include "actors/events/core/outbox_cursor.hpp"

#include <algorithm>
#include <utility>

namespace jobraker::events {

OutboxRead OutboxCursor::next() {
  reading_ = true;
  gone_since_.clear();
  OutboxRead read;
  read.epoch = epoch_;
  read.after = after_;
  for (const auto& [seq, xmax] : gaps_)
    read.gaps.push_back(seq);
  return read;
}

std::vector<std::int64_t> OutboxCursor::found(const OutboxRead& read, const OutboxFound& found) {
  std::vector<std::int64_t> fresh;
  const auto gone = std::exchange(gone_since_, {});
  reading_ = false;
  if (read.epoch != epoch_)
    return fresh;
  for (auto seq : found.seqs) {
    gaps_.erase(seq);
    if (!gone.contains(seq) && in_hand_.insert(seq).second)
      fresh.push_back(seq);
  }
  // Asked for, not there, and nobody is left who could bring it: rolled back.
  std::erase_if(gaps_, [&](const auto& gap) { return gap.second <= found.xmin; });
  if (!settled_)
    settle(found);
  if (settled_)
    advance(found);
  return fresh;
}

/// Where too much is missing to remember it (at first: everything below the first number found),
/// reads begin below it until everybody who wrote at that time has ended.
void OutboxCursor::settle(const OutboxFound& found) {
  if (!begin_ && !found.seqs.empty())
    begin_ = Begin{found.seqs.back(), found.xmax};
  if (!begin_ || found.xmin < begin_->xmax)
    return;
  settled_ = true;
  // A limited read may not have come as far as the first one.
  auto covered = found.seqs.empty() ? begin_->top : std::min(begin_->top, found.seqs.back());
  after_ = std::max(after_, covered);
}

void OutboxCursor::advance(const OutboxFound& found) {
  for (auto seq : found.seqs) {
    if (seq <= after_)
      continue;
    auto missing = static_cast<std::size_t>(seq - after_ - 1);
    if (gaps_.size() + missing > gaps_max_) {
      begin_ = Begin{found.seqs.back(), found.xmax};
      settled_ = false;
      return;
    }
    for (auto gap = after_ + 1; gap < seq; ++gap)
      gaps_.emplace(gap, found.xmax);
    after_ = seq;
  }
}

void OutboxCursor::removed(const std::vector<std::int64_t>& seqs) {
  for (auto seq : seqs)
    in_hand_.erase(seq);
  if (reading_)
    gone_since_.insert(seqs.begin(), seqs.end());
}

void OutboxCursor::forget_all_but(const std::set<std::int64_t>& kept) {
  std::erase_if(in_hand_, [&](auto seq) { return !kept.contains(seq); });
  after_ = 0;
  gaps_.clear();
  begin_.reset();
  settled_ = false;
  ++epoch_;
}

}  // namespace jobraker::events
