#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "messages/result.hpp"

namespace jobraker::json {

/// A look at one value inside a parsed `Document`; valid while the document lives. Cheap to copy.
class View {
public:
  View() = default;

  /// False for the view of something that is not there (a missing member).
  explicit operator bool() const noexcept { return node_ != nullptr; }
  bool is_null() const noexcept;
  bool is_object() const noexcept;
  bool is_array() const noexcept;
  bool is_string() const noexcept;
  bool is_number() const noexcept;
  bool is_bool() const noexcept;

  /// The member of an object, or an empty view.
  View operator[](std::string_view key) const noexcept;
  /// Members of an object or elements of an array; 0 for everything else.
  std::size_t size() const noexcept;
  /// Element of an array, or an empty view when there is none.
  View at(std::size_t index) const noexcept;

  std::optional<std::string_view> string() const noexcept;
  std::optional<double> number() const noexcept;
  /// Integers only; 3.0 counts as 3, 3.5 does not.
  std::optional<std::int64_t> integer() const noexcept;
  std::optional<bool> boolean() const noexcept;

  /// The text, or `otherwise` when this is not a string.
  std::string string_or(std::string_view otherwise) const;

  void each_member(const std::function<void(std::string_view key, View value)>& visit) const;
  void each_element(const std::function<void(View value)>& visit) const;

  /// This value as compact JSON.
  std::string dump() const;

private:
  friend class Document;
  explicit View(const void* node) noexcept : node_(node) {}
  const void* node_ = nullptr;
};

/// Parsed JSON text (RFC 8259). Depth is bounded, so hostile nesting costs nothing but an error.
class Document {
public:
  Document(Document&&) noexcept;
  Document& operator=(Document&&) noexcept;
  ~Document();

  View root() const noexcept;

  /// Errc::malformed with the byte offset when `text` is not one JSON value in valid UTF-8,
  /// nests deeper than 64, or holds a NUL character in a string (PostgreSQL cannot store one).
  static Result<Document> parse(std::string_view text);

private:
  struct Impl;
  explicit Document(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// Writes compact JSON. Calls must nest properly; `text()` gives what has been written.
class Writer {
public:
  Writer();
  ~Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  Writer& begin_object();
  Writer& end_object();
  Writer& begin_array();
  Writer& end_array();
  Writer& key(std::string_view name);
  Writer& null();
  Writer& value(bool flag);
  Writer& value(std::int64_t number);
  /// NaN and infinities are written as null: JSON has no word for them.
  Writer& value(double number);
  /// Bytes that are not UTF-8 are replaced by U+FFFD.
  Writer& value(std::string_view text);
  Writer& value(const char* text) { return value(std::string_view{text}); }
  Writer& value(int number) { return value(static_cast<std::int64_t>(number)); }
  /// Inserts text that is already JSON.
  Writer& raw(std::string_view json);

  /// `key(name).value(v)` in one.
  template <class T>
  Writer& member(std::string_view name, const T& v) {
    return key(name).value(v);
  }

  std::string text() const;

private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Appends what `Writer::value(text)` would write, without the quotes around it: for frames that
/// are put together by hand because there is one of them for every token.
void append_escaped(std::string& out, std::string_view text);

}  // namespace jobraker::json
