#include "actors/interviews/core/local_times.hpp"

#include "actors/interviews/core/zones.hpp"

namespace jobraker::interviews {
namespace {

template <class Timed>
void fill(Timed& timed, std::string_view zone) {
  if (!zone.empty())
    timed.time_zone = zone;
  if (timed.time_zone.empty())
    timed.time_zone = "UTC";
  timed.starts_at_local = local_rfc3339(timed.starts_at, timed.time_zone);
  timed.ends_at_local = local_rfc3339(timed.ends_at, timed.time_zone);
}

}  // namespace

void show_in(Slot& slot, std::string_view zone) { fill(slot, zone); }
void show_in(Interview& interview, std::string_view zone) { fill(interview, zone); }

}  // namespace jobraker::interviews
