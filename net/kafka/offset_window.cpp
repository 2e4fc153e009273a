#include "net/kafka/offset_window.hpp"

#include <algorithm>

namespace jobraker::net::kafka {

void OffsetWindow::hand(std::int64_t offset) {
  if (last_ && offset <= *last_)
    *this = OffsetWindow{};
  records_.push_back({offset, false});
  last_ = offset;
  ++unfinished_;
}

bool OffsetWindow::finish(std::int64_t offset) {
  auto at =
    std::lower_bound(records_.begin(), records_.end(), offset,
                     [](const Entry& entry, std::int64_t wanted) { return entry.offset < wanted; });
  if (at == records_.end() || at->offset != offset || at->finished)
    return false;
  at->finished = true;
  --unfinished_;
  while (!records_.empty() && records_.front().finished) {
    after_ = records_.front().offset + 1;
    records_.pop_front();
  }
  return true;
}

std::optional<std::int64_t> OffsetWindow::position() const {
  return records_.empty() ? after_ : records_.front().offset;
}

std::optional<std::int64_t> OffsetWindow::take_progress() {
  if (after_ == taken_)
    return std::nullopt;
  taken_ = after_;
  return after_;
}

}  // namespace jobraker::net::kafka
