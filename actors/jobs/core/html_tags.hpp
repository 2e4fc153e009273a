#pragma once

#include <string>
#include <string_view>

namespace jobraker {

/// Whether `s` holds something that looks like a tag (`<p>`, `</li`, `<br/`, `<!--`), where tags
/// begin with `open`: `&lt;` for escaped ones.
bool has_tags(std::string_view s, std::string_view open = "<");

/// Markup with its tags cut out by hand and its entities replaced, for what is too deep to parse.
std::string without_tags(std::string_view html);

/// Tags without attributes, which the text does not need: libxml2 compares each with every other
/// one of its tag. A `<` that begins no tag is escaped.
std::string bare_tags(std::string_view s);

}  // namespace jobraker
