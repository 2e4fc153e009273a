#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "messages/json.hpp"
#include "messages/result.hpp"

namespace jobraker::sandbox {

/// What a key may use of one model in a minute.
struct RateLimit {
  std::uint64_t requests = 30'000;
  std::uint64_t tokens = 150'000'000;
};

/// One allowance as the headers tell it.
struct Allowance {
  std::uint64_t limit = 0;
  std::uint64_t remaining = 0;
  std::chrono::milliseconds reset{0};  ///< until it is full again
};

/// What was decided of one call.
struct Admission {
  bool admitted = true;
  bool never = false;      ///< more tokens than a whole minute has
  bool by_tokens = false;  ///< which of the two was short
  std::chrono::milliseconds wait{0};
  Allowance requests, tokens;
};

/// Requests and tokens a minute by key and model: buckets that fill evenly and are full at first,
/// which is how OpenAI's and Anthropic's limits behave. Time comes in. Safe from several threads.
class Limits {
public:
  using Clock = std::chrono::steady_clock;

  explicit Limits(RateLimit usual) : usual_{usual}, first_{usual} {}

  /// Takes one request and `tokens` from the buckets of this key and model, or nothing.
  Admission take(std::uint64_t key, std::string_view model, std::uint64_t tokens,
                 Clock::time_point now);

  /// Sets a model's limit, or everybody's when `model` is empty. Buckets start full.
  void set(std::string_view model, RateLimit limit);
  /// As the command line said.
  void reset();
  RateLimit of(std::string_view model) const;
  /// `{"default":{…},"models":{…}}`
  std::string to_json() const;

private:
  struct Bucket {
    double requests = 0, tokens = 0;
    Clock::time_point at{};
  };
  RateLimit limit_of(std::string_view model) const;

  mutable std::mutex mutex_;
  RateLimit usual_;
  const RateLimit first_;
  std::map<std::string, RateLimit, std::less<>> models_;
  std::map<std::pair<std::uint64_t, std::string>, Bucket> buckets_;
};

/// A duration as OpenAI's headers write it: `20ms`, `7.66s`, `6m0s`, `1h2m3s`.
std::string go_duration(std::chrono::milliseconds duration);

}  // namespace jobraker::sandbox
