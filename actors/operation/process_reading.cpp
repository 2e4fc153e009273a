#include "actors/operation/process_reading.hpp"

#include <charconv>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <sys/resource.h>
#include <unistd.h>

namespace jobraker::operation {
namespace {

std::string content_of(const char* path) {
  std::ifstream file{path};
  std::ostringstream text;
  text << file.rdbuf();
  return std::move(text).str();
}

/// `btime` of /proc/stat; it never changes.
std::optional<double> boot_seconds() {
  static const auto read = []() -> std::optional<double> {
    std::ifstream file{"/proc/stat"};
    for (std::string word; file >> word;)
      if (word == "btime") {
        double seconds = 0;
        if (file >> seconds)
          return seconds;
        break;
      }
    return std::nullopt;
  }();
  return read;
}

std::optional<std::uint64_t> open_descriptors() {
  std::error_code error;
  std::filesystem::directory_iterator at{"/proc/self/fd", error};
  if (error)
    return std::nullopt;
  std::uint64_t count = 0;
  for (const std::filesystem::directory_iterator end; at != end && !error; at.increment(error))
    ++count;
  // One of them was the look itself.
  return count > 0 ? count - 1 : 0;
}

}  // namespace

ProcessReading read_process() {
  auto out = parse_stat(content_of("/proc/self/stat"), static_cast<double>(::sysconf(_SC_CLK_TCK)),
                        static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)), boot_seconds());
  out.open_fds = open_descriptors();
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0)
    out.max_fds = limit.rlim_cur;
  return out;
}

}  // namespace jobraker::operation
