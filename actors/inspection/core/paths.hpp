#pragma once

#include <string>
#include <string_view>

namespace jobraker::inspection {

/// A place as it is written in the tree: one slash before, none behind; `/` is the root.
std::string normal_path(std::string_view path);

/// Whether an actor's path is `place` or below it. `place` is normal.
bool is_under(std::string_view path, std::string_view place) noexcept;

/// The place above: of `/users/42` it is `/users`, of `/users` and `/` it is `/`.
std::string_view parent_of(std::string_view path) noexcept;

}  // namespace jobraker::inspection
