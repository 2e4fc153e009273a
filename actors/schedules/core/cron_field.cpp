#include "actors/schedules/core/cron_field.hpp"

#include <charconv>
#include <optional>
#include <string>

namespace jobraker::schedules {
namespace {

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool same_name(std::string_view text, std::string_view name) {
  if (text.size() != name.size())
    return false;
  for (std::size_t i = 0; i < text.size(); ++i)
    if (lower(text[i]) != name[i])
      return false;
  return true;
}

std::optional<unsigned> number(std::string_view text) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size())
    return std::nullopt;
  return value;
}

tl::unexpected<Error> wrong(const CronField& field, std::string_view text, std::string_view why) {
  return fail(Errc::invalid,
              std::string{field.name}.append(": ").append(text.empty() ? "''" : text).append(why));
}

Result<unsigned> read_value(const CronField& field, std::string_view text) {
  for (std::size_t i = 0; i < field.names.size(); ++i)
    if (same_name(text, field.names[i]))
      return field.min + static_cast<unsigned>(i);
  const auto value = number(text);
  if (!value)
    return wrong(field, text, " is not a value");
  if (*value < field.min || *value > field.max)
    return wrong(field, text,
                 " is not between " + std::to_string(field.min) + " and " +
                   std::to_string(field.max));
  return *value;
}

struct Range {
  unsigned first;
  unsigned last;
};

/// `*`, `a` or `a-b`. A range of weekdays may end with Sunday by name.
Result<Range> read_range(const CronField& field, std::string_view text) {
  if (text == "*")
    return Range{field.min, field.max};
  const auto dash = text.find('-');
  auto first = read_value(field, text.substr(0, dash));
  if (!first)
    return fail(std::move(first.error()));
  if (dash == std::string_view::npos)
    return Range{*first, *first};
  auto last = read_value(field, text.substr(dash + 1));
  if (!last)
    return fail(std::move(last.error()));
  constexpr unsigned sunday = 7;
  if (field.max == sunday && *last == 0 && *first > 0)
    *last = sunday;
  if (*last < *first)
    return wrong(field, text, " ends before it begins");
  return Range{*first, *last};
}

Result<std::uint64_t> read_part(const CronField& field, std::string_view text) {
  const auto slash = text.find('/');
  const auto range_text = text.substr(0, slash);
  auto range = read_range(field, range_text);
  if (!range)
    return fail(std::move(range.error()));
  unsigned step = 1;
  if (slash != std::string_view::npos) {
    if (range_text != "*" && range_text.find('-') == std::string_view::npos)
      return wrong(field, text, ": a step needs * or a range before it");
    const auto given = number(text.substr(slash + 1));
    if (!given || *given == 0 || *given > field.max)
      return wrong(field, text, ": the step is not between 1 and " + std::to_string(field.max));
    step = *given;
  }
  std::uint64_t mask = 0;
  for (auto value = range->first; value <= range->last; value += step)
    mask |= std::uint64_t{1} << value;
  return mask;
}

}  // namespace

Result<FieldValues> read_field(const CronField& field, std::string_view text) {
  FieldValues out;
  out.star = text.starts_with('*');
  for (;;) {
    const auto comma = text.find(',');
    auto mask = read_part(field, text.substr(0, comma));
    if (!mask)
      return fail(std::move(mask.error()));
    out.mask |= *mask;
    if (comma == std::string_view::npos)
      return out;
    text.remove_prefix(comma + 1);
  }
}

}  // namespace jobraker::schedules
