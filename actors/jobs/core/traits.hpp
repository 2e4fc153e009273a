#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "actors/jobs/core/raw_posting.hpp"

namespace jobraker {

/// The kind of employment, from the source's words first, then the title, then clear words of the
/// text.
std::optional<JobType> job_type_of(const RawPosting& raw, std::string_view title,
                                   std::string_view description);

/// The level that a posting asks for: title first, then the source's word, then the years asked.
Seniority seniority_of(std::string_view title, std::string_view hint, std::optional<double> years);

/// Years of experience that a text asks for (`5+ years`, `3-5 years of experience`, `at least two
/// years`): the most of what is asked, taking the lower end of ranges; nothing over 30.
std::optional<double> years_required_in(std::string_view text);

/// Where the work is done, from the source's word, the place's, the title and clear words of the
/// text.
Workplace workplace_of(std::string_view hint, Workplace of_place, std::string_view title,
                       std::string_view description);

/// The part of a posting's text that says what is asked of the person, found by its headings in
/// English, German, French, Spanish, Dutch, Italian, Portuguese or Polish; empty without one.
std::string requirements_in(std::string_view description);

/// Distinct canonical skills named in title, tags and description, in that order; at most `limit`.
Strings posting_skills(std::string_view title, std::string_view description, const Strings& tags,
                       std::size_t limit = 60);

}  // namespace jobraker
