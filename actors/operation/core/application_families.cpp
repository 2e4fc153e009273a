#include "actors/operation/core/application_families.hpp"

#include <algorithm>

#include "messages/applications.hpp"

namespace jobraker::operation {

void add_applications(Families& families, const std::vector<Share>& by_state) {
  auto family = Family::gauge(families, "jobraker_applications", "Applications by their state.");
  for (auto state : enum_names<ApplicationStatus>) {
    const auto found = std::find_if(by_state.begin(), by_state.end(),
                                    [&](const Share& share) { return share.of == state; });
    family.add(found == by_state.end() ? std::int64_t{0} : found->count, {{"state", state}});
  }
}

}  // namespace jobraker::operation
