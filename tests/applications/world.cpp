#include "tests/applications/world.hpp"

#include <algorithm>

#include <rapidcheck.h>

#include "actors/applications/core/outcome.hpp"

namespace jobraker::test {
namespace {

using namespace std::chrono_literals;
using Status = ApplicationStatus;
using storage::EffectStanding;

/// The moves that are legal, written down a second time.
const std::map<Status, std::set<Status>> legal{
  {Status::draft, {Status::approved, Status::withdrawn}},
  {Status::approved, {Status::draft, Status::queued, Status::withdrawn}},
  {Status::queued, {Status::draft, Status::submitting, Status::failed, Status::withdrawn}},
  {Status::submitting,
   {Status::queued, Status::submitted, Status::needs_input, Status::unknown, Status::failed,
    Status::withdrawn}},
  {Status::needs_input,
   {Status::approved, Status::queued, Status::submitting, Status::submitted, Status::unknown,
    Status::failed, Status::withdrawn}},
  {Status::unknown,
   {Status::queued, Status::submitting, Status::submitted, Status::needs_input, Status::failed,
    Status::withdrawn}},
  {Status::failed, {Status::approved, Status::queued, Status::submitted, Status::withdrawn}},
  {Status::withdrawn, {Status::draft, Status::submitted}},
};

bool mirrors(const Submission& s, const EffectStanding& effect) {
  switch (effect.state) {
  case EffectState::given_back:
    return s.right == SendRight::free;
  case EffectState::reserved:
    return s.right == SendRight::held && s.fence == effect.fence;
  case EffectState::settled:
    return s.right == SendRight::spent;
  }
  return false;
}

}  // namespace

bool ModelRun::over() const { return app::is_final(report.state); }

bool ModelRun::harmless() const {
  return over() && !submitted && report.state != RunState::canceled &&
         report.state != RunState::completed;
}

std::map<std::string, std::uint64_t>& World::seen() {
  static std::map<std::string, std::uint64_t> counts;
  return counts;
}

World::World(std::size_t applications, bool told) : rows_(applications), titles_told_(told) {
  now_ = *parse_rfc3339("2026-11-20T12:00:00Z");
  for (std::size_t i = 0; i < applications; ++i)
    rows_[i].standing.submission.application =
      ApplicationId::of("application " + std::to_string(i));
}

void World::check(const Rows& before, const Rows& after) const {
  auto from = before.standing.status;
  auto to = after.standing.status;
  if (from != to) {
    auto it = legal.find(from);
    if (it == legal.end() || !it->second.count(to))
      RC_FAIL("illegal: " + std::string{name_of(from)} + " to " + std::string{name_of(to)});
    ++seen()[std::string{name_of(from)} + " > " + std::string{name_of(to)}];
  }
  RC_ASSERT(mirrors(after.standing.submission, after.effect));
  if (before.effect.state == EffectState::settled)
    RC_ASSERT(after.effect == before.effect);
}

/// What storage does with a step, on the model's rows.
void World::apply(Rows& rows, const app::Step& step) {
  auto fence = step.next.submission.fence;
  if (step.effect == app::EffectOp::settle) {
    auto closed = storage::settle(rows.effect, fence, step.outcome);
    RC_ASSERT(closed.has_value());
    rows.effect = closed->next;
  } else if (step.effect == app::EffectOp::give_back) {
    auto closed = storage::give_back(rows.effect, fence);
    RC_ASSERT(closed.has_value());
    rows.effect = closed->next;
  }
  rows.standing = step.next;
  rows.told = rows.told || step.notice.has_value();
  if (step.notice && step.notice->kind == app::NoticeKind::silent)
    ++seen()["told of silence"];
  if (const auto& run = rows.standing.submission.run_id; !run.empty())
    rows.runs.insert(run);
}

bool World::transact(int node, std::size_t subject, const Change& change) {
  auto before = rows_[subject];
  auto step = change(rows_[subject].standing);
  if (!step) {
    rows_[subject] = before;
    return false;
  }
  apply(rows_[subject], *step);
  check(before, rows_[subject]);
  const auto& calls = step->calls;
  if (std::find(calls.begin(), calls.end(), app::Call::create) != calls.end()) {
    // What is sent is what would be sent now, and its person has said yes to exactly that.
    RC_ASSERT(step->next.submission.approved == hash_of(rows_[subject]));
    RC_ASSERT(rows_[subject].wanted.count(hash_of(rows_[subject])));
  }
  // From here on the transaction is committed, and the node may crash before it makes the calls.
  for (auto call : step->calls)
    bag_.push_back(
      DoCall{at(node), subject, step->next.submission.attempt, call, step->next.submission});
  return true;
}

void World::wake(int node, std::size_t subject) {
  auto& rows = rows_[subject];
  if (!app::wants_effect(rows.standing, now_)) {
    transact(node, subject, [&](const auto& s) { return app::wake(s, schedule_, now_); });
    return;
  }
  transact(node, subject, [&](const app::Standing& s) -> Result<app::Step> {
    if (s.status == Status::queued && s.submission.approved != hash_of(rows)) {
      ++seen()["changed before its turn"];
      return app::withdraw_approval(s, "changed");
    }
    if (s.status == Status::queued && arg_ % 5 == 0 && !calm_)
      return app::postpone(s, now_ + 20s);
    auto step = storage::reserve(rows.effect, LapseRule::look_up, now_, app::lease(schedule_));
    app::Turn turn;
    if (auto* granted = std::get_if<storage::EffectGranted>(&step.answer)) {
      turn.fence = granted->fence;
      turn.must_look_up = granted->must_look_up;
      rows.effect = step.next;
    } else if (auto* busy = std::get_if<storage::EffectBusy>(&step.answer)) {
      turn.answer = app::Turn::Answer::busy;
      turn.until = busy->until;
    } else {
      turn.answer = app::Turn::Answer::done;
    }
    return app::take_turn(s, turn, schedule_, now_);
  });
}

void World::sweep(int node) {
  for (std::size_t i = 0; i < rows_.size(); ++i)
    wake(node, i);
  for (auto& [key, stored] : intake_) {
    if (!storage::lapsed(stored.effect, now_))
      continue;
    auto step = storage::reserve(stored.effect, LapseRule::run_again, now_, 30s);
    if (auto* granted = std::get_if<storage::EffectGranted>(&step.answer)) {
      stored.effect = step.next;
      bag_.push_back(ProcessWebhook{at(node), key, granted->fence});
    }
  }
}

std::string World::hash_of(const Rows& rows) {
  return std::to_string(rows.documents) + "/" + std::to_string(rows.answers) + "/" +
         std::to_string(rows.address);
}

/// Somebody edits what would be sent. Whether that is noticed at once or at its turn is left open.
void World::change_content(std::uint32_t choice, Rows& rows) {
  ++(choice % 3 == 0 ? rows.documents : choice % 3 == 1 ? rows.answers : rows.address);
  auto status = rows.standing.status;
  if (choice / 3 % 2 && (status == Status::approved || status == Status::queued)) {
    auto before = rows;
    apply(rows, app::withdraw_approval(rows.standing, "changed"));
    check(before, rows);
    ++seen()["changed and noticed"];
  }
}

void World::person(std::uint32_t choice, std::size_t subject) {
  auto& rows = rows_[subject];
  int node = static_cast<int>(choice / 8 % 2);
  auto status = rows.standing.status;
  switch (choice % 8) {
  case 0:
  case 1:
  case 2:
    rows.wanted.insert(hash_of(rows));
    if (transact(node, subject,
                 [&](const auto& s) { return app::approve(s, hash_of(rows), now_); }))
      rows.told = false;
    return;
  case 3:
    if (transact(node, subject, [&](const auto& s) { return app::cancel(s, schedule_, now_); }))
      ++seen()["cancelled when " + std::string{name_of(status)}];
    return;
  case 4:
    transact(node, subject, [&](const auto& s) { return app::retry(s, hash_of(rows), now_); });
    return;
  case 5:
    if (!rows.by_hand)  // the server looks into the timeline
      transact(node, subject, [&](const auto& s) { return app::reopen(s); });
    return;
  case 6:
    return change_content(choice / 16, rows);
  default:
    by_hand(choice / 16, rows);
  }
}

void World::step(std::uint32_t number) {
  arg_ = number / 16;
  auto subject = arg_ % rows_.size();
  int node = static_cast<int>(arg_ % 2);
  switch (number % 16) {
  case 0:
  case 1:
    now_ += std::chrono::seconds{1 + arg_ % 40};
    return sweep(node);
  case 2:
    now_ += std::chrono::seconds{arg_ % 4000};
    return;
  case 3:
    return person(arg_ / 4, subject);
  case 4:
    if (arg_ % 3 == 0) {
      ++lives_[node];
      ++seen()["crash"];
    } else if (arg_ % 3 == 1) {
      trouble(arg_ / 3, subject);
    }
    return;
  case 5:
  case 6:
  case 7:
    if (!runs_.empty())
      work_on(runs_[arg_ % runs_.size()], arg_ / 8);
    return;
  case 8:
    if (!told_.empty()) {
      bag_.push_back(Webhook{told_[arg_ % told_.size()]});
      ++seen()["webhook again"];
    }
    return;
  case 9:
    if (!bag_.empty() && arg_ % 2)
      lose((arg_ / 2) % bag_.size());
    return;
  default:
    if (!bag_.empty())
      deliver(arg_ % bag_.size());
  }
}

}  // namespace jobraker::test
