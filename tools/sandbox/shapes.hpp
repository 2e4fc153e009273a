#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "messages/json.hpp"
#include "tools/sandbox/chat_reading.hpp"
#include "tools/sandbox/resume_rules.hpp"

/// Honest JSON for schemas: what a member is called and of what type it is decides which of the
/// things that stand in the prompt it gets.
namespace jobraker::sandbox {

/// A posting as a text or a screenshot states it.
struct PostingFacts {
  std::string title, company, location, description, currency;
  std::optional<double> pay_min, pay_max;
  std::optional<bool> remote;
  std::string job_type;  ///< full_time, part_time, contract, internship; empty: not said
  std::string seniority;
  std::optional<double> years;
  std::vector<std::string> requirements, responsibilities, benefits, skills;
};
PostingFacts read_posting_text(std::string_view text);

/// One thing that a résumé could do better.
struct ResumeFinding {
  std::string section, issue, suggestion;
  std::string severity;  ///< high, medium or low
};
/// What the rules find in a résumé: no figures, no dates, missing sections, words of the posting
/// that it lacks (`keywords`).
struct ResumeCheck {
  int score = 0;  ///< 0 to 100
  std::vector<ResumeFinding> findings;
  std::vector<std::string> strengths, keywords;
};
ResumeCheck check_resume(std::string_view resume, std::string_view posting);

/// How good an answer in an interview is: its length, figures, and the posting's words in it.
struct InterviewJudgement {
  int score = 0;  ///< 0 to 100
  std::string feedback;
  std::vector<std::string> strengths, improvements;
};
InterviewJudgement judge_answer(std::string_view question, std::string_view answer,
                                std::string_view posting);
/// The question with this number (from 0) to somebody who applies for `role`.
std::string interview_question(std::size_t number, std::string_view role, std::string_view posting);

/// Whether a name is one of the product's operations.
bool is_operation(std::string_view name);

/// The JSON of a résumé or a letter with an employer in it that nobody has worked for; for a fault.
std::string with_invented_employer(std::string content);

/// A value that keeps to the schema, filled from the conversation.
std::string shape_answer(std::string_view operation, json::View schema, const Reading& reading);

}  // namespace jobraker::sandbox
