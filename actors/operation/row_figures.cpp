#include "actors/operation/row_figures.hpp"

#include "actors/applications/application_services.hpp"
#include "actors/applications/core/stuck.hpp"
#include "actors/system/services.hpp"
#include "storage/databases.hpp"
#include "storage/llm_budgets.hpp"
#include "storage/operation_figures.hpp"
#include "storage/operator_lists.hpp"
#include "storage/outbox.hpp"

namespace jobraker::operation {
namespace {

constexpr std::chrono::seconds kept{1};
constexpr std::chrono::seconds tables_kept{15};
/// So many times as long as the tables took to read they are not read again.
constexpr int rest = 50;

double dollars(std::int64_t nano) { return static_cast<double>(nano) / 1e9; }

std::vector<Share> shares(storage::Counts counts) {
  std::vector<Share> out;
  for (auto& [of, count] : counts)
    out.push_back({std::move(of), count});
  return out;
}

}  // namespace

task<Done> RowFigures::look(RowReading& reading, Clock::time_point deadline) {
  storage::Until session{services_.databases.here(), deadline};
  auto outbox = co_await storage::outbox_state(session);
  if (!outbox)
    co_return fail(std::move(outbox.error()));
  reading.outbox.unpublished = outbox->waiting;
  reading.outbox.oldest_seconds =
    outbox->oldest ? std::max(0.0, std::chrono::duration<double>(now() - *outbox->oldest).count())
                   : 0.0;
  const auto began = Clock::now();
  if (began < tables_again_)
    co_return Done{};
  auto letters = co_await storage::count_dead_letters(session);
  if (!letters)
    co_return fail(std::move(letters.error()));
  auto applications = co_await storage::count_applications(session);
  if (!applications)
    co_return fail(std::move(applications.error()));
  auto stale = co_await storage::count_stale_submissions(session);
  if (!stale)
    co_return fail(std::move(stale.error()));
  auto stuck = co_await storage::count_stuck(
    session, applications::stuck_rules(services_.applications->schedule, now()));
  if (!stuck)
    co_return fail(std::move(stuck.error()));
  auto budgets =
    co_await storage::list_budgets(session, {BudgetScope::global, std::nullopt}, now());
  if (!budgets)
    co_return fail(std::move(budgets.error()));
  auto schedules = co_await storage::schedule_figures(session, now());
  if (!schedules)
    co_return fail(std::move(schedules.error()));
  reading.schedules.clear();
  for (auto& one : *schedules)
    reading.schedules.push_back({std::move(one.name), one.runs, one.failures, one.overdue_seconds});
  reading.budgets.clear();
  for (const auto& one : *budgets)
    reading.budgets.push_back({std::string{name_of(one.key.period)}, dollars(one.limit_nano),
                               dollars(one.spent_nano), dollars(one.reserved_nano)});
  reading.dead_letters = shares(std::move(*letters));
  reading.applications = shares(std::move(*applications));
  reading.stale_submissions = *stale;
  reading.stuck.clear();
  for (const auto& [reason, count] : *stuck)
    reading.stuck.push_back({std::string{name_of(reason)}, count});
  const auto took = Clock::now() - began;
  tables_again_ = Clock::now() + std::max<Clock::duration>(tables_kept, rest * took);
  co_return Done{};
}

task<RowLook> RowFigures::read(Clock::time_point deadline) {
  RowReading reading;
  {
    std::lock_guard guard{mutex_};
    if (reading_ || (last_ && Clock::now() < again_))
      co_return RowLook{last_, std::nullopt};
    reading_ = true;
    if (last_)
      reading = *last_;
    else
      tables_again_ = {};
  }
  // While `reading_` is true nobody else touches what look() does.
  struct Reading {
    ~Reading() {
      std::lock_guard guard{of.mutex_};
      of.reading_ = false;
      of.again_ = Clock::now() + kept;
    }
    RowFigures& of;
  } until_the_end{*this};
  const auto done = co_await look(reading, deadline);
  std::lock_guard guard{mutex_};
  last_ = done ? std::optional{std::move(reading)} : std::nullopt;
  co_return RowLook{last_, done.has_value()};
}

}  // namespace jobraker::operation
