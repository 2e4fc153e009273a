#pragma once

#include <string>
#include <string_view>

#include "tools/sandbox/shapes.hpp"

namespace jobraker::sandbox {

/// Everything the rules can say about a prompt, as one JSON object by the names that schemas use;
/// `shape_answer` takes from it what a schema asks for.
std::string shape_facts(std::string_view operation, json::View schema, const Reading& reading);

/// What a mock interview's next step is, written as members of an open object.
void write_interview(json::Writer& out, const Reading& reading);

/// The texts of the fences of one of these kinds, joined; empty when there is none.
std::string material_of(const Reading& reading, std::initializer_list<std::string_view> kinds);

}  // namespace jobraker::sandbox
