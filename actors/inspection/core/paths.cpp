#include "actors/inspection/core/paths.hpp"

namespace jobraker::inspection {

std::string normal_path(std::string_view path) {
  while (!path.empty() && path.front() == '/')
    path.remove_prefix(1);
  while (!path.empty() && path.back() == '/')
    path.remove_suffix(1);
  return "/" + std::string{path};
}

bool is_under(std::string_view path, std::string_view place) noexcept {
  if (place.size() <= 1)
    return true;
  return path.starts_with(place) && (path.size() == place.size() || path[place.size()] == '/');
}

std::string_view parent_of(std::string_view path) noexcept {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos || slash == 0 ? std::string_view{"/"}
                                                       : path.substr(0, slash);
}

}  // namespace jobraker::inspection
