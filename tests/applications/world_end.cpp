// What must hold when nothing goes wrong any more.
#include <rapidcheck.h>

#include "tests/applications/world.hpp"

namespace jobraker::test {

using namespace std::chrono_literals;
using Status = ApplicationStatus;

void World::settle() {
  calm_ = true;
  Time end = now_ + 30h;
  while (now_ < end) {
    for (int node : {0, 1})
      sweep(node);
    for (auto& run : runs_)
      if (!run.over() && !run.cancel_asked) {
        run.report.step_count = *run.report.step_count + 1;
        finish(run, 6);
      } else if (!run.over()) {
        finish(run, 5);
      }
    while (!bag_.empty())
      deliver(bag_.size() - 1);
    now_ += now_ + 25h < end ? 15s + (end - now_) / 100 : 5min;
  }
  check_end();
}

void World::check_end() const {
  for (const auto& [key, stored] : intake_)
    if (!locked_out_ && lost_.empty())  // else some may be of runs that were never found
      RC_ASSERT(stored.effect.state == EffectState::settled);
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    const auto& sub = rows_[i].standing.submission;
    auto status = rows_[i].standing.status;
    RC_ASSERT(status != Status::approved && status != Status::queued &&
              status != Status::submitting);
    RC_ASSERT(sub.phase == SubmissionPhase::idle || sub.phase == SubmissionPhase::ended);
    std::size_t sent = 0;
    bool known_sent = false;
    bool late = false;
    for (const auto& run : runs_) {
      if (run.subject != i)
        continue;
      sent += run.submitted;
      known_sent = known_sent || (run.submitted && run.report.state == RunState::completed);
      // Polls end soon after a cancel; then only a webhook can tell.
      late = late || (run.late && unheard_.count(run.report.run_id));
      // The latest attempt's run has been found, whatever was lost on the way.
      if (run.report.title == app::title_of(sub) && !is_blind(i))
        RC_ASSERT(sub.run_id == run.report.run_id);
    }
    RC_ASSERT(sent <= 1);
    if (sent == 1)
      RC_ASSERT(sub.right == SendRight::spent);
    if (known_sent && !late && !is_blind(i) && !rows_[i].by_hand)
      RC_ASSERT(status == Status::submitted);
    // Nobody is left waiting without a word.
    if (status == Status::unknown || status == Status::failed || status == Status::needs_input)
      RC_ASSERT(rows_[i].told);
    if (status == Status::unknown && is_blind(i))
      ++seen()["given up"];
    if (status == Status::submitted && !rows_[i].by_hand)
      RC_ASSERT(known_sent);
    ++seen()["ended " + std::string{name_of(status)}];
  }
}

}  // namespace jobraker::test
