#pragma once

#include <memory>
#include <string>

#include "actors/chat/core/holdback.hpp"
#include "actors/chat/core/redact.hpp"
#include "actors/chat/turn_run.hpp"

namespace jobraker::chat {

/// What moderation says of texts, with the policy for when it is away. `flagged` for any of them.
struct Verdict {
  bool flagged = false;
  bool away = false;  ///< moderation did not answer; `flagged` then follows chat.moderation_down
};

/// Asks moderation about a text in placeholders.
task<Verdict> judge_text(Services& services, Context context, std::string text, UserId user);

/// A model's words on their way to the person: held back until moderation has cleared them,
/// placeholders put back, sent to the conversation. One object a model call; a restart begins a new
/// one. Lives on one I/O thread.
class Speech : public std::enable_shared_from_this<Speech> {
public:
  /// `stop` is cancelled when something is flagged. `data` outlives the speech.
  Speech(Services& services, Context context, TurnPort port, const PersonalData& data,
         net::CancelToken stop);

  void add(std::string_view delta);
  /// No more comes; returns when all of it is shown, or something was flagged.
  task<void> finish();
  /// Whatever moderation still says is of no interest any more.
  void abandon() { abandoned_ = true; }

  bool flagged() const noexcept { return hold_.flagged(); }
  bool away() const noexcept { return away_; }
  /// What the person was shown.
  const std::string& shown() const noexcept { return shown_; }

private:
  void pump();
  void show(std::string text);
  task<void> moderate_spans();

  Services& services_;
  Context context_;
  TurnPort port_;
  RevealStream reveal_;
  net::CancelToken stop_;
  HoldBack hold_;
  std::deque<ModerationSpan> spans_;
  bool moderating_ = false;
  bool abandoned_ = false;
  bool away_ = false;
  std::string shown_;
};

}  // namespace jobraker::chat
