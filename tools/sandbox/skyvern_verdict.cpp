#include "tools/sandbox/skyvern_verdict.hpp"

#include <algorithm>

#include "tools/sandbox/text.hpp"

namespace jobraker::sandbox {

namespace {

constexpr std::int64_t steps_usual = 10;  ///< MAX_STEPS_PER_RUN

using Words = std::vector<std::string_view>;

/// The code that the order gives to a situation: by the codes' own words, then by what they are
/// described as.
std::string code_for(const RunOrder& order, const Words& words) {
  const auto fits = [&](const std::string& text) {
    return std::any_of(words.begin(), words.end(), [&](std::string_view word) {
      return lower(text).find(word) != std::string::npos;
    });
  };
  for (const auto& [code, meaning] : order.error_codes)
    if (fits(code))
      return code;
  for (const auto& [code, meaning] : order.error_codes)
    if (fits(meaning))
      return code;
  return {};
}

void give_up(RunVerdict& verdict, const RunOrder& order, const Words& words, std::string reason) {
  verdict.status = "terminated";
  if (auto code = code_for(order, words); !code.empty())
    verdict.errors.emplace_back(std::move(code), reason);
  verdict.failure_reason = std::move(reason);
}

void fill_in(RunVerdict& verdict, const RunScene& scene, std::string& asked) {
  for (const auto& field : scene.form.fields) {
    const bool lost = field.name == "resume" && !scene.resume_trouble.empty();
    if (!scene.applicant.answer(field).empty() && !lost)
      verdict.filled.push_back(field.name);
    else if (field.required && scene.helped)
      verdict.filled.push_back(field.name);
    else if (field.required) {
      verdict.missing.push_back(field.name);
      asked += (asked.empty() ? "" : ", ") + field.label + " (" + field.name + ")";
    }
  }
}

std::string place_of(const RunScene& scene) { return scene.form.job + " at " + scene.form.company; }

}  // namespace

RunVerdict judge_run(const RunOrder& order, const RunScene& scene) {
  RunVerdict verdict;
  verdict.steps = 1;
  if (scene.form.closed) {
    give_up(verdict, order, {"closed", "no longer", "expired", "filled", "not open"},
            "The page says that this job is no longer open.");
    return verdict;
  }
  if (scene.form.login) {
    give_up(verdict, order, {"login", "log in", "sign in", "signin", "account"},
            "The page asks to sign in to a candidate account, and there are no credentials.");
    return verdict;
  }
  if (scene.form.captcha && !scene.helped) {
    give_up(verdict, order, {"captcha", "robot", "bot"}, "The captcha could not be solved.");
    return verdict;
  }
  std::string asked;
  fill_in(verdict, scene, asked);
  verdict.steps = 3 + static_cast<std::int64_t>(verdict.filled.size()) / 2;
  if (!verdict.missing.empty()) {
    auto reason = "The form of " + place_of(scene) +
                  " asks for what the instructions do not answer: " + asked + ".";
    if (!scene.resume_trouble.empty())
      reason += " The résumé could not be fetched: " + scene.resume_trouble + ".";
    give_up(verdict, order,
            {"missing", "required", "question", "information", "unanswered", "needs_input"},
            std::move(reason));
    return verdict;
  }
  const auto steps_max = order.max_steps.value_or(steps_usual);
  if (verdict.steps > steps_max) {
    verdict.status = "failed";
    verdict.steps = steps_max;
    verdict.failure_reason = "Reached the maximum steps (" + std::to_string(steps_max) + ")";
    verdict.errors.emplace_back("REACH_MAX_STEPS", verdict.failure_reason);
    return verdict;
  }
  verdict.submitted = !stops_before_submitting(order.prompt);
  const auto sentence = verdict.submitted
                          ? "The application for " + place_of(scene) + " was submitted."
                          : "The form of " + place_of(scene) + " is filled in and not submitted.";
  if (!order.schema.empty())
    verdict.output = fill_run_output(order.schema, verdict, scene, sentence);
  return verdict;
}

}  // namespace jobraker::sandbox
