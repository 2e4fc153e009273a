#pragma once

#include <string>
#include <string_view>

#include "messages/jobs.hpp"

namespace jobraker {

/// A title fit to show: one line, no markup, emoji, requisition numbers, gender marks (`(m/w/d)`),
/// decoration (`*** URGENT ***`), and not shouted (known abbreviations keep their capitals).
std::string clean_title(std::string_view title);

/// The key under which two spellings of one title are equal (`Sr. Software Engineer` and `Senior
/// Software Engineer`); level words stay part of it.
std::string title_key(std::string_view title);

/// A company's name fit to show: one line, no markup, not shouted when long.
std::string clean_company(std::string_view company);

/// The key under which two spellings of one company are equal: without legal form (GmbH, Inc, Ltd
/// …).
std::string company_key(std::string_view company);

}  // namespace jobraker
