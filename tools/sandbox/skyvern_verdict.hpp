#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tools/sandbox/skyvern_form.hpp"
#include "tools/sandbox/skyvern_order.hpp"
#include "tools/sandbox/skyvern_prompt.hpp"

namespace jobraker::sandbox {

/// How a run ends.
struct RunVerdict {
  std::string status = "completed";
  std::string output = "null";  ///< JSON
  std::string failure_reason;
  std::vector<std::pair<std::string, std::string>> errors;  ///< code and reasoning
  std::vector<std::string> filled;   ///< names of the questions that were answered
  std::vector<std::string> missing;  ///< names of the required ones that could not be
  std::int64_t steps = 0;
  bool submitted = false;  ///< the form was sent

  bool operator==(const RunVerdict&) const = default;
};

/// What is known when the agent stands before the form.
struct RunScene {
  std::string run_id;
  std::string url;  ///< of the form
  JobForm form;
  Applicant applicant;
  std::string resume_trouble;  ///< why the résumé's file could not be had; empty: no trouble
  bool helped = false;         ///< a person has filled in what was missing
  Time now{};
};

/// What the agent does with it. The same scene ends the same way.
/// - closed, login wall, captcha, missing answers: `terminated`, with the codes of the order's
///   mapping whose words fit and the reason in words;
/// - more steps needed than allowed: `failed` with REACH_MAX_STEPS;
/// - else the form is sent, unless the prompt wants to stop before, and the output made in the
///   order's schema.
RunVerdict judge_run(const RunOrder& order, const RunScene& scene);

/// The output of a run in a JSON schema, from the names of its members; what nobody knows is null.
std::string fill_run_output(std::string_view schema, const RunVerdict& verdict,
                            const RunScene& scene, std::string_view sentence);

}  // namespace jobraker::sandbox
