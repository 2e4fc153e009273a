#include "actors/matching/consumers.hpp"

namespace jobraker {

std::vector<events::Consumer> matching_consumers(Services& services, PeopleServices& people) {
  return {posting_consumer(services, people), profile_consumer(services, people)};
}

Context context_of(const Event& event, std::chrono::milliseconds budget) {
  auto context = Context::system(budget);
  if (auto trace = Trace::parse(event.traceparent))
    context.trace = trace->child();
  return context;
}

Error as_outage(Error error) {
  if (error.code == Errc::upstream_failed || error.code == Errc::upstream_timed_out)
    error.code = Errc::unavailable;
  return error;
}

}  // namespace jobraker
