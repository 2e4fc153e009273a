#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tools/sandbox/skyvern_form.hpp"

namespace jobraker::sandbox {

/// What a prompt says of the applicant: members of the JSON in it, at any depth, and lines of the
/// form `Label: text`. Empty values, null and placeholders such as `[EMAIL_1]` say nothing.
struct Applicant {
  /// Names in lower-case letters and digits only, and what they stand for.
  std::vector<std::pair<std::string, std::string>> facts;

  /// The answer to a question of a form; empty when there is none.
  std::string answer(const FormField& field) const;
};

Applicant read_applicant(std::string_view prompt);

/// Whether the prompt wants the form filled in and not sent.
bool stops_before_submitting(std::string_view prompt);

}  // namespace jobraker::sandbox
