#include "actors/llm/core/limiter.hpp"

#include <algorithm>

namespace jobraker::llm {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::minutes;

/// One unit of a limit in the bucket's arithmetic: a unit a minute gives 1 per microsecond.
constexpr std::int64_t unit = 60'000'000;
constexpr std::int64_t limit_max = 1'000'000'000;
/// After so long any bucket is full; bounds the product of time and rate.
constexpr microseconds refill_max = minutes{10};
constexpr milliseconds block_max = std::chrono::hours{1};
constexpr auto slow_time = minutes{15};

}  // namespace

Bucket::Bucket(std::int64_t per_minute) noexcept
    : limit_(std::clamp<std::int64_t>(per_minute, 0, limit_max)) {
  level_ = capacity() * unit;
}

std::int64_t Bucket::capacity() const noexcept {
  return limit_ == 0 ? 0 : std::max<std::int64_t>(1, limit_ / 6);
}

// Within [t, t + 60 s) less than capacity + rate can be taken, which is limit + 1; amounts are
// whole, so it is at most the limit.
std::int64_t Bucket::rate() const noexcept { return limit_ - capacity() + 1; }

void Bucket::refill(Moment now) noexcept {
  if (!started_) {
    started_ = true;
    at_ = now;
  }
  if (now <= at_)
    return;
  auto passed = std::min(std::chrono::duration_cast<microseconds>(now - at_), refill_max);
  // What is less than a microsecond stays for the next time.
  at_ = passed == refill_max ? now : at_ + passed;
  level_ = std::min(level_ + passed.count() * rate(), capacity() * unit);
}

microseconds Bucket::wait(std::int64_t amount, Moment now) noexcept {
  if (limit_ == 0)
    return microseconds{0};
  refill(now);
  auto missing = std::clamp<std::int64_t>(amount, 0, capacity()) * unit - level_;
  if (missing <= 0)
    return microseconds{0};
  return microseconds{(missing + rate() - 1) / rate()};
}

void Bucket::take(std::int64_t amount, Moment now) noexcept {
  if (limit_ == 0)
    return;
  refill(now);
  level_ -= std::clamp<std::int64_t>(amount, 0, limit_) * unit;
  level_ = std::max(level_, -limit_ * unit);
}

void Bucket::put_back(std::int64_t amount, Moment now) noexcept {
  if (amount < 0)
    return take(-std::max(amount, -limit_max), now);
  if (limit_ == 0)
    return;
  refill(now);
  level_ = std::min(level_ + std::min(amount, limit_) * unit, capacity() * unit);
}

void Bucket::set_limit(std::int64_t per_minute, Moment now) noexcept {
  refill(now);
  bool none = limit_ == 0;
  limit_ = std::clamp<std::int64_t>(per_minute, 0, limit_max);
  level_ = none ? capacity() * unit : std::clamp(level_, -limit_ * unit, capacity() * unit);
}

void Bucket::at_most(std::int64_t left, Moment now) noexcept {
  refill(now);
  level_ = std::min(level_, std::clamp<std::int64_t>(left, 0, limit_) * unit);
}

Limiter::Limiter(std::int64_t requests_per_minute, std::int64_t tokens_per_minute) noexcept
    : requests_(requests_per_minute), tokens_(tokens_per_minute),
      requests_limit_(requests_.limit()), tokens_limit_(tokens_.limit()) {}

void Limiter::advance(Moment now) noexcept {
  latest_ = std::max(latest_, now);
  if (slow_until_ && latest_ >= *slow_until_) {
    slow_until_.reset();
    apply_limits(latest_);
  }
}

void Limiter::apply_limits(Moment now) noexcept {
  auto in_force = [&](std::int64_t limit) {
    return slow_until_ && limit > 0 ? std::max<std::int64_t>(1, limit / 2) : limit;
  };
  requests_.set_limit(in_force(requests_limit_), now);
  tokens_.set_limit(in_force(tokens_limit_), now);
}

