#include "actors/chat/core/turn.hpp"

#include <algorithm>

#include "actors/chat/core/history.hpp"
#include "messages/json.hpp"

namespace jobraker::chat::turn {
namespace {

constexpr std::string_view continue_note =
  "Your answer was cut off. Continue exactly where it ends; repeat nothing and add no remark.";

bool blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

ToolOutcome failed(Errc code, std::string detail) {
  return {.ok = false, .result = error_result(Error{code, std::move(detail), {}, {}})};
}

/// What a call was made with, as an object: servers refuse to read anything else again.
std::string readable(const std::string& arguments) {
  auto document = json::Document::parse(arguments);
  return document && document->root().is_object() ? arguments : "{}";
}

}  // namespace

Turn::Turn(std::vector<ModelMessage> prompt, CheckCall check, Settings settings)
    : messages_(std::move(prompt)), check_(std::move(check)), settings_(settings) {
  for (const auto& message : messages_)
    for (const auto& call : message.tool_calls)
      ids_.insert(call.id);
}

Effects Turn::start() { return stage_ == Stage::fresh ? ask() : Effects{}; }

Effects Turn::ask() {
  stage_ = Stage::asking;
  AskModel out{messages_, round_ < settings_.rounds_max, text_.empty() ? "" : "\n\n"};
  if (continuing_) {
    out.prefix.clear();
    out.messages.push_back({.role = ModelRole::assistant, .text = said_});
    out.messages.push_back({.role = ModelRole::user, .text = std::string{continue_note}});
  }
  return {std::move(out)};
}

/// Takes in what the model said, behind what it continues.
void Turn::hear(std::string_view text) {
  if (!continuing_)
    said_.clear();
  said_ += text;
  continuing_ = false;
}

Effects Turn::replied(const ModelReply& reply) {
  if (stage_ != Stage::asking)
    return {};
  hear(reply.text);
  if (reply.finish == FinishReason::content_filter)
    return finish(TurnState::failed, "content_filter");
  if (!reply.refusal.empty()) {
    if (blank(said_))
      said_ = reply.refusal;
    return finish(TurnState::done, "refusal");
  }
  if (reply.tool_calls.empty())
    return end_without_calls(reply.finish);
  if (round_ < settings_.rounds_max)
    return begin_round(reply);
  bool silent = blank(text_) && blank(said_);
  return finish(silent ? TurnState::failed : TurnState::done, "rounds");
}

Effects Turn::end_without_calls(FinishReason why) {
  bool silent = blank(said_);
  if (why == FinishReason::length && !silent && !continued_ &&
      text_.size() + said_.size() < settings_.text_max) {
    continued_ = continuing_ = true;
    return ask();
  }
  if (silent && why != FinishReason::length && !retried_) {
    retried_ = true;
    return ask();
  }
  auto reason = why == FinishReason::length ? "length" : silent ? "empty" : "";
  return finish(silent && blank(text_) ? TurnState::failed : TurnState::done, reason);
}

Effects Turn::begin_round(const ModelReply& reply) {
  stage_ = Stage::calling;
  ++round_;
  round_begin_ = calls_.size();
  ModelMessage message{.role = ModelRole::assistant, .text = said_};
  for (const auto& wanted : reply.tool_calls) {
    Call call{.call = wanted, .round = round_};
    call.call.id = unique_id(wanted.id);
    message.tool_calls.push_back({call.call.id, wanted.name, readable(wanted.arguments)});
    if (calls_.size() == round_begin_)
      call.text_before = said_;
    calls_.push_back(std::move(call));
  }
  messages_.push_back(std::move(message));
  text_ = join_text(text_, said_);
  said_.clear();
  Effects out;
  for (auto at = round_begin_; at < calls_.size(); ++at)
    begin_call(at, out);
  return go_on(std::move(out));
}

void Turn::begin_call(std::size_t at, Effects& out) {
  auto& call = calls_[at];
  if (at - round_begin_ >= settings_.calls_max)
    return answer(at, failed(Errc::rate_limited, "too many calls at a time: not run"));
  auto checked = check_(call.call);
  if (!checked)
    return answer(at, {.ok = false, .result = error_result(checked.error())});
  call.valid = true;
  call.checked = std::move(*checked);
  call.changes = changes_;
  if (auto same = earlier(at)) {
    if (calls_[*same].state == CallState::answered)
      return answer(at, calls_[*same].outcome);
    call.state = CallState::sharing;
    call.shares = *same;
    return;
  }
  const auto& [id, name, written] = call.call;
  if (call.checked.confirm) {
    call.state = CallState::confirming;
    out.emplace_back(AskConfirm{id, name, call.checked.arguments, round_});
  } else {
    call.state = CallState::running;
    out.emplace_back(RunTool{id, name, call.checked.arguments, round_});
  }
}

/// An earlier call whose outcome counts for this one. What changes something happens once in a
/// turn, whatever came of it; what only reads is read again when it failed or may have changed.
std::optional<std::size_t> Turn::earlier(std::size_t at) const {
  const auto& call = calls_[at];
  for (auto i = at; i-- > 0;) {
    const auto& other = calls_[i];
    if (!other.valid || other.call.name != call.call.name ||
        other.checked.arguments != call.checked.arguments)
      continue;
    bool pending = other.state != CallState::answered;
    if (call.checked.confirm || pending || (other.outcome.ok && other.changes == changes_))
      return other.state == CallState::sharing ? other.shares : i;
  }
  return std::nullopt;
}

void Turn::answer(std::size_t at, ToolOutcome outcome) {
  calls_[at].state = CallState::answered;
  calls_[at].outcome = std::move(outcome);
  for (auto i = round_begin_; i < calls_.size(); ++i)
    if (calls_[i].state == CallState::sharing && calls_[i].shares == at) {
      calls_[i].state = CallState::answered;
      calls_[i].outcome = calls_[at].outcome;
    }
}

/// When the round's last call has its result, all go back in the order of the calls.
Effects Turn::go_on(Effects out) {
  for (auto at = round_begin_; at < calls_.size(); ++at)
    if (calls_[at].state != CallState::answered)
      return out;
  for (auto at = round_begin_; at < calls_.size(); ++at) {
    const auto& [ok, result, shown] = calls_[at].outcome;
    messages_.push_back({.role = ModelRole::tool,
                         .text = shown.empty() ? result : shown,
                         .tool_call_id = calls_[at].call.id,
                         .name = calls_[at].call.name});
  }
  for (auto& effect : ask())
    out.push_back(std::move(effect));
  return out;
}

Effects Turn::tool_done(std::string_view call_id, ToolOutcome outcome) {
  auto at = find(call_id, CallState::running);
  if (!at)
    return {};
  if (calls_[*at].checked.confirm)
    ++changes_;
  answer(*at, std::move(outcome));
  return go_on({});
}

Effects Turn::confirmed(std::string_view call_id, bool yes) {
  auto at = find(call_id, CallState::confirming);
  if (!at)
    return {};
  auto& call = calls_[*at];
  if (yes) {
    call.state = CallState::running;
    return {RunTool{call.call.id, call.call.name, call.checked.arguments, call.round}};
  }
  answer(*at,
         {.ok = false,
          .result = R"({"error":"declined","detail":"The user said no. Nothing was changed."})"});
  return go_on({});
}

Effects Turn::model_failed(const Error& error, std::string_view partial) {
  if (stage_ != Stage::asking)
    return {};
  hear(partial);
  return finish(TurnState::failed, std::string{to_string(error.code)});
}

Effects Turn::cancelled(std::string_view partial) {
  if (stage_ == Stage::finished)
    return {};
  if (stage_ == Stage::asking)
    hear(partial);
  return finish(TurnState::cancelled, "cancelled");
}

Effects Turn::deadline(std::string_view partial) {
  if (stage_ == Stage::finished)
    return {};
  if (stage_ == Stage::asking)
    hear(partial);
  return finish(TurnState::failed, "timed_out");
}

Effects Turn::finish(TurnState state, std::string reason) {
  stage_ = Stage::finished;
  Finish out{.text = join_text(text_, said_), .state = state, .reason = std::move(reason)};
  for (const auto& call : calls_)
    out.tools.push_back(record(call, out.reason));
  return {std::move(out)};
}

/// What is kept of a call. One that was under way when the turn ended may have happened.
ToolRecord Turn::record(const Call& call, std::string_view reason) const {
  auto outcome = call.outcome;
  if (call.state == CallState::running)
    outcome = failed(Errc::cancelled, "the turn ended while this ran (" + std::string{reason} +
                                        "): whether it happened is not known");
  else if (call.state != CallState::answered)
    outcome = failed(Errc::cancelled, "the turn ended before this ran: nothing was changed");
  return {.call_id = call.call.id,
          .name = call.call.name,
          .arguments = call.valid ? call.checked.arguments : call.call.arguments,
          .ok = outcome.ok,
          .result = std::move(outcome.result),
          .text_before = call.text_before,
          .round = call.round};
}

std::string Turn::unique_id(std::string wanted) {
  auto number = calls_.size();
  while (wanted.empty() || !ids_.insert(wanted).second)
    wanted = "call_t" + std::to_string(++number);
  return wanted;
}

std::optional<std::size_t> Turn::find(std::string_view id, CallState state) const {
  if (stage_ != Stage::calling)
    return std::nullopt;
  for (auto at = round_begin_; at < calls_.size(); ++at)
    if (calls_[at].call.id == id && calls_[at].state == state)
      return at;
  return std::nullopt;
}

}  // namespace jobraker::chat::turn
