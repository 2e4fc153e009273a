#pragma once

#include <memory>

#include "actors/matching/core/eligibility.hpp"
#include "actors/matching/core/row_index.hpp"
#include "actors/matching/core/rubric.hpp"

namespace jobraker::matching {

/// What the reverse search knows of a person: what hard filters and rubric are made of, and nothing
/// that says who it is. About 4 KB beside the 6 KB of the vectors.
struct Person {
  UserId id{};
  std::int64_t profile_version = 0;
  std::string vectors_hash{};  ///< of the content the vectors were made from
  HardFilters filters{};       ///< of no moment: `at()` adds it
  RubricProfile rubric{};
  Strings titles{};     ///< wished roles, then those held
  std::string basis{};  ///< hash of all that a score depends on (actors/matching/score_version)
};

/// Makes a person of a profile; about half a millisecond.
Person person_of(const Profile& profile, std::string vectors_hash, std::string basis,
                 const FilterSettings& settings);

/// The filters at a moment.
HardFilters at(HardFilters filters, const FilterSettings& settings, Time now) noexcept;

/// A row of the index.
struct PersonFacts {
  UserId id{};
  std::shared_ptr<const Person> person{};
  bool has_vectors = false;
  bool live = true;
};

using PeopleBlock = RowBlock<PersonFacts>;

/// Everybody at one moment.
using PeopleSnapshot = RowSnapshot<PersonFacts>;

/// The people in memory, for the reverse search.
class PeopleIndex : public RowIndex<PersonFacts> {
public:
  explicit PeopleIndex(std::size_t people_max);

  /// Adds a person, or replaces what is known of them. Somebody without any vector is found by
  /// nothing and taken out. Errc::invalid for a vector of the wrong size or length, Errc::too_large
  /// when the index is full.
  Done put(std::shared_ptr<const Person> person, const UserVectors& vectors);
};

}  // namespace jobraker::matching
