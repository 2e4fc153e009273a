#include "actors/matching/core/people_index.hpp"

namespace jobraker::matching {

Person person_of(const Profile& profile, std::string vectors_hash, std::string basis,
                 const FilterSettings& settings) {
  Person out;
  out.id = profile.user_id;
  out.profile_version = profile.version;
  out.vectors_hash = std::move(vectors_hash);
  out.filters = filters_of(profile, settings, Time{});
  out.rubric = digest(profile);
  out.titles = titles_of(profile);
  out.basis = std::move(basis);
  return out;
}

HardFilters at(HardFilters filters, const FilterSettings& settings, Time now) noexcept {
  filters.now = now;
  filters.posted_after = posted_after(settings, now);
  return filters;
}

PeopleIndex::PeopleIndex(std::size_t people_max)
    : RowIndex(people_max, "the index holds " + std::to_string(people_max) +
                             " people and is full (matching.people_in_memory_max)") {}

Done PeopleIndex::put(std::shared_ptr<const Person> person, const UserVectors& vectors) {
  for (const auto& [vector, name] :
       {std::pair{&vectors.skills, "skills"}, std::pair{&vectors.experience, "experience"},
        std::pair{&vectors.goals, "goals"}})
    if (auto good = check_embedding(*vector, name); !good)
      return good;
  auto id = person->id;
  auto folded = fold(vectors);
  if (folded.empty()) {
    remove(id);
    return {};
  }
  return RowIndex::put(PersonFacts{id, std::move(person)}, folded);
}

}  // namespace jobraker::matching
