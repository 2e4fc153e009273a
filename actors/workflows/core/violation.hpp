#pragma once

#include <string>
#include <vector>

#include "messages/enums.hpp"

namespace jobraker::workflows {

/// What a claim is about that the profile does not bear out.
enum class ClaimKind : std::uint8_t {
  employer,
  title,
  date,
  degree,
  institution,
  skill,
  number,
  name,        ///< a proper name in prose: a company, a product, a place
  placeholder  ///< `[NAME_7]` that stands for nothing
};

/// One claim that is refused.
struct Violation {
  std::string pointer{};  ///< JSON pointer into the answer, e.g. `/experience/0/bullets/1`
  ClaimKind kind = ClaimKind::name;
  std::string found{};   ///< the words that make the claim
  std::string detail{};  ///< what is wrong, a sentence
  bool operator==(const Violation&) const = default;
};

using Violations = std::vector<Violation>;

}  // namespace jobraker::workflows

template <>
inline constexpr std::string_view jobraker::enum_names<jobraker::workflows::ClaimKind>[] = {
  "employer", "title", "date", "degree", "institution", "skill", "number", "name", "placeholder"};
