#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "messages/profile.hpp"
#include "messages/result.hpp"
#include "messages/time.hpp"

namespace jobraker {

/// A value of the model's answer that was not believed.
struct DroppedValue {
  std::string pointer;  ///< into the model's answer, e.g. `/experience/2/company`
  std::string value;    ///< its first 200 bytes
  std::string reason;   ///< why, in words
};

/// What a résumé states. `profile` has its sections and evidence filled; user, version and times
/// are not set here.
struct ParsedResume {
  Profile profile{};
  std::vector<DroppedValue> dropped{};
};

/// Reads the model's answer to operation `parse_cv` (config/prompts/parse_cv.schema.json) and keeps
/// of it what `text`, the cleaned résumé, bears out: each value needs words of the text as
/// evidence, and must itself be found in those words. What is not is dropped and reported. Dates
/// become months, years of experience the union of the employments' months, the career level
/// follows from titles and years, skills take their canonical names and lists, employments are put
/// newest first; what exceeds the limits of messages/profile.hpp is cut and reported.
/// Errc::upstream_failed when the answer is no JSON object of that shape (prose, a list, cut
/// short); a fenced block or words around the object are tolerated.
Result<ParsedResume> parse_answer(std::string_view text, std::string_view answer, Time now);

}  // namespace jobraker
