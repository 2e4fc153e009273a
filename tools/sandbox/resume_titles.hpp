#pragma once

#include <string_view>
#include <vector>

#include "tools/sandbox/resume_text.hpp"

/// How headings of employments are told from prose, and what they consist of.
namespace jobraker::sandbox {

/// Whether a phrase reads as a job title.
bool is_title(std::string_view text);
/// Whether it names an occupation, and not only a trade ("Acme Logistics").
bool has_occupation(std::string_view text);
/// How sure a phrase is a title; more is surer.
std::size_t title_weight(std::string_view text);
/// A sentence or a fragment of one, as descriptions consist of.
bool is_prose(std::string_view text);
/// Parts of a heading line: between separators, without places, durations and what is in brackets.
std::vector<std::string_view> heading_parts(std::string_view text);
/// A heading line without its dates, in up to two pieces.
std::vector<std::string_view> without_range(const Line& line);
/// Whether a line holds a job title and could head an employment.
bool titled_line(const Line& line);
/// Whether a line is short and no prose.
bool heading_like(const Line& line);

}  // namespace jobraker::sandbox
