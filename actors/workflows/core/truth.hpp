#pragma once

#include <string>

#include "actors/workflows/core/facts.hpp"
#include "actors/workflows/core/kit_documents.hpp"
#include "actors/workflows/core/violation.hpp"

/// Holds what a model wrote against what the profile states. It errs on the side of refusing: a
/// name or number that the profile does not have is a violation wherever it stands.
namespace jobraker::workflows {

/// What the application is for.
struct PostingText {
  std::string company{};
  std::string text{};  ///< title, place and description
};

/// Every claim of the résumé that the profile does not bear out; empty: it may be used. `posting`
/// only tells which words are ordinary ones; it makes nothing true.
Violations check_resume(const KitResume& resume, const CareerFacts& facts,
                        const PostingText& posting);

/// The résumé in the profile's own spellings: titles, companies, dates, degrees, skills. Only of a
/// résumé that has passed.
KitResume settled(KitResume resume, const CareerFacts& facts);

/// The same for a letter. It may name what the posting names, but claims (sentences in which the
/// writer has, knows or did something) only what the profile bears out.
Violations check_letter(const KitLetter& letter, const CareerFacts& facts,
                        const PostingText& posting);

}  // namespace jobraker::workflows
