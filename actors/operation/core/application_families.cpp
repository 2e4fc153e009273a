#include "actors/operation/core/application_families.hpp"

#include <algorithm>

#include "messages/stuck.hpp"

namespace jobraker::operation {
namespace {

/// One figure for each word of E, 0 for those that are not among the shares.
template <NamedEnum E>
void add_each(Family family, std::string_view label, const std::vector<Share>& shares) {
  for (auto word : enum_names<E>) {
    const auto found = std::find_if(shares.begin(), shares.end(),
                                    [&](const Share& share) { return share.of == word; });
    family.add(found == shares.end() ? std::int64_t{0} : found->count, {{label, word}});
  }
}

}  // namespace

void add_applications(Families& families, const std::vector<Share>& by_state) {
  add_each<ApplicationStatus>(
    Family::gauge(families, "jobraker_applications", "Applications by their state."), "state",
    by_state);
}

void add_stuck(Families& families, const std::vector<Share>& by_reason) {
  add_each<StuckReason>(Family::gauge(families, "jobraker_applications_stuck",
                                      "Applications that cannot go on by themselves, by reason."),
                        "reason", by_reason);
}

}  // namespace jobraker::operation
