// Skyvern and the network.
#include <algorithm>

#include <rapidcheck.h>

#include "actors/applications/core/outcome.hpp"
#include "messages/application_moves.hpp"
#include "messages/codec.hpp"
#include "tests/applications/world.hpp"

namespace jobraker::test {

using namespace std::chrono_literals;
using Status = ApplicationStatus;

void World::by_hand(std::uint32_t choice, Rows& rows) {
  constexpr Status wishes[] = {Status::submitted, Status::withdrawn, Status::rejected,
                               Status::interviewing};
  auto to = wishes[choice % 4];
  if (!may_move_by_hand(rows.standing.status, to))
    return;
  rows.standing.status = to;
  rows.by_hand = true;
  ++seen()["by hand"];
}

Parcel World::take(std::size_t parcel) {
  std::swap(bag_[parcel], bag_.back());
  auto taken = std::move(bag_.back());
  bag_.pop_back();
  return taken;
}

void World::deliver(std::size_t parcel) {
  auto taken = take(parcel);
  std::visit([this](const auto& m) { arrive(m); }, taken);
}

/// What gets lost. Whoever called notices after a while, and then nobody knows.
void World::lose(std::size_t parcel) {
  auto taken = take(parcel);
  if (auto* request = std::get_if<CreateRequest>(&taken)) {
    ++seen()["create request lost"];
    bag_.push_back(CreateReply{
      request->from, request->subject, request->attempt, CreateReply::Kind::nothing, {}});
  } else if (auto* reply = std::get_if<CreateReply>(&taken)) {
    if (reply->kind != CreateReply::Kind::nothing)
      ++seen()["create reply lost"];
    reply->kind = CreateReply::Kind::nothing;
    bag_.push_back(*reply);
  } else if (auto* found = std::get_if<LookUpReply>(&taken)) {
    found->failed = true;
    found->report.reset();
    bag_.push_back(*found);
  } else if (auto* news = std::get_if<RunNews>(&taken)) {
    ++seen()["read failed"];
    news->failed = true;
    bag_.push_back(*news);
  } else if (std::holds_alternative<DoCall>(taken) ||
             std::holds_alternative<ProcessWebhook>(taken)) {
    bag_.push_back(std::move(taken));  // inside a node: only a crash loses it
  } else {
    if (auto* webhook = std::get_if<Webhook>(&taken))
      unheard_.insert(webhook->report.run_id);
    ++seen()["news lost"];
  }
}

/// What no patience mends: Skyvern refuses our key, searches for one application's run always fail,
/// a run cannot be read, or its webhooks never come.
void World::trouble(std::uint32_t choice, std::size_t subject) {
  // Seldom, so that most schedules still have to end well.
  if (choice % 32 == 0) {
    locked_out_ = true;
    ++seen()["locked out"];
  } else if (choice % 32 < 3) {
    lost_.insert(subject);
    ++seen()["never to be searched"];
  } else if (choice % 32 < 9 && !runs_.empty()) {
    auto& run = runs_[choice / 32 % runs_.size()];
    run.unreadable = run.unreadable || choice % 3 != 1;
    run.mute = run.mute || choice % 3 != 2;
    if (run.mute && run.unreadable)
      ++seen()["mute and unreadable"];
  }
}

/// Whether nobody could ever have told us how one of its runs ended.
bool World::is_blind(std::size_t subject) const {
  return locked_out_ || lost_.count(subject) ||
         std::any_of(runs_.begin(), runs_.end(),
                     [&](const ModelRun& run) { return run.subject == subject && run.unreadable; });
}

ModelRun* World::run_titled(const std::string& title) {
  for (auto& run : runs_)
    if (run.report.title == title)
      return &run;
  return nullptr;
}

void World::arrive(const DoCall& m) {
  if (!alive(m.from))
    return;
  auto title = app::title_of(m.then);
  auto* run = run_titled(title);
  switch (m.call) {
  case app::Call::create:
    // A node that looks at the clock first; it may oversleep after that.
    if (arg_ % 3 && !app::may_call(m.then, schedule_, now_)) {
      ++seen()["came too late to call"];
      bag_.push_back(
        CreateReply{m.from, m.subject, m.attempt, CreateReply::Kind::refused_for_now, {}});
      return;
    }
    // The one thing that must never happen twice.
    RC_ASSERT(rows_[m.subject].titles.insert(title).second);
    bag_.push_back(CreateRequest{m.from, m.subject, m.attempt, title});
    return;
  case app::Call::look_up:
    if (locked_out_ || lost_.count(m.subject)) {
      ++seen()["look-up refused"];
      bag_.push_back(LookUpReply{m.from, m.subject, m.attempt, true, {}});
    } else {
      bag_.push_back(LookUpReply{m.from, m.subject, m.attempt, false,
                                 run ? std::optional{run->report} : std::nullopt});
    }
    return;
  case app::Call::cancel:
    if (run && !locked_out_)
      run->cancel_asked = true;
    return;
  case app::Call::get:
    if (run && (locked_out_ || run->unreadable)) {
      ++seen()["read refused"];
      RunReport nothing;
      nothing.run_id = run->report.run_id;
      bag_.push_back(RunNews{m.from, m.subject, true, nothing});
    } else if (run) {
      bag_.push_back(RunNews{m.from, m.subject, false, run->report});
    }
    return;
  }
}

void World::arrive(const CreateRequest& m) {
  // Nothing else of this application may have been sent, or be about to be.
  for (const auto& run : runs_)
    if (run.subject == m.subject)
      RC_ASSERT(run.harmless());
  CreateReply reply{m.from, m.subject, m.attempt, CreateReply::Kind::run, {}};
  if (locked_out_ || (!calm_ && arg_ % 7 == 0)) {
    reply.kind = CreateReply::Kind::refused;
  } else if (!calm_ && arg_ % 7 == 1) {
    reply.kind = CreateReply::Kind::refused_for_now;
  } else {
    ModelRun run;
    run.subject = m.subject;
    run.report.run_id = "tsk_" + std::to_string(runs_.size() + 1);
    run.report.title = m.title;
    run.report.step_count = 0;
    runs_.push_back(run);
    reply.report = run.report;
  }
  bag_.push_back(reply);
}

void World::arrive(const CreateReply& m) {
  if (!alive(m.from))
    return;
  transact(m.from.node, m.subject, [&](const app::Standing& s) -> Result<app::Step> {
    switch (m.kind) {
    case CreateReply::Kind::run:
      return app::created(s, m.attempt, m.report, schedule_, now_);
    case CreateReply::Kind::refused:
      return app::refused(s, m.attempt, {false, {}, "no"}, schedule_, now_);
    case CreateReply::Kind::refused_for_now:
      return app::refused(s, m.attempt, {true, {}, "later"}, schedule_, now_);
    case CreateReply::Kind::nothing:
      return app::unanswered(s, m.attempt, now_);
    }
    return fail(Errc::internal, "unreachable");
  });
}

void World::arrive(const LookUpReply& m) {
  if (!alive(m.from))
    return;
  transact(m.from.node, m.subject, [&](const app::Standing& s) -> Result<app::Step> {
    if (m.report)
      return app::created(s, m.attempt, *m.report, schedule_, now_);
    return app::not_found(s, m.attempt, m.failed, schedule_, now_);
  });
}

void World::arrive(const RunNews& m) {
  if (alive(m.from))
    transact(m.from.node, m.subject, [&](const app::Standing& s) {
      return m.failed ? app::unread(s, m.report.run_id, schedule_, now_)
                      : app::answered(s, m.report, schedule_, now_);
    });
}

/// The intake: stored once for each content, answered, and handed on.
void World::arrive(const Webhook& m) {
  auto key = json::encode(m.report) + m.report.title + m.report.output;
  auto& stored = intake_[key];
  stored.report = m.report;
  auto step = storage::reserve(stored.effect, LapseRule::run_again, now_, 30s);
  auto* granted = std::get_if<storage::EffectGranted>(&step.answer);
  if (!granted) {
    ++seen()["webhook known"];
    return;
  }
  stored.effect = step.next;
  bag_.push_back(ProcessWebhook{at(static_cast<int>(arg_ % 2)), key, granted->fence});
}

void World::arrive(const ProcessWebhook& m) {
  if (!alive(m.from))
    return;
  auto& stored = intake_[m.key];
  const auto& report = stored.report;
  auto titled = app::read_title(report.title);
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    const auto& sub = rows_[i].standing.submission;
    if (!rows_[i].runs.count(report.run_id) && !(titled && titled->application == sub.application))
      continue;
    transact(m.from.node, i, [&](const app::Standing& s) -> Result<app::Step> {
      auto settled = storage::settle(stored.effect, m.fence, "{}");
      if (!settled)
        return fail(std::move(settled.error()));
      stored.effect = settled->next;
      return app::reported(s, report, schedule_, now_);
    });
    return;
  }
  // Its run is not known yet, or was another's: to be looked at again.
  ++seen()["webhook before its run"];
  if (auto renewed = storage::renew(stored.effect, m.fence, now_, 0s))
    stored.effect = *renewed;
}

