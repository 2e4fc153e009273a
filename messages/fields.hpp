#pragma once

#include <cstddef>
#include <limits>
#include <string_view>
#include <tuple>

namespace jobraker {

/// What a value must keep to when it is read from JSON. The same rules are published as JSON
/// Schema.
struct FieldRules {
  bool required = true;  ///< optionals and lists marked false keep their default when absent
  std::size_t max_length = 2000;  ///< of a string, in bytes; of each string in a list
  std::size_t max_items = 200;    ///< of a list
  double min = -std::numeric_limits<double>::infinity();  ///< of a number
  double max = std::numeric_limits<double>::infinity();
  std::size_t min_length = 0;  ///< of a string
};

/// One member of a message: its JSON name, where it lives, and its rules.
template <class Owner, class T>
struct Field {
  using value_type = T;
  std::string_view name;
  T Owner::*member;
  FieldRules rules;
};

/// `field("title", &Job::title, {.max_length = 300})`
template <class Owner, class T>
constexpr Field<Owner, T> field(std::string_view name, T Owner::*member, FieldRules rules = {}) {
  return {name, member, rules};
}

/// A member that may be left out.
template <class Owner, class T>
constexpr Field<Owner, T> optional_field(std::string_view name, T Owner::*member,
                                         FieldRules rules = {}) {
  rules.required = false;
  return {name, member, rules};
}

/// A type that describes itself: `static constexpr auto type_name` and `static constexpr auto
/// fields()`.
template <class T>
concept Described = requires {
  std::string_view{T::type_name};
  T::fields();
};

}  // namespace jobraker
