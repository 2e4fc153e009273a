#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "messages/result.hpp"

/// The sandbox's honest, rule-based judgement of how well a person fits postings. It has its own
/// rules and shares none with the product's rubric.
namespace jobraker::sandbox {

/// What the rules use of a candidate or posting, read leniently from whatever JSON describes it.
struct Judged {
  std::set<std::string> skills;     ///< canonical names in lower case, personal qualities left out
  std::set<std::string> mentioned;  ///< the same, but only found in running text
  std::vector<std::string> families;  ///< lines of work, the most important first
  std::vector<std::string> titles;
  std::optional<double> years;
  int level = 0;                    ///< 1 intern … 6 executive; 0 unknown
  std::vector<std::string> places;  ///< lower case
  bool remote = false;
  std::optional<double> pay_min, pay_max;
  std::vector<std::string> job_types;
  std::size_t text_size = 0;
};

/// The judgement of one pair, scores from 0 to 100.
struct Judgement {
  double compatibility = 0;
  double confidence = 0;
  double culture = 50;
  std::string reasoning;
  std::vector<std::string> match_factors;
  std::vector<std::string> mismatch_factors;
};

/// Reads the JSON between `<candidate>` tags.
Judged read_candidate(std::string_view json);

/// One posting of the list between `<jobs>` tags.
struct JudgedJob {
  std::string id;
  std::string title;
  Judged facts;
};
std::vector<JudgedJob> read_jobs(std::string_view json);

Judgement judge(const Judged& candidate, const JudgedJob& job);

/// The answer of the `score_jobs` schema to a message with `<candidate>` and `<jobs>`.
std::string answer_score_jobs(std::string_view message);

/// The text between a tag's opening and its last closing; empty when there is none.
std::string_view between(std::string_view text, std::string_view tag);

}  // namespace jobraker::sandbox
