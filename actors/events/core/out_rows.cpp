#include "actors/events/core/out_rows.hpp"

#include <algorithm>

namespace jobraker::events {

void OutRows::report(std::int64_t seq, Fate fate, std::string_view why, Reported& said) {
  const bool alone = open_ == 1;
  --open_;
  if (fate != Fate::told)
    said.why = why;
  if (fate == Fate::refused && (poisoned_ || !alone))
    said.suspect = std::max(said.suspect, seq);
  if (poisoned_)
    return;
  if (fate == Fate::told) {
    said.told.push_back(seq);
  } else if (fate == Fate::refused && alone) {
    said.refused.push_back(seq);
  } else {
    poisoned_ = true;
    said.again = true;
  }
}

}  // namespace jobraker::events
