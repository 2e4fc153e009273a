#include "actors/system/type_names.hpp"

#include <cstdlib>
#include <memory>
#include <mutex>
#include <unordered_map>

#include <cxxabi.h>

namespace jobraker {
namespace {

struct Sizes {
  std::mutex mutex;
  std::unordered_map<std::string_view, std::size_t> of;  // keys have static storage
};
Sizes& sizes() {
  static auto* known = new Sizes;
  return *known;
}

}  // namespace

void detail::note_message_size(const char* mangled, std::size_t bytes) {
  auto& known = sizes();
  std::lock_guard guard{known.mutex};
  known.of.emplace(mangled, bytes);
}

std::size_t message_size(std::string_view mangled) {
  auto& known = sizes();
  std::lock_guard guard{known.mutex};
  const auto size = known.of.find(mangled);
  return size == known.of.end() ? 0 : size->second;
}

std::string message_type_name(std::string_view mangled) {
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> name{
    abi::__cxa_demangle(std::string{mangled}.c_str(), nullptr, nullptr, &status), &std::free};
  // A single letter demangles to a built-in type; CAF's own names are readable already.
  std::string out{status == 0 && mangled.size() > 1 ? std::string_view{name.get()} : mangled};
  for (const std::string_view ours : {"jobraker::", "(anonymous namespace)::"})
    for (auto at = out.find(ours); at != std::string::npos; at = out.find(ours))
      out.erase(at, ours.size());
  return out;
}

}  // namespace jobraker
