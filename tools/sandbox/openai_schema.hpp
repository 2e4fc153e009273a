#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "messages/json.hpp"

namespace jobraker::sandbox {

/// A small JSON value that is valid under a schema (the subset that structured outputs allow, plus
/// `$ref` into the schema, formats and bounds). Says "not stated" where a text is asked for.
std::string minimal_instance(json::View schema);

/// Arguments for a function call, filled from what a person wrote: skills, places, numbers, quoted
/// words and enum values found in the text; required members that nothing fits get a minimal value.
std::string arguments_from(json::View parameters, std::string_view text);

/// What a text asks for: a place after "in" or "near", the skills it names, and its words without
/// those that only ask (or what it quotes).
struct QueryClues {
  std::string place, query;
  std::vector<std::string> skills;
};
QueryClues query_clues(std::string_view text);

/// Writes such a value; `root` is where references point into.
void write_minimal(json::Writer& out, json::View root, json::View schema);
/// Whether a schema's `type` is or holds that name.
bool has_type(json::View schema, std::string_view type);
/// The schema that a `$ref` names, or the schema itself.
json::View resolve(json::View root, json::View schema);

}  // namespace jobraker::sandbox
