#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string_view>

namespace jobraker {

/// At most `calls` in any span of `length`.
struct QuotaWindow {
  std::string_view name;
  std::chrono::seconds length;
  std::int64_t calls;
  bool operator==(const QuotaWindow&) const = default;
};

/// The four limits of an Adzuna key, shortest first. Defaults: Adzuna's terms for a default key.
/// Every call counts, also failed and repeated ones.
constexpr std::array<QuotaWindow, 4> adzuna_quota(std::int64_t per_minute = 25,
                                                  std::int64_t per_day = 250,
                                                  std::int64_t per_week = 1000,
                                                  std::int64_t per_month = 2500) {
  using namespace std::chrono;
  return {{{"minute", minutes{1}, per_minute},
           {"day", hours{24}, per_day},
           {"week", hours{24 * 7}, per_week},
           {"month", hours{24 * 30}, per_month}}};
}

}  // namespace jobraker
