#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "messages/enums.hpp"
#include "messages/ids.hpp"
#include "messages/matching.hpp"
#include "messages/time.hpp"

namespace jobraker::storage {

/// Raw bytes, a `bytea`.
struct Bytes {
  std::string data{};
  auto operator<=>(const Bytes&) const = default;
};

/// The values of one statement, `$1` first: `{user, title, std::optional<int>{}}`. Nothing is ever
/// spliced into SQL. An empty embedding is bound as NULL; a vector of anything else is an array.
class Params {
public:
  Params() = default;
  /// Not explicit, so that a call reads `query(sql, {id, name})`.
  template <class... T>
    requires(sizeof...(T) > 0 && !(sizeof...(T) == 1 && (std::is_same_v<T, Params> && ...)))
  Params(const T&... values) {
    items_.reserve(sizeof...(T));
    (add(values), ...);
  }

  /// Appends one value.
  template <class T>
  Params& add(const T& value) {
    if constexpr (std::is_same_v<T, Embedding>) {
      add_embedding(value);
    } else if constexpr (std::is_same_v<T, Bytes>) {
      add_bytes(value);
    } else if constexpr (requires { value.has_value(); }) {
      if (value)
        add(*value);
      else
        add_null();
    } else if constexpr (requires { typename T::value_type; } &&
                         !std::is_convertible_v<const T&, std::string_view>) {
      std::string list = "{";
      for (const auto& element : value) {
        if (list.size() > 1)
          list.push_back(',');
        append_element(list, text_of(static_cast<const typename T::value_type&>(element)));
      }
      list.push_back('}');
      add_text(list);
    } else {
      add_text(text_of(value));
    }
    return *this;
  }

  std::size_t size() const noexcept { return items_.size(); }
  /// True when a text holds a NUL byte, which PostgreSQL cannot store: the statement is
  /// Errc::invalid.
  bool has_nul() const noexcept { return has_nul_; }

  /// One bound value as libpq wants it; for `storage/pq`.
  struct Item {
    std::size_t offset;
    int length;
    bool null;
    bool binary;
  };
  const std::vector<Item>& items() const noexcept { return items_; }
  const char* data() const noexcept { return buffer_.data(); }

private:
  void add_null();
  void add_text(std::string_view text);
  void add_bytes(const Bytes& bytes);
  void add_embedding(const Embedding& embedding);
  static void append_element(std::string& list, std::string_view text);

  static std::string text_of(bool value) { return value ? "t" : "f"; }
  static std::string text_of(double value);
  static std::string text_of(float value) { return text_of(static_cast<double>(value)); }
  template <class T>
    requires(std::is_integral_v<T> && !std::is_same_v<T, bool>)
  static std::string text_of(T value) {
    return std::to_string(value);
  }
  static std::string_view text_of(std::string_view value) { return value; }
  static std::string_view text_of(const std::string& value) { return value; }
  static std::string_view text_of(const char* value) { return value; }
  static std::string text_of(const Uuid& value) { return to_string(value); }
  static std::string text_of(Time value) { return to_rfc3339(value); }
  template <class Tag>
  static std::string text_of(const Id<Tag>& value) {
    return to_string(value.uuid);
  }
  template <NamedEnum E>
  static std::string_view text_of(E value) {
    return name_of(value);
  }

  std::string buffer_;
  std::vector<Item> items_;
  bool has_nul_ = false;
};

/// A list as the text of an array literal, for `unnest` of lists of different lengths.
std::string array_literal(const std::vector<std::string>& list);

}  // namespace jobraker::storage
