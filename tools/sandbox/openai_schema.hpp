#pragma once

#include <string>
#include <string_view>

#include "messages/json.hpp"

namespace jobraker::sandbox {

/// A small JSON value that is valid under a schema (the subset that structured outputs allow, plus
/// `$ref` into the schema, formats and bounds). Says "not stated" where a text is asked for.
std::string minimal_instance(json::View schema);

/// Arguments for a function call, filled from what a person wrote: skills, places, numbers, quoted
/// words and enum values found in the text; required members that nothing fits get a minimal value.
std::string arguments_from(json::View parameters, std::string_view text);

}  // namespace jobraker::sandbox
