#include "actors/llm/core/breaker.hpp"

#include <algorithm>

namespace jobraker::llm {

using std::chrono::milliseconds;

std::optional<std::uint64_t> Breaker::enter(Moment now) {
  if (closed_)
    return era_;
  if (wait(now) > milliseconds{0})
    return std::nullopt;
  probe_until_ = now + rules_.probe_lease;
  return ++era_;
}

void Breaker::record(std::uint64_t pass, CallVerdict verdict, Moment now) {
  if (verdict == CallVerdict::quota || verdict == CallVerdict::missing) {
    open(verdict == CallVerdict::quota ? rules_.quota_open : rules_.missing_open, now);
    return;
  }
  if (pass != era_ || (!closed_ && !probe_until_))
    return;
  if (closed_) {
    if (verdict != CallVerdict::neutral)
      count(verdict == CallVerdict::failed, now);
    return;
  }
  if (verdict == CallVerdict::good)
    return close(now);
  if (verdict == CallVerdict::neutral) {
    probe_until_.reset();  // it proved nothing: the next call is the probe
    return;
  }
  next_open_ = std::min(std::max(next_open_, rules_.open_for) * 2, rules_.open_for_max);
  open(next_open_, now);
}

BreakerState Breaker::state(Moment now) const {
  if (closed_)
    return BreakerState::closed;
  return now < open_until_ ? BreakerState::open : BreakerState::half_open;
}

std::optional<Moment> Breaker::since(Moment now) const {
  return state(now) == BreakerState::half_open ? open_until_ : changed_;
}

milliseconds Breaker::wait(Moment now) const {
  if (closed_)
    return milliseconds{0};
  auto until = probe_until_ ? std::max(open_until_, *probe_until_) : open_until_;
  return until > now ? std::chrono::ceil<milliseconds>(until - now) : milliseconds{0};
}

void Breaker::open(milliseconds duration, Moment now) {
  if (state(now) != BreakerState::open)
    changed_ = now;
  open_until_ = closed_ ? now + duration : std::max(open_until_, now + duration);
  closed_ = false;
  probe_until_.reset();
  ended_.clear();
  failures_ = 0;
  in_a_row_ = 0;
  ++era_;
}

void Breaker::close(Moment now) {
  closed_ = true;
  changed_ = now;
  probe_until_.reset();
  next_open_ = milliseconds{0};
  ++era_;
}

void Breaker::count(bool failed, Moment now) {
  ended_.push_back({now, failed});
  failures_ += failed;
  in_a_row_ = failed ? in_a_row_ + 1 : 0;
  while (!ended_.empty() && ended_.front().at + rules_.window <= now) {
    failures_ -= ended_.front().failed;
    ended_.pop_front();
  }
  auto calls = static_cast<std::int64_t>(ended_.size());
  bool many = calls >= rules_.calls_min &&
              static_cast<double>(failures_) >= rules_.failure_ratio * static_cast<double>(calls);
  // The ratio is looked at when a call fails only: good news opens nothing.
  if (failed && (many || in_a_row_ >= rules_.consecutive)) {
    next_open_ = rules_.open_for;
    open(next_open_, now);
  }
}

}  // namespace jobraker::llm
