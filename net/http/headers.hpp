#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/http/text.hpp"

namespace jobraker::net {

/// The header fields of one message: a multi-map in order of arrival, names without case. The text
/// lies in one block that keeps its capacity, so that a reused object does not allocate. Views that
/// are handed out live until the next `add`, `set`, `remove` or `clear`.
class Headers {
public:
  Headers() = default;
  Headers(std::initializer_list<std::pair<std::string_view, std::string_view>> fields);

  /// Appends a field; others of that name stay. A value with CR, LF or NUL is not taken (it would
  /// end the field early for whoever reads the message): false is returned.
  bool add(std::string_view name, std::string_view value);
  /// Replaces all fields of that name by one.
  bool set(std::string_view name, std::string_view value);
  void remove(std::string_view name);
  void clear() noexcept;

  /// The first value of that name, or nullopt.
  std::optional<std::string_view> get(std::string_view name) const noexcept;
  /// The first value of that name, or an empty view.
  std::string_view value(std::string_view name) const noexcept;
  bool contains(std::string_view name) const noexcept { return get(name).has_value(); }
  /// All values of that name joined by ", " (RFC 9110 §5.3); nullopt when there is none.
  std::optional<std::string> combined(std::string_view name) const;

  std::size_t size() const noexcept { return fields_.size(); }
  bool empty() const noexcept { return fields_.empty(); }
  std::string_view name_at(std::size_t index) const noexcept;
  std::string_view value_at(std::size_t index) const noexcept;

private:
  struct Field {
    std::uint32_t name = 0;
    std::uint32_t name_size = 0;
    std::uint32_t value = 0;
    std::uint32_t value_size = 0;
  };
  std::string text_;
  std::vector<Field> fields_;
};

}  // namespace jobraker::net
