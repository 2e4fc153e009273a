#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "messages/enums.hpp"

/// Words in prose that claim a degree or a rank.
namespace jobraker::workflows {

enum class DegreeLevel : std::uint8_t { vocational, associate, bachelor, master, mba, doctor };

/// The levels that a text names. Abbreviations that are also something else (MA, BS) count in the
/// name of a degree (`whole`) and before "in" or "of".
std::set<DegreeLevel> degree_levels(std::string_view text, bool whole = false);

/// Whether a plain word (lower case, no dots) only states a level: "bachelor", "msc".
bool is_degree_word(std::string_view word);

/// The words of a text that claim a rank or an office, lower case: "senior", "principal", "team
/// lead", "head of", "director", "manager", "cto". A verb ("Lead the review") is none.
std::vector<std::string> ranks_in(std::string_view text);

}  // namespace jobraker::workflows

template <>
inline constexpr std::string_view jobraker::enum_names<jobraker::workflows::DegreeLevel>[] = {
  "vocational", "associate", "bachelor", "master", "mba", "doctor"};
