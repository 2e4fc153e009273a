#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "messages/result.hpp"

namespace jobraker::schedules {

/// One of a cron expression's five fields.
struct CronField {
  std::string_view name;
  unsigned min;
  unsigned max;
  /// Of `min`, `min + 1`, …; lower case.
  std::span<const std::string_view> names;
};

/// What a field allows.
struct FieldValues {
  std::uint64_t mask = 0;  ///< bit n: the value n
  bool star = false;       ///< it begins with `*`
};

/// Reads one field: a list of `*`, values and ranges, `*` and ranges with a step.
Result<FieldValues> read_field(const CronField& field, std::string_view text);

}  // namespace jobraker::schedules
