#include "actors/llm/budget_actor.hpp"

#include <deque>

#include <spdlog/spdlog.h>

#include "actors/llm/core/line.hpp"
#include "actors/system/observed.hpp"
#include "actors/system/pause.hpp"
#include "actors/system/summary.hpp"
#include "storage/databases.hpp"

namespace jobraker::llm {
namespace {

constexpr std::size_t batch_max = 256;
constexpr std::size_t waiting_max = 20000;
constexpr std::chrono::seconds sweep{10};
/// Settlements compete with reservations for the same rows, and nobody waits for them: they are
/// gathered this long, or until there are this many.
constexpr std::chrono::milliseconds gather_for{30};
constexpr std::size_t gather_max = 64;
constexpr Line<int>::Handicap handicap{std::chrono::milliseconds{0}, std::chrono::milliseconds{200},
                                       std::chrono::milliseconds{1000}};

struct Wanted {
  storage::SpendingWish wish{};
  Priority priority = Priority::interactive;
  caf::typed_response_promise<Reserved> promise{};
  Context::Clock::time_point deadline{};
  bool again = false;  ///< refused once while there was something to settle
};

struct BudgetState {
  static inline const char* name = "budgets";
  Services* services = nullptr;
  Line<Wanted> wanted{handicap};
  std::vector<Wanted> refused{};  ///< to be asked again when what they ran into is settled
  std::deque<storage::Settlement> settlements;
  std::vector<caf::typed_response_promise<Ok>> flushes;
  bool reserving = false;
  bool settling = false;
  bool gathering = false;  ///< a SettleNow is on its way

  std::string summary() const {
    return Summary{}
      .with("wanted", wanted.size())
      .with("refused", refused.size())
      .with("settlements", settlements.size())
      .with("reserving", reserving)
      .with("settling", settling)
      .text();
  }
};

using Self = Shell<BudgetState, BudgetActor>;

void tell(const std::vector<storage::BudgetAlert>& alerts) {
  for (const auto& alert : alerts)
    spdlog::warn("event=budget.alert scope={} id={} period={} threshold={}",
                 name_of(alert.key.scope), to_string(alert.key.scope_id), name_of(alert.key.period),
                 alert.threshold);
}

using Batch = std::shared_ptr<std::vector<Wanted>>;

void settle_batch(Self* self);

/// The next to be served; those whose time is up are refused.
Batch next_batch(BudgetState& state) {
  auto batch = std::make_shared<std::vector<Wanted>>();
  auto clock = Context::Clock::now();
  while (batch->size() < batch_max) {
    auto next = state.wanted.pop();
    if (!next)
      break;
    if (next->deadline <= clock)
      refuse(
        next->promise,
        Error{Errc::timed_out, "the deadline passed while the call waited for its budget", {}, {}});
    else
      batch->push_back(std::move(*next));
  }
  return batch;
}

/// Tells who asked; who was refused while there was something to settle is asked again after it.
void tell_answers(Self* self, std::vector<Wanted>& batch,
                  std::vector<storage::BudgetAnswer>& answers) {
  auto& state = self->state;
  bool open = state.settling || !state.settlements.empty();
  for (std::size_t i = 0; i < batch.size(); ++i) {
    tell(answers[i].raised);
    if (answers[i].outcome == SpendingOutcome::refused && open &&
        !std::exchange(batch[i].again, true))
      state.refused.push_back(std::move(batch[i]));
    else
      batch[i].promise.deliver(Reserved{std::move(answers[i])});
  }
  if (!state.refused.empty())
    settle_batch(self);
}

void next_reservations(Self* self) {
  auto& state = self->state;
  if (state.reserving || state.wanted.empty())
    return;
  auto batch = next_batch(state);
  if (batch->empty())
    return;
  state.reserving = true;
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
      if (answers)
        tell_answers(self, *batch, *answers);
      else
        for (auto& wanted : *batch)
          refuse(wanted.promise, answers.error());
      next_reservations(self);
    });
}

void answer_flushes(BudgetState& state) {
  if (state.settling || !state.settlements.empty())
    return;
  for (auto& promise : std::exchange(state.flushes, {}))
    promise.deliver(Ok{});
}

/// Writes what has been gathered, now when somebody waits for it or there is much, else soon.
void next_settlements(Self* self) {
  auto& state = self->state;
  if (state.settling)
    return;
  if (state.settlements.empty() || !state.flushes.empty() || !state.refused.empty() ||
      state.settlements.size() >= gather_max)
    return settle_batch(self);
  if (!std::exchange(state.gathering, true))
    self->delayed_send(self, gather_for, SettleNow{});
}

/// What was refused before the settlement is asked for again.
void ask_again(Self* self) {
  auto& state = self->state;
  for (auto& wanted : std::exchange(state.refused, {})) {
    auto priority = wanted.priority;
    state.wanted.push(priority, std::move(wanted), Context::Clock::now());
  }
  next_reservations(self);
}

/// Money that was spent must be booked: a batch that fails is tried again until it is.
void settle_batch(Self* self) {
  auto& state = self->state;
  if (state.settling)
    return;
  if (state.settlements.empty())
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
      ask_again(self);
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
  if (state.wanted.size() + state.refused.size() >= waiting_max)
    return to_caf(Error{
      Errc::unavailable, "too many calls wait for their budget", {}, std::chrono::seconds{1}});
  auto promise = self->make_response_promise<Reserved>();
  state.wanted.push(m.priority, {m.wish, m.priority, promise, c.deadline}, Context::Clock::now());
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
    [self](const SettleNow&) {
      self->state.gathering = false;
      settle_batch(self);
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
