#pragma once

#include <string>

#include "actors/jobs/core/raw_posting.hpp"

namespace jobraker {

/// A posting ready to store. `job` has no id, version or row times yet: the repository gives them.
struct NormalisedPosting {
  Job job{};
  std::string fingerprint{};   ///< equal for the same company, title and place, whatever the source
  std::string content_hash{};  ///< changes when anything that a person or the matching sees changes
  std::string board{};         ///< `RawPosting::board`
  Strings notes{};             ///< values that were dropped, and why; for the log
};

/// Cleans and understands what a source says. Errc::invalid, with a sentence for an `ItemProblem`,
/// when title or description are empty, or the source's id is missing.
Result<NormalisedPosting> normalise(const RawPosting& raw, Time now);

/// What to show as the item's name in an `ItemProblem`: its id, else its address, else its title.
std::string item_name(const RawPosting& raw);

/// `normalise` for a whole listing: the postings that could be, and the listing's problems with one
/// more for each that could not.
struct NormalisedListing {
  std::vector<NormalisedPosting> postings{};
  std::vector<ItemProblem> problems{};
};
NormalisedListing normalise_all(const Listing& listing, std::string_view source, Time now);

}  // namespace jobraker
