#pragma once

#include <string>
#include <string_view>

namespace jobraker {

/// The user message of operation `parse_cv`: the cleaned text between <resume> tags. A tag of that
/// name inside the text is made harmless, so that the text cannot end its own quotation; every
/// other byte stays, so that evidence is found again.
std::string resume_prompt(std::string_view clean_text);

}  // namespace jobraker
