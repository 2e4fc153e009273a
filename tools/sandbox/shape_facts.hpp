#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "tools/sandbox/shapes.hpp"

namespace jobraker::sandbox {

/// Everything the rules can say about a prompt, as one JSON object by the names that schemas use;
/// `shape_answer` takes from it what a schema asks for.
std::string shape_facts(std::string_view operation, json::View schema, const Reading& reading);

/// What a mock interview's next step is, written as members of an open object.
void write_interview(json::Writer& out, const Reading& reading);

/// A profile that came as JSON (title, company, dates and description of each post, degrees,
/// skills); nothing when the text is no such JSON.
std::optional<ReadResume> resume_in_json(std::string_view text);

/// A résumé in its own words for a posting, as members of an open object: what the posting asks for
/// comes first, what it asks for in vain is named, nothing is added.
void write_tailored_resume(json::Writer& out, std::string_view resume_text,
                           const PostingFacts& posting);

/// The texts of the fences of one of these kinds, joined; empty when there is none.
std::string material_of(const Reading& reading, std::initializer_list<std::string_view> kinds);

}  // namespace jobraker::sandbox
