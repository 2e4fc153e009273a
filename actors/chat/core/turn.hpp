#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "actors/chat/core/tools.hpp"
#include "messages/chat.hpp"
#include "messages/model.hpp"
#include "messages/result.hpp"

/// One question and the way to its answer, as a state machine: pure.
namespace jobraker::chat::turn {

struct Settings {
  std::int64_t rounds_max = 8;     ///< rounds of calls; after them the model must answer without
  std::size_t calls_max = 16;      ///< calls of one round that are run; the others are refused
  std::size_t text_max = 1 << 18;  ///< bytes of the answer; it is not continued beyond
};

// What the turn wants done.

/// Ask the model. `prefix` is to be shown before the first text of the reply (a blank line between
/// the texts of two rounds); it is in `Finish::text` when the reply has text.
struct AskModel {
  std::vector<ModelMessage> messages{};
  bool tools = true;  ///< false: it must answer without calls, the rounds are used up
  std::string prefix{};
};
/// Run a call; answered once by `tool_done`.
struct RunTool {
  std::string call_id{};
  std::string name{};
  std::string arguments{};  ///< canonical JSON that has passed the schema
  std::int64_t round = 0;   ///< from 1
};
/// Ask the user whether this call may run; answered by `confirmed`. Silence is a no: the caller
/// keeps the time.
struct AskConfirm {
  std::string call_id{};
  std::string name{};
  std::string arguments{};
  std::int64_t round = 0;
};
/// The end. Whatever is still running is of no interest any more.
struct Finish {
  std::string text{};  ///< everything that was said, as shown
  std::vector<ToolRecord> tools{};
  TurnState state = TurnState::done;  ///< done, failed or cancelled
  /// done: nothing, `length` (cut off), `refusal` (the text is the model's), `rounds` (it wanted
  /// more calls than there may be), `empty` (nothing more after its calls); failed:
  /// `content_filter`, `length`, `rounds` or `empty` when there is no text at all, `timed_out`, or
  /// the name of the Errc; cancelled: `cancelled`.
  std::string reason{};
};
using Effect = std::variant<AskModel, RunTool, AskConfirm, Finish>;
using Effects = std::vector<Effect>;

/// Reads a call: name and schema (`ToolTable::check`, after placeholders have been put back).
using CheckCall = std::function<Result<CheckedCall>(const ToolCall&)>;

/// The outcome of a call.
struct ToolOutcome {
  bool ok = true;
  std::string result{};  ///< JSON, as kept with the answer
  std::string shown{};   ///< what the model reads: fenced, with placeholders; empty: `result`
};

/// The reducer of a turn. Every function answers with what to do next; what does not fit the state
/// (a second outcome, an unknown id, anything after the end) changes nothing and answers with
/// nothing. It ends after at most `rounds_max` + 3 model calls: one answer that was cut off is
/// continued, one that was empty is asked for again, and after the last round one call without
/// functions follows. Before each model call every call of the model has exactly one result. A call
/// that is wrong (unknown function, arguments against the schema) is answered with an error, it
/// does not end the turn. A call that was already made with the same arguments is not run again: it
/// gets the earlier result, unless something was changed since or it failed; one that needs the
/// user's yes is asked and run at most once in a turn.
class Turn {
public:
  /// `prompt` ends with the user's message.
  Turn(std::vector<ModelMessage> prompt, CheckCall check, Settings settings = {});

  Effects start();
  Effects replied(const ModelReply& reply);
  /// The model could not be asked; `partial` is what had been shown of its reply.
  Effects model_failed(const Error& error, std::string_view partial);
  Effects tool_done(std::string_view call_id, ToolOutcome outcome);
  Effects confirmed(std::string_view call_id, bool yes);
  /// The user wants no more; `partial` as above, empty when no reply was running.
  Effects cancelled(std::string_view partial);
  /// The turn's time is over.
  Effects deadline(std::string_view partial);

  bool finished() const noexcept { return stage_ == Stage::finished; }
  std::int64_t round() const noexcept { return round_; }

private:
  enum class Stage : std::uint8_t { fresh, asking, calling, finished };
  enum class CallState : std::uint8_t { waiting, confirming, running, sharing, answered };
  struct Call {
    ToolCall call{};  ///< as the model wrote it, with a unique id
    bool valid = false;
    CheckedCall checked{};
    CallState state = CallState::waiting;
    std::size_t shares = 0;  ///< the place of the call whose outcome this one gets
    ToolOutcome outcome{};
    std::int64_t round = 0;
    std::int64_t changes = 0;  ///< how much had been changed when it was begun
    std::string text_before{};
  };
  Effects ask();
  Effects begin_round(const ModelReply& reply);
  void begin_call(std::size_t at, Effects& out);
  void answer(std::size_t at, ToolOutcome outcome);
  Effects go_on(Effects out);
  Effects end_without_calls(FinishReason why);
  Effects finish(TurnState state, std::string reason);
  void hear(std::string_view text);
  std::string unique_id(std::string wanted);
  std::optional<std::size_t> find(std::string_view id, CallState state) const;
  std::optional<std::size_t> earlier(std::size_t at) const;
  ToolRecord record(const Call& call, std::string_view reason) const;

  std::vector<ModelMessage> messages_;
  CheckCall check_;
  Settings settings_;
  Stage stage_ = Stage::fresh;
  std::int64_t round_ = 0;
  std::vector<Call> calls_{};    ///< of all rounds, in order
  std::size_t round_begin_ = 0;  ///< where the present round's calls begin
  std::set<std::string> ids_{};  ///< of all calls, the prompt's too
  std::string text_{};           ///< of the rounds that are over
  std::string said_{};           ///< since then
  std::int64_t changes_ = 0;
  bool continued_ = false;   ///< `length` was continued once
  bool continuing_ = false;  ///< the reply awaited continues `said_`
  bool retried_ = false;     ///< an empty reply was asked for again
};

}  // namespace jobraker::chat::turn
