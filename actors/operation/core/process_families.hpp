#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "actors/operation/core/family.hpp"

namespace jobraker::operation {

/// What the kernel says of this process (proc(5)). What cannot be read is left out.
struct ProcessReading {
  std::optional<std::uint64_t> resident_bytes{};
  std::optional<std::uint64_t> virtual_bytes{};
  std::optional<double> cpu_seconds{};    ///< of all threads, in user and kernel mode
  std::optional<double> start_seconds{};  ///< Unix time
  std::optional<std::uint64_t> threads{};
  std::optional<std::uint64_t> open_fds{};
  std::optional<std::uint64_t> max_fds{};
};

/// What `/proc/self/stat` holds, with the clock's ticks a second, the size of a page in bytes and
/// the machine's boot time (Unix time, `btime` of `/proc/stat`). The name in it may hold anything,
/// parentheses and spaces included. Text that is none of that gives a reading without figures.
ProcessReading parse_stat(std::string_view stat, double ticks_per_second, std::uint64_t page_bytes,
                          std::optional<double> boot_seconds);

/// Under the names that all of Prometheus' client libraries use (`process_…`).
void add_families(Families& families, const ProcessReading& process);

}  // namespace jobraker::operation
