#pragma once

#include <charconv>
#include <cstddef>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "messages/enums.hpp"
#include "messages/ids.hpp"
#include "messages/matching.hpp"
#include "messages/time.hpp"
#include "storage/params.hpp"

namespace jobraker::storage {

/// A column does not hold what the program believes it holds: a fault in a statement or a
/// migration, never the outcome of input.
struct BadColumn : std::logic_error {
  using std::logic_error::logic_error;
};

namespace detail {

bool parse_bool(std::string_view text);
Time parse_timestamptz(std::string_view text);
Uuid parse_uuid_column(std::string_view text);
Bytes parse_bytea(std::string_view text);
/// From the bytes of `halfvec_send(…)`, which is how statements select an embedding.
Embedding parse_embedding(std::string_view text);
/// The elements of an array's text form; NULL elements read as empty.
std::vector<std::string> parse_array(std::string_view text);
[[noreturn]] void bad_column(std::string_view type, std::string_view text);

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;
template <class T>
inline constexpr bool is_vector = false;
template <class T>
inline constexpr bool is_vector<std::vector<T>> = true;
template <class T>
inline constexpr bool is_id = false;
template <class Tag>
inline constexpr bool is_id<Id<Tag>> = true;

template <class T>
T parse(std::string_view text) {
  if constexpr (std::is_same_v<T, bool>) {
    return parse_bool(text);
  } else if constexpr (std::is_arithmetic_v<T>) {
    T value{};
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size())
      bad_column("number", text);
    return value;
  } else if constexpr (std::is_same_v<T, std::string>) {
    return std::string{text};
  } else if constexpr (std::is_same_v<T, std::string_view>) {
    return text;
  } else if constexpr (std::is_same_v<T, Time>) {
    return parse_timestamptz(text);
  } else if constexpr (std::is_same_v<T, Uuid>) {
    return parse_uuid_column(text);
  } else if constexpr (is_id<T>) {
    return T{parse_uuid_column(text)};
  } else if constexpr (std::is_same_v<T, Bytes>) {
    return parse_bytea(text);
  } else if constexpr (std::is_same_v<T, Embedding>) {
    return parse_embedding(text);
  } else if constexpr (NamedEnum<T>) {
    auto value = enum_from<T>(text);
    if (!value)
      bad_column("enum", text);
    return *value;
  } else {
    static_assert(is_vector<T>, "no column type reads as this");
    T list;
    for (auto& element : parse_array(text))
      list.push_back(parse<typename T::value_type>(element));
    return list;
  }
}

}  // namespace detail

/// One row of an answer; valid while its `Rows` live.
class Row {
public:
  /// The column as T. NULL reads as an empty optional, string, list or embedding; for any other T,
  /// and for text that is no T, BadColumn is thrown.
  template <class T>
  T get(std::size_t column) const {
    auto text = raw(column);
    if constexpr (detail::is_optional<T>) {
      if (!text)
        return std::nullopt;
      return detail::parse<typename T::value_type>(*text);
    } else {
      if (text)
        return detail::parse<T>(*text);
      if constexpr (std::is_same_v<T, std::string> || detail::is_vector<T>)
        return T{};
      else
        detail::bad_column("value", "NULL");
    }
  }

  /// The same by the column's name.
  template <class T>
  T get(std::string_view column) const {
    return get<T>(index(column));
  }

  /// Reads columns `first`, `first + 1`, … into the arguments, in order.
  template <class... T>
  void read_from(std::size_t first, T&... out) const {
    ((out = get<T>(first++)), ...);
  }
  /// Reads the first columns into the arguments, in order.
  template <class... T>
  void read(T&... out) const {
    read_from(0, out...);
  }

  /// The column's text, nullopt for NULL; valid while the Rows live.
  std::optional<std::string_view> raw(std::size_t column) const;

private:
  friend class Rows;
  Row(const void* result, std::size_t row) : result_(result), row_(row) {}
  std::size_t index(std::string_view column) const;

  const void* result_;
  std::size_t row_;
};

/// What a statement answered. Cheap to copy; the copies share the rows.
class Rows {
public:
  Rows() = default;
  /// Takes over a libpq result; only `storage/pq` calls this.
  explicit Rows(std::shared_ptr<const void> result);

  std::size_t size() const noexcept { return size_; }
  bool empty() const noexcept { return size_ == 0; }
  Row operator[](std::size_t row) const { return Row{result_.get(), row}; }
  Row front() const { return (*this)[0]; }
  /// How many rows an INSERT, UPDATE or DELETE touched, or a SELECT returned.
  std::size_t affected() const;
  /// The command tag's first word, e.g. `INSERT`, `COMMIT`.
  std::string_view command() const;

  /// For range-for.
  class Iterator {
  public:
    Iterator(const Rows& rows, std::size_t row) : rows_(&rows), row_(row) {}
    Row operator*() const { return (*rows_)[row_]; }
    Iterator& operator++() {
      ++row_;
      return *this;
    }
    bool operator==(const Iterator& other) const { return row_ == other.row_; }

  private:
    const Rows* rows_;
    std::size_t row_;
  };
  Iterator begin() const { return {*this, 0}; }
  Iterator end() const { return {*this, size_}; }

private:
  std::shared_ptr<const void> result_;
  std::size_t size_ = 0;
};

}  // namespace jobraker::storage