milliseconds Limiter::take(std::int64_t tokens, Moment now) noexcept {
  advance(now);
  microseconds wait{0};
  if (blocked_until_ && latest_ < *blocked_until_)
    wait = std::chrono::ceil<microseconds>(*blocked_until_ - latest_);
  wait = std::max({wait, requests_.wait(1, latest_), tokens_.wait(tokens, latest_)});
  if (wait > microseconds{0})
    return std::chrono::ceil<milliseconds>(wait);
  requests_.take(1, latest_);
  tokens_.take(tokens, latest_);
  return milliseconds{0};
}

void Limiter::settle(std::int64_t reserved, std::int64_t used, Moment now) noexcept {
  advance(now);
  // A reservation above the limit was charged as the limit.
  auto charged = std::clamp<std::int64_t>(reserved, 0, tokens_.limit());
  tokens_.put_back(charged - std::clamp<std::int64_t>(used, 0, limit_max), latest_);
}

void Limiter::give_back(std::int64_t reserved, Moment now) noexcept {
  settle(reserved, 0, now);
  requests_.put_back(1, latest_);
}

namespace {

/// How long one unit takes to come back when `said.reset` is until all of it is back.
std::optional<milliseconds> per_unit(const ProviderLimit& said) {
  if (!said.limit || !said.remaining || !said.reset || *said.remaining >= *said.limit)
    return std::nullopt;
  return *said.reset / (*said.limit - *said.remaining);
}

/// Whether a header's limit is one for a minute. OpenAI gives small accounts their limit for a day
/// in the same header; the time it takes to refill tells. Anthropic rounds that time up to a
/// second.
bool of_a_minute(const ProviderLimit& said) {
  if (!per_unit(said))
    return true;
  auto reset = std::max(*said.reset - milliseconds{1000}, milliseconds{0});
  auto whole = static_cast<double>(reset.count()) * static_cast<double>(*said.limit) /
               static_cast<double>(*said.limit - *said.remaining);
  return whole <= 120'000;
}

/// What is usable of a statement: Azure sends -1 and 0 for what it does not say.
ProviderLimit cleaned(ProviderLimit said) {
  if (said.limit && *said.limit <= 0)
    said.limit.reset();
  if (said.remaining && *said.remaining < 0)
    said.remaining.reset();
  if (said.reset && *said.reset < milliseconds{0})
    said.reset.reset();
  if (!said.limit && said.remaining == 0)
    said.remaining.reset();
  return said;
}

}  // namespace

void Limiter::learn(const ProviderLimits& said, Moment now) noexcept {
  advance(now);
  struct Part {
    ProviderLimit said;
    std::int64_t& limit;
    Bucket& bucket;
  };
  Part parts[] = {{cleaned(said.requests), requests_limit_, requests_},
                  {cleaned(said.tokens), tokens_limit_, tokens_}};
  bool changed = false;
  for (auto& part : parts)
    if (part.said.limit && of_a_minute(part.said) && *part.said.limit != part.limit) {
      part.limit = std::min(*part.said.limit, limit_max);
      changed = true;
    }
  if (changed)
    apply_limits(latest_);
  for (auto& part : parts) {
    if (part.said.remaining)
      part.bucket.at_most(*part.said.remaining, latest_);
    if (part.said.remaining == 0)
      if (auto wait = per_unit(part.said))
        block(*wait, latest_);
  }
}

void Limiter::block(milliseconds wait, Moment now) noexcept {
  advance(now);
  auto until = latest_ + std::clamp(wait, milliseconds{0}, block_max);
  blocked_until_ = std::max(blocked_until_.value_or(until), until);
}

void Limiter::slow_down(Moment now) noexcept {
  advance(now);
  slow_until_ = latest_ + slow_time;
  apply_limits(latest_);
}

}  // namespace jobraker::llm
