#pragma once

#include <string>
#include <string_view>

#include "actors/workflows/core/facts.hpp"
#include "actors/workflows/core/violation.hpp"

/// The checks that every running text goes through. Internal to the truth check.
namespace jobraker::workflows {

/// What one text may say.
struct Prose {
  std::string_view text{};
  std::string pointer{};
  const std::vector<StatedNumber>* numbers = nullptr;  ///< that it may name
  bool whole_career = false;                           ///< it may count the years of experience
  Capitals capitals = Capitals::english;
};

/// Adds a violation of a text.
void refuse(Violations& out, const std::string& pointer, ClaimKind kind, std::string found,
            const std::string& what);

void check_numbers(const Prose& prose, const CareerFacts& facts, Violations& out);
void check_names(const Prose& prose, const KnownWords& known, Violations& out);
void check_skills(const Prose& prose, const CareerFacts& facts, Violations& out);
void check_degrees(const Prose& prose, const CareerFacts& facts, Violations& out);
void check_ranks(const Prose& prose, const CareerFacts& facts, Violations& out);
/// `[NAME_7]` and the like that stand for nothing any more.
void check_placeholders(const Prose& prose, Violations& out);

}  // namespace jobraker::workflows
