#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "messages/fields.hpp"
#include "messages/profile.hpp"
#include "messages/result.hpp"

/// A mock interview: what was asked, how it was answered, what comes next: pure.
namespace jobraker::chat {

/// One question and what became of it.
struct InterviewQuestion {
  static constexpr auto type_name = "InterviewQuestion";
  std::string question{};
  std::string answer{};           ///< empty: not yet answered
  std::optional<double> score{};  ///< 0 to 100; none when the model gave none
  std::string feedback{};
  bool operator==(const InterviewQuestion&) const = default;
  static constexpr auto fields() {
    constexpr FieldRules big{.max_length = 1 << 16};
    return std::tuple{field("question", &InterviewQuestion::question, big),
                      field("answer", &InterviewQuestion::answer, big),
                      field("score", &InterviewQuestion::score, {.min = 0, .max = 100}),
                      field("feedback", &InterviewQuestion::feedback, big)};
  }
};

/// What is said at the end.
struct InterviewFeedback {
  static constexpr auto type_name = "InterviewFeedback";
  std::optional<double> overall_score{};  ///< the mean of the scores, 0 to 100
  Strings strengths{};
  Strings improvements{};
  bool operator==(const InterviewFeedback&) const = default;
  static constexpr auto fields() {
    constexpr FieldRules rules{.required = false, .max_length = 1 << 14, .max_items = 20};
    return std::tuple{
      field("overall_score", &InterviewFeedback::overall_score, {.min = 0, .max = 100}),
      field("strengths", &InterviewFeedback::strengths, rules),
      field("improvements", &InterviewFeedback::improvements, rules)};
  }
};

/// The state of an interview, kept as JSON with its conversation (`json::encode`/`decode`).
struct Interview {
  static constexpr auto type_name = "Interview";
  std::string role{};
  std::string posting{};       ///< its text; may be empty
  std::int64_t questions = 6;  ///< how many are asked
  std::vector<InterviewQuestion> asked{};
  bool finished = false;
  std::optional<InterviewFeedback> feedback{};
  bool operator==(const Interview&) const = default;
  static constexpr auto fields() {
    return std::tuple{field("role", &Interview::role, {.max_length = 400}),
                      field("posting", &Interview::posting, {.max_length = 1 << 18}),
                      field("questions", &Interview::questions, {.min = 1, .max = 30}),
                      field("asked", &Interview::asked, {.max_items = 30}),
                      field("finished", &Interview::finished),
                      field("feedback", &Interview::feedback)};
  }
};

/// What the model said, by `config/prompts/mock_interview.schema.json`, after its mistakes have
/// been mended: scores outside 0 to 100 are drawn in, white space is trimmed.
struct InterviewReply {
  std::optional<double> score{};
  std::string feedback_on_answer{};
  std::string next_question{};
  bool finished = false;
  std::optional<InterviewFeedback> final_feedback{};
};

/// Reads a reply. Errc::malformed when it is not a JSON object (fences of Markdown around it are
/// taken off); members that are missing or of another type count as not given.
Result<InterviewReply> read_interview_reply(std::string_view text);

/// What is said to the person.
struct InterviewStep {
  std::string say{};
  bool finished = false;
};

/// Moves on by one reply. `answer` is what the person just said; empty at the start, when nothing
/// was asked yet. The number of questions is ours to keep: a model that wants to end early is made
/// to go on (with a question of ours when it has none, or one that was asked before), one that
/// wants to go on after the last is stopped. `end_now`: the person wants to stop; the feedback
/// covers what was answered. The overall score is the mean of the scores given, whatever the model
/// claims. What is said needs no language of its own: `+` marks strengths, `-` improvements. A
/// finished interview stays as it is and says its feedback again.
InterviewStep advance(Interview& interview, std::string_view answer, const InterviewReply& reply,
                      bool end_now = false);

/// The mean of the scores so far, rounded to one decimal; none without any.
std::optional<double> average_score(const Interview& interview);

/// Where the interview stands, for the prompt: JSON with role, questions asked and their scores,
/// and how many `remain` after the answer to the open question, which the model is about to judge.
/// `end_now` as in `advance`: the model is told to sum up. The posting and the person's answers are
/// left out: they are fenced apart.
std::string interview_progress(const Interview& interview, bool end_now = false);

}  // namespace jobraker::chat
