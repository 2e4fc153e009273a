#include "actors/llm/budget_actor.hpp"

#include <deque>

#include <spdlog/spdlog.h>

#include "actors/system/observed.hpp"
#include "actors/system/pause.hpp"
#include "storage/databases.hpp"

namespace jobraker::llm {
namespace {

constexpr std::size_t batch_max = 256;
constexpr std::size_t waiting_max = 20000;
constexpr std::chrono::seconds sweep{10};

struct Wanted {
  storage::SpendingWish wish{};
  caf::typed_response_promise<Reserved> promise{};
  Context::Clock::time_point deadline{};
};

struct BudgetState {
  static inline const char* name = "budgets";
  Services* services = nullptr;
  std::deque<Wanted> wanted;
  std::deque<storage::Settlement> settlements;
  std::vector<caf::typed_response_promise<Ok>> flushes;
  bool reserving = false;
  bool settling = false;
};

using Self = Shell<BudgetState, BudgetActor>;

void tell(const std::vector<storage::BudgetAlert>& alerts) {
  for (const auto& alert : alerts)
    spdlog::warn("event=budget.alert scope={} id={} period={} threshold={}",
                 name_of(alert.key.scope), to_string(alert.key.scope_id), name_of(alert.key.period),
                 alert.threshold);
}

void next_reservations(Self* self) {
  auto& state = self->state;
  if (state.reserving || state.wanted.empty())
    return;
  state.reserving = true;
  auto batch = std::make_shared<std::vector<Wanted>>();
  while (!state.wanted.empty() && batch->size() < batch_max) {
    batch->push_back(std::move(state.wanted.front()));
    state.wanted.pop_front();
  }
  self->await<std::vector<storage::BudgetAnswer>>(
    state.services->io,
    [&s = *state.services, batch]() -> task<Result<std::vector<storage::BudgetAnswer>>> {
      std::vector<storage::SpendingWish> wishes;
      for (const auto& wanted : *batch)
        wishes.push_back(wanted.wish);
      storage::Until session{s.databases.here(), Context::Clock::now() + std::chrono::seconds{5}};
      co_return co_await storage::reserve_spending(session, std::move(wishes), now());
    },
    [self, batch](Result<std::vector<storage::BudgetAnswer>> answers) {
      self->state.reserving = false;
      for (std::size_t i = 0; i < batch->size(); ++i)
        if (!answers) {
          refuse((*batch)[i].promise, answers.error());
        } else {
          tell((*answers)[i].raised);
          (*batch)[i].promise.deliver(Reserved{(*answers)[i]});
        }
      next_reservations(self);
    });
}

void answer_flushes(BudgetState& state) {
  if (state.settling || !state.settlements.empty())
    return;
  for (auto& promise : std::exchange(state.flushes, {}))
    promise.deliver(Ok{});
}

/// Money that was spent must be booked: a batch that fails is tried again until it is.
void next_settlements(Self* self) {
  auto& state = self->state;
  if (state.settling || state.settlements.empty())
    return answer_flushes(state);
  state.settling = true;
  auto batch = std::make_shared<std::vector<storage::Settlement>>();
  while (!state.settlements.empty() && batch->size() < batch_max) {
    batch->push_back(std::move(state.settlements.front()));
    state.settlements.pop_front();
  }
  self->await<std::vector<storage::SettlementAnswer>>(
    state.services->io,
    [&s = *state.services, batch]() -> task<Result<std::vector<storage::SettlementAnswer>>> {
      auto answers = co_await storage::settle_spending(s.databases.here(), *batch, now());
      if (!answers)
        co_await pause(std::chrono::milliseconds{500});
      co_return answers;
    },
    [self, batch](Result<std::vector<storage::SettlementAnswer>> answers) {
      auto& after = self->state;
      after.settling = false;
      if (answers) {
        for (const auto& answer : *answers)
          tell(answer.raised);
      } else if (answers.error().code == Errc::invalid) {
        spdlog::error("event=budget.settle_refused calls={} why=\"{}\"", batch->size(),
                      answers.error().detail);
      } else {
        spdlog::warn("event=budget.settle_failed calls={} why=\"{}\"", batch->size(),
                     answers.error().detail);
        after.settlements.insert(after.settlements.begin(), batch->begin(), batch->end());
        if (after.settlements.size() > waiting_max)  // their leases end: the worst case is booked
          after.settlements.resize(waiting_max);
      }
      next_settlements(self);
    });
}

/// Reservations whose holder never came back count as spent.
void lapse(Self* self) {
  self->await<std::vector<storage::LapsedSpending>>(
    self->state.services->io,
    [&s = *self->state.services] {
      return storage::lapse_spending(s.databases.here(), now(), 1000);
    },
    [self](Result<std::vector<storage::LapsedSpending>> lapsed) {
      if (lapsed && !lapsed->empty())
        spdlog::warn("event=budget.lapsed calls={}", lapsed->size());
      self->delayed_send(self, sweep, Tick{});
    });
}

caf::result<Reserved> reserve(Self* self, const Context& c, const Reserve& m) {
  auto& state = self->state;
  if (state.wanted.size() >= waiting_max)
    return to_caf(Error{
      Errc::unavailable, "too many calls wait for their budget", {}, std::chrono::seconds{1}});
  auto promise = self->make_response_promise<Reserved>();
  state.wanted.push_back({m.wish, promise, c.deadline});
  next_reservations(self);
  return promise;
}

BudgetActor::behavior_type budget_actor(Self* self, Services* services) {
  self->state.services = services;
  lapse(self);
  return {
    [self](const Context& c, const Reserve& m) { return reserve(self, c, m); },
    [self](const Settle& m) {
      self->state.settlements.push_back(m.settlement);
      next_settlements(self);
    },
    [self](const Context&, const Flush&) -> caf::result<Ok> {
      auto promise = self->make_response_promise<Ok>();
      self->state.flushes.push_back(promise);
      next_settlements(self);
      return promise;
    },
    [self](const Tick&) { lapse(self); },
  };
}

}  // namespace

BudgetActor start_budgets(Services& services, const std::string& path) {
  return services.system.spawn(path, "budgets", budget_actor, &services);
}

}  // namespace jobraker::llm
