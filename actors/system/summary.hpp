#pragma once

#include <chrono>
#include <concepts>
#include <optional>
#include <string>
#include <string_view>

#include "messages/enums.hpp"
#include "messages/json.hpp"
#include "messages/time.hpp"

namespace jobraker {

/// What an actor's state tells an operator of itself, as a JSON object: ids, counts and conditions;
/// never what a person wrote or is called.
/// `std::string summary() const { return Summary{}.with("waiting", waiting.size()).text(); }`
class Summary {
public:
  Summary() { writer_.begin_object(); }

  template <class T>
  Summary& with(std::string_view name, const T& value) {
    if constexpr (std::same_as<T, bool>)
      writer_.member(name, value);
    else if constexpr (std::integral<T>)
      writer_.member(name, static_cast<std::int64_t>(value));
    else if constexpr (std::floating_point<T>)
      writer_.member(name, static_cast<double>(value));
    else if constexpr (NamedEnum<T>)
      writer_.member(name, name_of(value));
    else if constexpr (std::same_as<T, Time>)
      writer_.member(name, std::string_view{to_rfc3339(value)});
    else if constexpr (requires { value.uuid; })
      writer_.member(name, std::string_view{to_string(value)});
    else if constexpr (requires { value.has_value(); })
      value ? with(name, *value) : nothing(name);
    else
      writer_.member(name, std::string_view{value});
    return *this;
  }

  /// A word for a condition out of its list.
  template <class E, std::size_t N>
  Summary& word(std::string_view name, E value, const std::string_view (&words)[N]) {
    const auto at = static_cast<std::size_t>(value);
    return with(name, at < N ? words[at] : std::string_view{"unknown"});
  }

  /// Seconds since a moment of the steady clock; null when it never was.
  Summary& ago(std::string_view name, std::chrono::steady_clock::time_point moment) {
    if (moment == std::chrono::steady_clock::time_point{})
      return nothing(name);
    const auto passed = std::chrono::steady_clock::now() - moment;
    return with(name, std::chrono::duration<double>(passed).count());
  }

  std::string text() {
    writer_.end_object();
    return writer_.text();
  }

private:
  Summary& nothing(std::string_view name) {
    writer_.key(name).null();
    return *this;
  }

  json::Writer writer_;
};

}  // namespace jobraker
