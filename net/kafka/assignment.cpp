#include "net/kafka/assignment.hpp"

namespace jobraker::net::kafka {

void Assignment::add(const TopicPartition& partition) {
  remove(partition);
  slots_[partition].epoch = ++epochs_;
  due_ = due_ || stalled_;
}

bool Assignment::remove(const TopicPartition& partition) {
  const auto found = slots_.find(partition);
  if (found == slots_.end())
    return false;
  const bool paused = found->second.paused;
  unfinished_ -= found->second.window.unfinished();
  slots_.erase(found);
  due_ = due_ || (stalled_ && unfinished_ <= handed_max_ / 2);
  return paused;
}

std::optional<std::uint64_t> Assignment::hand(const TopicPartition& partition,
                                              std::int64_t offset) {
  const auto found = slots_.find(partition);
  if (found == slots_.end())
    return std::nullopt;
  auto& slot = found->second;
  // The window may forget when offsets go back.
  unfinished_ -= slot.window.unfinished();
  slot.window.hand(offset);
  unfinished_ += slot.window.unfinished();
  due_ = due_ || (!slot.full && slot.window.size() >= window_max_);
  return slot.epoch;
}

bool Assignment::finish(const TopicPartition& partition, std::int64_t offset) {
  const auto found = slots_.find(partition);
  if (found == slots_.end() || !found->second.window.finish(offset))
    return false;
  --unfinished_;
  due_ = due_ || (stalled_ && unfinished_ <= handed_max_ / 2) ||
         (found->second.full && found->second.window.size() <= window_max_ / 2);
  return true;
}

std::vector<Assignment::Position> Assignment::take_progress() {
  std::vector<Position> progress;
  for (auto& [partition, slot] : slots_)
    if (const auto offset = slot.window.take_progress())
      progress.push_back({partition, *offset});
  return progress;
}

Assignment::Turn Assignment::turn() {
  due_ = false;
  stalled_ = stalled_ && unfinished_ > handed_max_ / 2;
  Turn turn;
  for (auto& [partition, slot] : slots_) {
    const auto size = slot.window.size();
    slot.full = slot.full ? size > window_max_ / 2 : size >= window_max_;
    const bool pause = stalled_ || slot.full;
    if (pause == slot.paused)
      continue;
    slot.paused = pause;
    (pause ? turn.pause : turn.resume).push_back(partition);
  }
  return turn;
}

std::vector<Assignment::Position> Assignment::positions() const {
  std::vector<Position> positions;
  for (const auto& [partition, slot] : slots_)
    positions.push_back({partition, slot.window.position().value_or(-1)});
  return positions;
}

}  // namespace jobraker::net::kafka
