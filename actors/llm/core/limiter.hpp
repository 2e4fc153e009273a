#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "actors/llm/core/moment.hpp"
#include "config/llm_tables.hpp"

namespace jobraker::llm {

/// What a provider's headers say of one kind of limit. Nothing, 0 or less (Azure sends -1) means
/// that it said nothing.
struct ProviderLimit {
  std::optional<std::int64_t> limit{};               ///< a minute
  std::optional<std::int64_t> remaining{};           ///< 0 is a statement here
  std::optional<std::chrono::milliseconds> reset{};  ///< until it is whole again, from now
};

/// What a response's headers say of the limits.
struct ProviderLimits {
  ProviderLimit requests{};
  ProviderLimit tokens{};
};

/// A bucket that holds a sixth of the minute's limit and is refilled continuously with the rest, so
/// that no minute sees more than the limit: a burst of `capacity` and 60 s of refill together are
/// `limit`. Exact integer arithmetic in limit-microseconds.
class Bucket {
public:
  /// Full. `per_minute` 0: no limit at all.
  explicit Bucket(std::int64_t per_minute = 0) noexcept;

  /// How long until `amount` could be taken; zero: now. An amount above the capacity (it is taken
  /// for at most the limit) needs a full bucket and leaves it in debt.
  std::chrono::microseconds wait(std::int64_t amount, Moment now) noexcept;
  /// Takes without asking; what is missing becomes debt.
  void take(std::int64_t amount, Moment now) noexcept;
  /// Puts back what was taken and not used, up to full; a negative amount is taken.
  void put_back(std::int64_t amount, Moment now) noexcept;
  /// A new limit, from now on; what is in the bucket stays, as far as it fits.
  void set_limit(std::int64_t per_minute, Moment now) noexcept;
  /// Somebody else used up the rest: no more than `left` is there.
  void at_most(std::int64_t left, Moment now) noexcept;

  std::int64_t limit() const noexcept { return limit_; }
  std::int64_t capacity() const noexcept;

private:
  void refill(Moment now) noexcept;
  std::int64_t rate() const noexcept;  ///< a minute

  std::int64_t limit_ = 0;
  std::int64_t level_ = 0;  ///< amount times the microseconds of a minute; negative: debt
  Moment at_{};
  bool started_ = false;
};

/// Requests and tokens a minute of one model. Time is a value; moments never go back (an earlier
/// one counts as the latest seen).
class Limiter {
public:
  explicit Limiter(std::int64_t requests_per_minute = 0,
                   std::int64_t tokens_per_minute = 0) noexcept;

  /// Zero: admitted, and one request and `tokens` (expected, in and out) are charged. Otherwise
  /// nothing is charged, and this long from now it is worth asking again. Over any minute what is
  /// admitted stays within both limits; only a call larger than a sixth of the minute's tokens can
  /// push that minute over the configured limit, by less than its own size, and never over what a
  /// provider's bucket of the same limit would let through.
  std::chrono::milliseconds take(std::int64_t tokens, Moment now) noexcept;

  /// The call has ended: `reserved` is what `take` was asked for, `used` the truth.
  void settle(std::int64_t reserved, std::int64_t used, Moment now) noexcept;

  /// The call was never sent: tokens and request are given back.
  void give_back(std::int64_t reserved, Moment now) noexcept;

  /// Corrects limits and what is left by what the provider says; never upwards what is left.
  void learn(const ProviderLimits& said, Moment now) noexcept;

  /// `Retry-After`: nothing is admitted before `now + wait` (at most an hour).
  void block(std::chrono::milliseconds wait, Moment now) noexcept;

  /// "Slow down": half of both limits for 15 minutes from now on; repeating it extends the time.
  void slow_down(Moment now) noexcept;

  /// The limits in force now (halved while slowed down); 0: none.
  std::int64_t requests_per_minute() const noexcept { return requests_.limit(); }
  std::int64_t tokens_per_minute() const noexcept { return tokens_.limit(); }

private:
  void apply_limits(Moment now) noexcept;
  void advance(Moment now) noexcept;

  Bucket requests_{};
  Bucket tokens_{};
  std::int64_t requests_limit_ = 0;  ///< not halved
  std::int64_t tokens_limit_ = 0;
  std::optional<Moment> blocked_until_{};
  std::optional<Moment> slow_until_{};
  Moment latest_{};
};

}  // namespace jobraker::llm
