#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace jobraker {

/// The JSON and SQL spellings of an enum's values, in order of declaration. Specialise for each
/// enum: `template <> inline constexpr std::string_view enum_names<Role>[] = {"seeker", …};`
template <class E>
inline constexpr std::string_view enum_names[] = {""};

template <class E>
concept NamedEnum = std::is_enum_v<E> && requires { requires !enum_names<E>[0].empty(); };

/// The spelling of a value.
template <NamedEnum E>
constexpr std::string_view name_of(E value) {
  return enum_names<E>[static_cast<std::size_t>(value)];
}

/// The value spelled `text`, exactly.
template <NamedEnum E>
constexpr std::optional<E> enum_from(std::string_view text) {
  for (std::size_t i = 0; i < std::size(enum_names<E>); ++i)
    if (enum_names<E>[i] == text)
      return static_cast<E>(i);
  return std::nullopt;
}

}  // namespace jobraker
