#pragma once

#include <string>
#include <string_view>

namespace jobraker::llm {

/// Text of a stranger (a user's, a posting's, a web page's) as a block that the prompts declare to
/// be data: `<untrusted id="S1" kind="job" title="…">` line `text` line `</untrusted>`. Whatever
/// the arguments are, the result holds exactly one opening and one closing tag: see `neutral`. An
/// empty title is left out.
std::string fenced(std::string_view id, std::string_view kind, std::string_view title,
                   std::string_view text);

/// Text that can neither open nor close a fence, and reads the same to a person: `<`, `>` and `&`
/// are written as entities, so are the characters that look like the first two or fold to them
/// (full-width, small form, mathematical, quotation marks in angle form, …); control characters but
/// tab and newline, bidirectional controls, zero-width characters, variation selectors, tag
/// characters and other invisible ones are left out; bytes that are not UTF-8 become U+FFFD.
std::string neutral(std::string_view text);

}  // namespace jobraker::llm
