#include "actors/jobs/source_actor.hpp"

#include "actors/jobs/fetch.hpp"
#include "actors/system/observed.hpp"
#include "actors/system/standing.hpp"
#include "actors/system/summary.hpp"

namespace jobraker {
namespace {

using Fetch = task<Result<Fetched>> (*)(Services&, Context, SavedSearch);

/// Searches asked of one source at the same time beyond this are refused.
constexpr int running_max = 64;

struct SourceState {
  static inline const char* name = "source";
  int running = 0;
  Standing standing;

  std::string summary() const {
    Summary out;
    standing.tell(out);
    return out.with("running", running).text();
  }
};

using Self = Shell<SourceState, SourceActor>;

SourceActor::behavior_type source_actor(Self* self, Services* services, Fetch fetch) {
  return {
    [self, services, fetch](const Context& c, const FetchSearch& m) -> caf::result<Fetched> {
      if (self->state.running >= running_max)
        return to_caf(Error{
          Errc::unavailable, "too many searches are being fetched", {}, std::chrono::seconds{5}});
      ++self->state.running;
      auto promise = self->make_response_promise<Fetched>();
      self->await<Fetched>(
        services->io, [services, fetch, c, m] { return fetch(*services, c, m.search); },
        [self, promise](Result<Fetched> result) mutable {
          --self->state.running;
          self->state.standing.saw(result);
          settle(promise, std::move(result));
        });
      return promise;
    },
  };
}

}  // namespace

SourceActor start_adzuna(Services& services, const std::string& path) {
  return services.system.spawn(path, "source", source_actor, &services, &fetch_adzuna);
}
SourceActor start_feeds(Services& services, const std::string& path) {
  return services.system.spawn(path, "source", source_actor, &services, &fetch_feed);
}
SourceActor start_boards(Services& services, const std::string& path) {
  return services.system.spawn(path, "source", source_actor, &services, &fetch_board);
}

}  // namespace jobraker
