#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "config/llm_tables.hpp"

/// What calls of models have come to since the process began, for those who watch it: no ids, no
/// texts, and as many different names as there are operations and models.
namespace jobraker::llm {

// Bounds as OpenTelemetry's semantic conventions for generative AI advise them.
inline constexpr std::array<double, 14> call_seconds_bounds{
  0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92};
inline constexpr std::array<double, 14> call_tokens_bounds{
  1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864};

/// Sizes by these bounds; the last count is of what is above all of them.
struct CallSizes {
  std::array<std::uint64_t, 15> counts{};
  double sum = 0;
  void count(double size, const std::array<double, 14>& bounds) noexcept;
};

/// One attempt, or one answer from the cache.
struct CallSeen {
  std::string_view operation{};
  std::string_view provider{};
  std::string_view model{};
  ModelKind kind = ModelKind::chat;
  std::string_view outcome{};  ///< a word of few; `ok` when it went well
  bool cache_hit = false;      ///< nobody was asked
  bool failed = false;
  std::int64_t tokens_in = 0;
  std::int64_t tokens_cached = 0;
  std::int64_t tokens_out = 0;
  std::int64_t cost_nano = 0;
  double seconds = 0;
  std::optional<double> first_token_seconds{};
};

struct CallKey {
  std::string operation{};
  std::string provider{};
  std::string model{};
  auto operator<=>(const CallKey&) const = default;
};

/// All attempts of one operation on one model.
struct CallSums {
  ModelKind kind = ModelKind::chat;
  std::map<std::string, std::uint64_t, std::less<>> outcomes{};
  std::uint64_t cache_hits = 0;
  CallSizes tokens_in{};
  CallSizes tokens_out{};
  std::uint64_t tokens_cached = 0;
  std::int64_t cost_nano = 0;
  CallSizes seconds_good{};
  CallSizes seconds_failed{};
  CallSizes first_token{};
};

/// Counts calls. From any thread.
class CallFigures {
public:
  /// Of that many keys and outcomes each is kept; what comes then counts as `other`.
  static constexpr std::size_t keys_max = 200, outcomes_max = 30;

  void count(const CallSeen& seen);

  std::map<CallKey, CallSums> sums() const;
  /// Whether the last attempt to reach each provider went well; none where nobody has tried.
  std::map<std::string, bool> reachable() const;

private:
  mutable std::mutex mutex_;
  std::map<CallKey, CallSums> sums_;
  std::map<std::string, bool> reachable_;
};

/// Those of this process.
CallFigures& call_figures();

}  // namespace jobraker::llm
