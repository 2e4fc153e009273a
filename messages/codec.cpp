#include "messages/codec.hpp"

#include <algorithm>
#include <cstdio>

#include "config/nearest.hpp"

namespace jobraker {

namespace json::detail {

std::string expected_one_of(const std::string_view* names, std::size_t count,
                            std::string_view got) {
  std::string text = "must be one of ";
  for (std::size_t i = 0; i < count; ++i)
    text.append(i ? ", " : "").append(names[i]);
  if (got.size() <= 64 && !got.empty())
    text.append("; got ").append(got);
  return text;
}

void unknown_member(Problems& problems, std::string_view key, const std::string_view* names,
                    std::size_t count) {
  auto length = problems.path.size();
  problems.path.append("/").append(key.substr(0, 64));
  std::string detail = "is not known here";
  if (auto guess = nearest(key.substr(0, 64), {names, names + count}); !guess.empty())
    detail.append("; did you mean ").append(guess).append("?");
  problems.add(std::move(detail));
  problems.path.resize(length);
}

/// Code points of UTF-8 text, as JSON Schema counts a string's length.
std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

void check_string(Problems& problems, std::string_view text, const FieldRules& rules) {
  if (text.size() > rules.max_length)
    problems.add("is longer than " + std::to_string(rules.max_length) + " bytes");
  if (characters(text) < rules.min_length)
    problems.add(rules.min_length == 1
                   ? "must not be empty"
                   : "must have at least " + std::to_string(rules.min_length) + " characters");
}

void check_number(Problems& problems, double value, const FieldRules& rules) {
  char text[64];
  if (value < rules.min) {
    std::snprintf(text, sizeof text, "must be at least %g", rules.min);
    problems.add(text);
  } else if (value > rules.max) {
    std::snprintf(text, sizeof text, "must be at most %.10g", rules.max);
    problems.add(text);
  }
}

}  // namespace json::detail
}  // namespace jobraker
