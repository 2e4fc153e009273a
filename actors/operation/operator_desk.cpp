#include "actors/operation/operator_desk.hpp"

#include "actors/applications/application_services.hpp"
#include "actors/applications/core/stuck.hpp"
#include "actors/llm/gateway.hpp"
#include "actors/system/admin_only.hpp"
#include "actors/system/observed.hpp"
#include "actors/system/summary.hpp"
#include "net/ask.hpp"
#include "storage/databases.hpp"
#include "storage/operation_figures.hpp"
#include "storage/operator_lists.hpp"

namespace jobraker::operation {
namespace {

using Clock = Context::Clock;

/// So many times as long as the counts took they are not read again: they read whole tables.
constexpr int rest = 50;
constexpr std::chrono::hours usual_span{24};

/// The counts, and when they may be read again.
struct Counted {
  ApplicationCounts counts{};
  Clock::time_point again{};
};

struct DeskState {
  static inline const char* name = "operator-desk";
  Services* services = nullptr;
  std::optional<Counted> counted{};

  std::string summary() const {
    const auto counts = counted ? counted->counts : ApplicationCounts{};
    return Summary{}.with("applications_stuck", counts.stuck).text();
  }
};

using Self = Shell<DeskState, OperatorDeskActor>;

/// The member that counts a state.
void set_count(ApplicationCounts& counts, std::string_view state, std::int64_t count) {
  std::apply(
    [&](const auto&... f) { (void)((f.name == state && (counts.*f.member = count, true)) || ...); },
    ApplicationCounts::fields());
}

task<Result<Counted>> count(storage::Session& session, const std::vector<StuckRule>& rules) {
  const auto began = Clock::now();
  auto states = co_await storage::count_applications(session);
  if (!states)
    co_return fail(std::move(states.error()));
  auto stuck = co_await storage::count_stuck(session, rules);
  if (!stuck)
    co_return fail(std::move(stuck.error()));
  Counted out;
  for (const auto& [state, number] : *states)
    set_count(out.counts, state, number);
  for (const auto& [reason, number] : *stuck)
    out.counts.stuck += number;
  out.again = Clock::now() + rest * (Clock::now() - began);
  co_return out;
}

struct Watched {
  WatchedApplicationPage page{};
  Counted counted{};
};

task<Result<Watched>> watch(Services& services, Context c, WatchApplications query,
                            std::optional<Counted> known) {
  storage::Until session{services.databases.here(), c.deadline};
  const auto rules = applications::stuck_rules(services.applications->schedule, now());
  auto page = co_await storage::watch_applications(session, std::move(query), rules);
  if (!page)
    co_return fail(std::move(page.error()));
  if (!known || known->again <= Clock::now()) {
    auto counted = co_await count(session, rules);
    if (!counted)
      co_return fail(std::move(counted.error()));
    known = *counted;
  }
  page->counts = known->counts;
  co_return Watched{std::move(*page), *known};
}

caf::result<WatchedApplicationPage> applications_of(Self* self, const Context& c,
                                                    const WatchApplications& m) {
  if (auto allowed = admin_only(c); !allowed)
    return to_caf(allowed.error());
  auto promise = self->make_response_promise<WatchedApplicationPage>();
  self->await<Watched>(
    self->state.services->io,
    [&s = *self->state.services, c, m, known = self->state.counted] {
      return watch(s, c, m, known);
    },
    [self, promise](Result<Watched> watched) mutable {
      if (!watched)
        return refuse(promise, watched.error());
      self->state.counted = watched->counted;
      promise.deliver(std::move(watched->page));
    });
  return promise;
}

caf::result<LoggedCallPage> calls_of(Self* self, const Context& c, ListModelCalls query) {
  if (auto allowed = admin_only(c); !allowed)
    return to_caf(allowed.error());
  if (!query.to)
    query.to = now() + std::chrono::seconds{1};
  if (!query.from)
    query.from = *query.to - usual_span;
  if (*query.from >= *query.to)
    return to_caf(
      Error{Errc::invalid, "to must be later than from", {{"to", "must be later than from"}}, {}});
  return self->answer<LoggedCallPage>(
    self->state.services->io,
    [&s = *self->state.services, c, query = std::move(query)]() -> task<Result<LoggedCallPage>> {
      // What is known but not written yet belongs to the answer.
      auto flushed = co_await net::ask(s.gateway->call_log, c, llm::Flush{});
      if (!flushed)
        co_return fail(std::move(flushed.error()));
      storage::Until session{s.gateway->log_databases.here(), c.deadline};
      co_return co_await storage::list_model_calls(session, query);
    });
}

caf::result<ListedUserPage> users_of(Self* self, const Context& c, const ListUsers& query) {
  if (auto allowed = admin_only(c); !allowed)
    return to_caf(allowed.error());
  return self->answer<ListedUserPage>(
    self->state.services->io,
    [&s = *self->state.services, c, query]() -> task<Result<ListedUserPage>> {
      storage::Until session{s.databases.here(), c.deadline};
      co_return co_await storage::list_users(session, query);
    });
}

OperatorDeskActor::behavior_type operator_desk(Self* self, Services* services) {
  self->state.services = services;
  return {
    [self](const Context& c, const WatchApplications& m) { return applications_of(self, c, m); },
    [self](const Context& c, const ListModelCalls& m) { return calls_of(self, c, m); },
    [self](const Context& c, const ListUsers& m) { return users_of(self, c, m); },
  };
}

}  // namespace

OperatorDeskActor start_operator_desk(Services& services, const std::string& path) {
  return services.system.spawn(path, "operator-desk", operator_desk, &services);
}

}  // namespace jobraker::operation
