#include "actors/operation/core/process_families.hpp"

#include <charconv>
#include <vector>

namespace jobraker::operation {
namespace {

// Places in /proc/self/stat behind the name in parentheses; the first, 0, is the state (proc(5)).
constexpr std::size_t user_ticks = 11, kernel_ticks = 12, thread_count = 17, start_ticks = 19,
                      virtual_size = 20, resident_pages = 21;

std::vector<std::string_view> words(std::string_view text) {
  std::vector<std::string_view> out;
  while (true) {
    const auto begin = text.find_first_not_of(" \n");
    if (begin == std::string_view::npos)
      return out;
    const auto end = std::min(text.find_first_of(" \n", begin), text.size());
    out.push_back(text.substr(begin, end - begin));
    text.remove_prefix(end);
  }
}

std::optional<std::uint64_t> number(const std::vector<std::string_view>& from, std::size_t index) {
  std::uint64_t value = 0;
  if (index >= from.size())
    return std::nullopt;
  const auto text = from[index];
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size())
    return std::nullopt;
  return value;
}

template <class T>
void maybe(Family family, const std::optional<T>& value) {
  if (value)
    family.add(*value);
}

}  // namespace

ProcessReading parse_stat(std::string_view stat, double ticks_per_second, std::uint64_t page_bytes,
                          std::optional<double> boot_seconds) {
  ProcessReading out;
  const auto name_end = stat.rfind(')');
  if (name_end == std::string_view::npos)
    return out;
  const auto fields = words(stat.substr(name_end + 1));
  out.threads = number(fields, thread_count);
  out.virtual_bytes = number(fields, virtual_size);
  if (const auto pages = number(fields, resident_pages))
    out.resident_bytes = *pages * page_bytes;
  const auto user = number(fields, user_ticks);
  const auto kernel = number(fields, kernel_ticks);
  if (user && kernel)
    out.cpu_seconds = static_cast<double>(*user + *kernel) / ticks_per_second;
  if (const auto start = number(fields, start_ticks); start && boot_seconds)
    out.start_seconds = *boot_seconds + static_cast<double>(*start) / ticks_per_second;
  return out;
}

void add_families(Families& families, const ProcessReading& process) {
  maybe(Family::counter(families, "process_cpu_seconds_total", "Processor time of all threads."),
        process.cpu_seconds);
  maybe(Family::gauge(families, "process_resident_memory_bytes", "Memory that is in use."),
        process.resident_bytes);
  maybe(Family::gauge(families, "process_virtual_memory_bytes", "Memory that is mapped."),
        process.virtual_bytes);
  maybe(Family::gauge(families, "process_start_time_seconds", "When it was started, Unix time."),
        process.start_seconds);
  maybe(Family::gauge(families, "process_threads", "Threads."), process.threads);
  maybe(Family::gauge(families, "process_open_fds", "Open file descriptors."), process.open_fds);
  maybe(Family::gauge(families, "process_max_fds", "File descriptors it may have."),
        process.max_fds);
}

}  // namespace jobraker::operation
