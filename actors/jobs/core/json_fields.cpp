#include "actors/jobs/core/json_fields.hpp"

#include <charconv>
#include <cmath>

namespace jobraker::fields {

std::string scalar(json::View view) {
  if (auto text = view.string())
    return std::string{*text};
  if (auto whole = view.integer())
    return std::to_string(*whole);
  if (view.is_number() || view.is_bool())
    return view.dump();
  return {};
}

std::optional<double> number(json::View view) {
  if (auto value = view.number())
    return std::isfinite(*value) ? value : std::nullopt;
  auto text = view.string();
  if (!text)
    return std::nullopt;
  std::string digits;
  for (char c : *text)
    if (c != ',' && c != ' ')
      digits += c;
  double value = 0;
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc{} || end != digits.data() + digits.size() || !std::isfinite(value))
    return std::nullopt;
  return value;
}

}  // namespace jobraker::fields
