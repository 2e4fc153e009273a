#include "actors/operation/core/probes.hpp"

namespace jobraker::operation {

void Probes::came(Time now) noexcept {
  if (last_)
    interval_ = now - *last_;
  last_ = now;
}

std::optional<Probes::Time> Probes::expected_until(Time now) const noexcept {
  if (!last_ || !interval_)
    return std::nullopt;
  const auto until = *last_ + *interval_ + *interval_ / 2;
  return until > now ? std::optional{until} : std::nullopt;
}

}  // namespace jobraker::operation
