#include "tools/bench/chat/ticks.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <sstream>

#include <unistd.h>

namespace jobraker::bench {

double Spread::at(double share) const {
  if (values_.empty())
    return 0;
  if (!sorted_ || !std::is_sorted(values_.begin(), values_.end()))
    std::sort(values_.begin(), values_.end());
  sorted_ = true;
  auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(values_.size())));
  return values_[std::clamp<std::size_t>(rank, 1, values_.size()) - 1];
}

std::string Spread::text() const {
  char line[128];
  std::snprintf(line, sizeof line, "p50 %.3f  p99 %.3f  max %.3f ms (%zu)", at(0.5), at(0.99),
                at(1), count());
  return line;
}

double cpu_seconds(int pid) {
  std::ifstream in("/proc/" + std::to_string(pid) + "/stat");
  std::string line;
  std::getline(in, line);
  // The name may hold blanks; it ends with the last parenthesis, and utime is the 12th field
  // behind.
  auto end = line.rfind(')');
  if (end == std::string::npos)
    return 0;
  std::istringstream fields(line.substr(end + 1));
  std::string skipped;
  for (int i = 0; i < 11; ++i)
    fields >> skipped;
  double user = 0;
  double system = 0;
  fields >> user >> system;
  return (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

Memory memory_of(int pid) {
  std::ifstream in("/proc/" + std::to_string(pid) + "/smaps_rollup");
  Memory memory;
  for (std::string line; std::getline(in, line);) {
    std::istringstream fields(line);
    std::string name;
    std::int64_t kilobytes = 0;
    fields >> name >> kilobytes;
    if (name == "Rss:")
      memory.resident = kilobytes * 1024;
    else if (name == "Anonymous:")
      memory.anonymous = kilobytes * 1024;
  }
  return memory;
}

}  // namespace jobraker::bench