void World::tell(const ModelRun& run) {
  auto report = run.report;
  if (!titles_told_)
    report.title.clear();
  if (run.mute) {
    unheard_.insert(report.run_id);
    return;
  }
  told_.push_back(report);
  bag_.push_back(Webhook{report});
}

void World::finish(ModelRun& run, std::uint32_t choice) {
  auto& r = run.report;
  bool begun = *r.step_count > 0;
  switch (choice % 6) {
  case 0:
    if (run.submitted || begun) {
      r.state = RunState::completed;
      // The goal was reached, or the agent gave up in words.
      r.output =
        choice / 6 % 4 || run.submitted ? R"({"submitted":true})" : R"({"submitted":false})";
      run.submitted = run.submitted || r.output == R"({"submitted":true})";
    } else {
      r.state = RunState::failed;
    }
    break;
  case 1:
    r.state = RunState::failed;
    if (run.submitted && choice / 6 % 2)
      r.failure_reason = "Failed to send webhook";
    break;
  case 2:
    r.state = RunState::timed_out;
    break;
  case 3:
    r.state = RunState::terminated;
    if (!run.submitted && choice / 6 % 2)
      r.errors = {{choice / 12 % 2 ? "missing_information" : "job_closed", "so it says"}};
    break;
  default:
    if (!run.cancel_asked && choice % 6 == 4)
      return;
    r.state = RunState::canceled;
  }
  ++seen()["run " + std::string{name_of(r.state)}];
  tell(run);
}

void World::work_on(ModelRun& run, std::uint32_t choice) {
  auto& r = run.report;
  if (r.state == RunState::canceled && choice % 4 == 0) {
    r.state = RunState::completed;  // the cancel came too late
    r.output = R"({"submitted":true})";
    run.submitted = run.late = true;
    ++seen()["cancel lost the race"];
    return tell(run);
  }
  if (run.over())
    return;
  if (run.cancel_asked && choice % 3)
    return finish(run, 5);
  switch (choice % 8) {
  case 0:
    r.state = RunState::paused;
    r.step_count = *r.step_count + 1;
    return;
  case 1:
    return finish(run, choice / 8);
  case 2:
    run.submitted = run.submitted || *r.step_count > 0;
    return;
  default:
    r.state = r.state == RunState::created ? RunState::queued : RunState::running;
    if (r.state == RunState::running)
      r.step_count = *r.step_count + 1;
  }
}

}  // namespace jobraker::test
