#pragma once

#include <cmath>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "messages/enums.hpp"
#include "messages/fields.hpp"
#include "messages/ids.hpp"
#include "messages/json.hpp"
#include "messages/time.hpp"

/// JSON from and to described types. Everything follows from `fields()`; nothing is written by
/// hand.
namespace jobraker::json {

/// What to do with a member that the type does not have.
enum class Unknown { reject, ignore };

namespace detail {

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

/// Collects what is wrong, with the JSON pointer of where.
class Problems {
public:
  explicit Problems(Unknown unknown) : unknown(unknown) {}
  void add(std::string detail) {
    if (list.size() < 50)
      list.push_back({path, std::move(detail)});
  }
  Unknown unknown;
  std::string path;
  std::vector<FieldProblem> list;
};

std::string expected_one_of(const std::string_view* names, std::size_t count, std::string_view got);
void unknown_member(Problems& problems, std::string_view key, const std::string_view* names,
                    std::size_t count);
void check_string(Problems& problems, std::string_view text, const FieldRules& rules);
void check_number(Problems& problems, double value, const FieldRules& rules);

template <class T>
void read(View view, T& out, const FieldRules& rules, Problems& problems);

template <class T, class Fields>
void read_members(View view, T& out, const Fields& fields, Problems& problems) {
  std::apply(
    [&](const auto&... f) {
      const std::string_view names[] = {f.name...};
      view.each_member([&](std::string_view key, View) {
        for (auto name : names)
          if (name == key)
            return;
        if (problems.unknown == Unknown::reject)
          unknown_member(problems, key, names, sizeof...(f));
      });
      auto one = [&](const auto& field) {
        using V = typename std::decay_t<decltype(field)>::value_type;
        auto length = problems.path.size();
        problems.path.append("/").append(field.name);
        if (auto value = view[field.name])
          read(value, out.*field.member, field.rules, problems);
        else if (field.rules.required && !is_optional<V>)
          problems.add("is required");
        problems.path.resize(length);
      };
      (one(f), ...);
    },
    fields);
}

template <class T>
void read(View view, T& out, const FieldRules& rules, Problems& problems) {
  if constexpr (is_optional<T>) {
    if (view.is_null()) {
      out.reset();
    } else {
      typename T::value_type inner{};
      read(view, inner, rules, problems);
      out = std::move(inner);
    }
  } else if constexpr (Described<T>) {
    if (!view.is_object())
      problems.add("must be an object");
    else
      read_members(view, out, T::fields(), problems);
  } else if constexpr (is_vector<T>) {
    if (!view.is_array())
      return problems.add("must be a list");
    if (view.size() > rules.max_items)
      return problems.add("has more than " + std::to_string(rules.max_items) + " items");
    out.clear();
    out.reserve(view.size());
    auto length = problems.path.size();
    for (std::size_t i = 0; i < view.size(); ++i) {
      problems.path.append("/").append(std::to_string(i));
      typename T::value_type element{};
      read(view.at(i), element, rules, problems);
      out.push_back(std::move(element));
      problems.path.resize(length);
    }
  } else if constexpr (std::is_same_v<T, bool>) {
    if (auto flag = view.boolean())
      out = *flag;
    else
      problems.add("must be true or false");
  } else if constexpr (NamedEnum<T>) {
    auto text = view.string();
    auto value = text ? enum_from<T>(*text) : std::nullopt;
    if (value)
      out = *value;
    else
      problems.add(expected_one_of(enum_names<T>, std::size(enum_names<T>), text.value_or("")));
  } else if constexpr (std::is_integral_v<T>) {
    auto number = view.integer();
    if (!number || *number < static_cast<std::int64_t>(std::numeric_limits<T>::min()) ||
        (*number > 0 && static_cast<std::uint64_t>(*number) >
                          static_cast<std::uint64_t>(std::numeric_limits<T>::max())))
      return problems.add("must be a whole number");
    check_number(problems, static_cast<double>(*number), rules);
    out = static_cast<T>(*number);
  } else if constexpr (std::is_floating_point_v<T>) {
    auto number = view.number();
    if (!number)
      return problems.add("must be a number");
    check_number(problems, *number, rules);
    out = static_cast<T>(*number);
  } else if constexpr (std::is_same_v<T, std::string>) {
    auto text = view.string();
    if (!text)
      return problems.add("must be a string");
    check_string(problems, *text, rules);
    out = *text;
  } else if constexpr (std::is_same_v<T, Time>) {
    auto text = view.string();
    auto time = text ? parse_rfc3339(*text) : std::nullopt;
    if (!time)
      return problems.add("must be a date or date-time (RFC 3339)");
    out = *time;
  } else if constexpr (is_id<T>) {
    auto text = view.string();
    auto id = text ? T::parse(*text) : std::nullopt;
    if (!id)
      return problems.add("must be a UUID");
    out = *id;
  } else {
    static_assert(Described<T>, "no JSON form");
  }
}

}  // namespace detail

/// Writes any described value, list, optional, number, string, enum, id or time.
template <class T>
void write(Writer& writer, const T& value) {
  if constexpr (detail::is_optional<T>) {
    if (value)
      write(writer, *value);
    else
      writer.null();
  } else if constexpr (Described<T>) {
    writer.begin_object();
    std::apply(
      [&](const auto&... f) { ((writer.key(f.name), write(writer, value.*f.member)), ...); },
      T::fields());
    writer.end_object();
  } else if constexpr (detail::is_vector<T>) {
    writer.begin_array();
    for (const auto& element : value)
      write(writer, static_cast<const typename T::value_type&>(element));
    writer.end_array();
  } else if constexpr (std::is_same_v<T, bool>) {
    writer.value(value);
  } else if constexpr (NamedEnum<T>) {
    writer.value(name_of(value));
  } else if constexpr (std::is_integral_v<T>) {
    writer.value(static_cast<std::int64_t>(value));
  } else if constexpr (std::is_floating_point_v<T>) {
    writer.value(static_cast<double>(value));
  } else if constexpr (std::is_same_v<T, Time>) {
    writer.value(std::string_view{to_rfc3339(value)});
  } else if constexpr (detail::is_id<T>) {
    writer.value(std::string_view{to_string(value)});
  } else {
    writer.value(std::string_view{value});
  }
}

/// A value as JSON text.
template <class T>
std::string encode(const T& value) {
  Writer writer;
  write(writer, value);
  return writer.text();
}

/// Reads a described value from parsed JSON. Errc::invalid lists every rule broken, not just the
/// first.
template <class T>
Result<T> decode(View view, Unknown unknown = Unknown::reject) {
  T out{};
  detail::Problems problems{unknown};
  detail::read(view, out, FieldRules{}, problems);
  if (!problems.list.empty()) {
    auto first = problems.list.front();
    Error error{Errc::invalid,
                (first.pointer.empty() ? "the body" : first.pointer) + " " + first.detail,
                std::move(problems.list),
                {}};
    return fail(std::move(error));
  }
  return out;
}

/// The same from text; Errc::malformed when it is not JSON.
template <class T>
Result<T> decode(std::string_view text, Unknown unknown = Unknown::reject) {
  auto document = Document::parse(text);
  if (!document)
    return fail(std::move(document.error()));
  return decode<T>(document->root(), unknown);
}

}  // namespace jobraker::json
