#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "messages/jobs.hpp"

namespace jobraker {

/// Why two records are one posting.
enum class DuplicateReason : std::uint8_t {
  same_source_id,  ///< one source's own id
  same_address,    ///< the same job of the same applicant-tracking system
  same_content,    ///< company, title and place agree, and so do the texts
};
template <>
inline constexpr std::string_view enum_names<DuplicateReason>[] = {"same_source_id", "same_address",
                                                                   "same_content"};

/// Texts this similar confirm that two postings with one fingerprint are the same.
inline constexpr double same_text_similarity = 0.6;

/// Host, board and job id of a posting's address at a known applicant-tracking system (Greenhouse,
/// Lever, Ashby, Workable, SmartRecruiters …), e.g. `greenhouse/acme/127817`; empty for others.
std::string ats_key(std::string_view url);

/// An address without scheme, `www.`, fragment, trailing slash and tracking parameters (utm_* …).
std::string canonical_url(std::string_view url);

/// What two records of one posting share whatever their source: company, title and place.
std::string fingerprint(const Job& job);

/// How much of two texts is the same, 0 to 1: Jaccard index over shingles of four words; when one
/// is an excerpt (Adzuna cuts at 500 characters and ends in `…`), the share of it found in the
/// other. Two empty texts are alike (1).
double similarity(std::string_view a, std::string_view b);

/// Whether two records are one posting. Symmetric. Never for different cities, countries or levels,
/// nor for two ids of one employer's own board.
std::optional<DuplicateReason> same_posting(const Job& a, const Job& b);

/// Which of two records of one posting is kept: the active one, then an employer's own board
/// (Greenhouse, Lever) before a feed, Adzuna and last an entry made here, then the older, then the
/// smaller id. An entry made here comes last because anyone may register as an employer: a made-up
/// copy with a stranger's address must never hide the posting it imitates.
const Job& survivor(const Job& a, const Job& b);

}  // namespace jobraker
