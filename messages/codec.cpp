#include "messages/codec.hpp"

#include <algorithm>
#include <cstdio>
#include <numeric>

#include "messages/nearest.hpp"

namespace jobraker {

std::string_view nearest(std::string_view word, const std::vector<std::string_view>& candidates) {
  std::string_view best;
  std::size_t best_distance = std::string_view::npos;
  for (auto candidate : candidates) {
    std::vector<std::size_t> row(candidate.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= word.size(); ++i) {
      std::size_t diagonal = row[0];
      row[0] = i;
      for (std::size_t j = 1; j <= candidate.size(); ++j) {
        auto replaced = diagonal + (word[i - 1] == candidate[j - 1] ? 0 : 1);
        diagonal = row[j];
        row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
      }
    }
    if (row.back() < best_distance) {
      best_distance = row.back();
      best = candidate;
    }
  }
  return best_distance * 2 <= std::max(best.size(), word.size()) ? best : std::string_view{};
}

namespace json::detail {

std::string expected_one_of(const std::string_view* names, std::size_t count, std::string_view got) {
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

void check_string(Problems& problems, std::string_view text, const FieldRules& rules) {
  if (text.size() > rules.max_length)
    problems.add("is longer than " + std::to_string(rules.max_length) + " bytes");
  if (text.size() < rules.min_length)
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
