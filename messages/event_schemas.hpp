#pragma once

#include <optional>
#include <string_view>

#include "messages/events.hpp"
#include "messages/result.hpp"

namespace jobraker {

/// The JSON Schema (draft 2020-12) of a type such as `jobraker.job.posted.v1`, the text of
/// `messages/events/<type>.json`; nullopt when there is no such event.
std::optional<std::string_view> event_schema(std::string_view type);

/// Whether an event is what its schema promises: a type that is known, on its topic, under its key,
/// with data that the schema allows. Each schema is compiled once. Any thread may call it.
/// Errors: invalid (with the pointers into the data), malformed when the data is not JSON.
Done validate_event(const Event& event);

}  // namespace jobraker
