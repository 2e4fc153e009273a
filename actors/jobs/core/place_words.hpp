#pragma once

#include <string>

#include "messages/jobs.hpp"

namespace jobraker {

/// Takes the words about the manner of work (`Remote`, `Hybrid`, `Anywhere in the World` …) out of
/// a place's text, leaving commas, and says what they meant.
Workplace take_workplace(std::string& s);

/// A place's text with separators and filler that are no names (`within`, `area` …) made commas.
std::string simplified(std::string s);

}  // namespace jobraker
