#include "actors/matching/core/halving.hpp"

#include <algorithm>

namespace jobraker::matching {

Halving::Halving(std::size_t count, std::size_t lot_max) {
  lot_max = std::max<std::size_t>(lot_max, 1);
  for (std::size_t begin = 0; begin < count; begin += lot_max)
    open_.push_back({begin, std::min(begin + lot_max, count)});
  std::reverse(open_.begin(), open_.end());
}

std::optional<Lot> Halving::next() const {
  if (open_.empty())
    return std::nullopt;
  return open_.back();
}

void Halving::taken() { open_.pop_back(); }

bool Halving::refused() {
  auto lot = open_.back();
  open_.pop_back();
  if (lot.size() <= 1)
    return true;
  auto middle = lot.begin + lot.size() / 2;
  open_.push_back({middle, lot.end});
  open_.push_back({lot.begin, middle});
  return false;
}

}  // namespace jobraker::matching
