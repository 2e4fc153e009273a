#include "actors/matching/core/batch_plan.hpp"

#include <algorithm>

namespace jobraker::matching::batch {
namespace {

template <class... Handlers>
struct Overloaded : Handlers... {
  using Handlers::operator()...;
};

/// One call of `next`: the state, what is to be done, and the moment.
class Step {
public:
  Step(State& state, Time now) : s_(state), now_(now) {}

  void on(const Start& start) {
    if (s_.started)
      return;
    s_.started = true;
    for (const auto& job : start.jobs)
      if (s_.index.emplace(job, s_.items.size()).second)
        s_.items.push_back(Item{.job = job});
    for (const auto& job : start.already)
      if (auto found = s_.index.find(job); found != s_.index.end()) {
        s_.items[found->second].phase = Phase::stored;
        s_.items[found->second].earlier = true;
      }
  }

  void on(const Answer& answer) {
    auto members = close(answer.group);
    Store store;
    for (auto i : members) {
      auto& item = s_.items[i];
      auto mine = std::find_if(answer.scores.begin(), answer.scores.end(),
                               [&](const ScoredJob& scored) { return scored.job_id == item.job; });
      if (mine == answer.scores.end()) {
        give_back(item, true, "the model left this job out", std::chrono::milliseconds{0});
        continue;
      }
      item.phase = Phase::storing;
      item.score = *mine;
      item.above = mine->compatibility_score >= s_.settings.threshold;
      store.scores.push_back(*mine);
    }
    if (!store.scores.empty())
      effects_.emplace_back(std::move(store));
  }

  void on(const Failure& failure) {
    for (auto i : close(failure.group))
      give_back(s_.items[i], failure.retryable, failure.reason, failure.retry_after);
  }

  void on(const Stored& stored) {
    for (const auto& job : stored.jobs)
      if (auto* item = storing(job)) {
        item->phase = Phase::stored;
        item->score = {};
      }
  }

  void on(const StoreFailed& failed) {
    for (const auto& job : failed.jobs)
      if (auto* item = storing(job)) {
        item->phase = Phase::unstored;
        item->not_before = now_ + s_.settings.retry_delay_max;
      }
  }

  void on(const Tick&) {
    Store again;
    for (auto& item : s_.items)
      if (item.phase == Phase::unstored && item.not_before <= now_) {
        item.phase = Phase::storing;
        again.scores.push_back(item.score);
      }
    if (!again.scores.empty())
      effects_.emplace_back(std::move(again));
  }

  void on(const Cancel&) {
    s_.cancelled = true;
    for (auto& item : s_.items)
      if (item.phase == Phase::pending) {
        item.phase = Phase::failed;
        item.reason = "the run was stopped";
      }
  }

  std::vector<Effect> finish() {
    if (s_.started) {
      while (ask()) {
      }
      report();
    }
    return std::move(effects_);
  }

private:
  /// The items of a call that is in flight, which it then no longer is; nothing for any other
  /// number.
  std::vector<std::size_t> close(GroupId group) {
    auto node = s_.groups.extract(group);
    return node.empty() ? std::vector<std::size_t>{} : std::move(node.mapped());
  }

  Item* storing(const JobId& job) {
    auto found = s_.index.find(job);
    if (found == s_.index.end() || s_.items[found->second].phase != Phase::storing)
      return nullptr;
    return &s_.items[found->second];
  }

  void give_back(Item& item, bool retryable, const std::string& reason,
                 std::chrono::milliseconds retry_after) {
    item.reason = s_.cancelled ? "the run was stopped" : reason;
    if (!retryable || s_.cancelled || item.attempts >= s_.settings.attempts_max) {
      item.phase = Phase::failed;
      return;
    }
    auto delay = s_.settings.retry_delay;
    for (int i = 1; i < item.attempts && delay < s_.settings.retry_delay_max; ++i)
      delay *= 2;
    item.phase = Phase::pending;
    item.not_before = now_ + std::max(std::min(delay, s_.settings.retry_delay_max), retry_after);
  }

  /// How many share a prompt: halved with each attempt, since one posting may be what spoils it.
  std::size_t group_limit(int attempts) const {
    return std::max<std::size_t>(1, s_.settings.jobs_per_prompt >> std::min(attempts, 30));
  }

  /// Starts one more model call, if one may be started and there is something due.
  bool ask() {
    if (s_.groups.size() >= std::max<std::size_t>(1, s_.settings.calls_in_flight))
      return false;
    AskModel effect;
    std::vector<std::size_t> members;
    int attempts = 0;
    for (std::size_t i = 0; i < s_.items.size(); ++i) {
      auto& item = s_.items[i];
      if (item.phase != Phase::pending || item.not_before > now_)
        continue;
      if (members.empty())
        attempts = item.attempts;
      else if (item.attempts != attempts)
        continue;
      item.phase = Phase::in_flight;
      ++item.attempts;
      members.push_back(i);
      effect.jobs.push_back(item.job);
      if (members.size() >= group_limit(attempts))
        break;
    }
    if (members.empty())
      return false;
    effect.group = s_.next_group++;
    s_.groups.emplace(effect.group, std::move(members));
    effects_.emplace_back(std::move(effect));
    return true;
  }

  void report() {
    Progress progress{0, s_.items.size(), 0};
    bool open = false;
    auto wake = Time::max();
    for (const auto& item : s_.items) {
      bool failed = item.phase == Phase::failed;
      bool ended = failed || item.phase == Phase::stored;
      progress.failed += failed ? 1 : 0;
      progress.done += ended ? 1 : 0;
      open = open || !ended;
      bool waits = item.phase == Phase::pending || item.phase == Phase::unstored;
      // A posting that only waits for a free call needs no alarm: the call's end is its event.
      if (waits && item.not_before > now_)
        wake = std::min(wake, item.not_before);
    }
    if (!(progress == s_.reported)) {
      s_.reported = progress;
      effects_.emplace_back(progress);
    }
    if (wake != Time::max())
      effects_.emplace_back(WakeAt{wake});
    if (open)
      return;
    s_.finished = true;
    Finish finish{.total = s_.items.size(), .cancelled = s_.cancelled};
    for (const auto& item : s_.items) {
      if (item.phase == Phase::failed) {
        finish.failed.push_back({item.job, item.reason});
      } else if (item.earlier) {
        ++finish.already;
      } else {
        ++finish.scored;
        finish.above_threshold += item.above ? 1 : 0;
      }
    }
    effects_.emplace_back(std::move(finish));
  }

  State& s_;
  Time now_;
  std::vector<Effect> effects_{};
};

}  // namespace

std::vector<Effect> next(State& state, const Event& event, Time now) {
  if (state.finished)
    return {};
  Step step{state, now};
  std::visit([&](const auto& e) { step.on(e); }, event);
  return step.finish();
}

}  // namespace jobraker::matching::batch
