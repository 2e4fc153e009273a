#include "tools/chat/transcript.hpp"

#include <algorithm>

namespace jobraker::chat_client {
namespace {

bool ended(const TurnView& turn) {
  return turn.state != AnswerState::waiting && turn.state != AnswerState::writing;
}

std::optional<TurnId> turn_id(const Frame& frame) {
  auto text = frame["turn_id"].string();
  return text ? TurnId::parse(*text) : std::nullopt;
}

void end(TurnView& turn, AnswerState state, const Frame& frame) {
  turn.state = state;
  turn.question.reset();
  turn.problem = frame.text("detail");
}

void accept(TurnView& turn, const Frame& frame) {
  auto id = turn.id;
  turn = {};
  turn.id = id;
  turn.client_msg_id = frame.text("client_msg_id");
  turn.asked = frame.text("content");
}

void call(TurnView& turn, const Frame& frame) {
  turn.tools.push_back(
    {frame.text("call_id"), frame.text("name"), frame["arguments"].dump(), {}, {}});
}

void result(TurnView& turn, const Frame& frame) {
  auto id = frame.text("call_id");
  auto found = std::find_if(turn.tools.begin(), turn.tools.end(),
                            [&](const ToolView& tool) { return tool.call_id == id; });
  if (found == turn.tools.end())
    found = turn.tools.insert(found, {id, frame.text("name"), {}, {}, {}});
  found->ok = frame["ok"].boolean().value_or(false);
  found->result = frame["result"].dump();
}

void answer(TurnView& turn, const Frame& frame) {
  turn.text = frame.text("content");
  turn.sources.clear();
  frame["sources"].each_element([&](json::View view) {
    Source source{view["id"].string_or(""),
                  view["kind"].string_or(""),
                  view["ref"].string_or(""),
                  view["title"].string_or(""),
                  {}};
    if (auto url = view["url"].string())
      source.url = std::string{*url};
    turn.sources.push_back(std::move(source));
  });
  end(turn, frame.text("state") == "cancelled" ? AnswerState::cancelled : AnswerState::done, frame);
}

void fail_turn(TurnView& turn, const Frame& frame) {
  turn.text.clear();
  end(turn, frame.text("code") == "cancelled" ? AnswerState::cancelled : AnswerState::failed,
      frame);
}

}  // namespace

Result<Frame> Frame::parse(std::string_view text) {
  auto document = json::Document::parse(text);
  if (!document)
    return fail(std::move(document.error()));
  Frame frame{std::move(*document)};
  frame.type_ = frame.text("type");
  if (frame.type_.empty())
    return fail(Errc::invalid, "a frame without type");
  if (auto id = frame["conversation_id"].string())
    frame.conversation_ = ConversationId::parse(*id);
  auto epoch = frame["epoch"].integer();
  auto seq = frame["seq"].integer();
  if (epoch && seq)
    frame.position_ = StreamPosition{*epoch, *seq};
  frame.span_ = frame["span"].integer().value_or(1);
  return frame;
}

const TurnView* Transcript::find(const TurnId& id) const {
  auto found =
    std::find_if(turns_.begin(), turns_.end(), [&](const TurnView& turn) { return turn.id == id; });
  return found == turns_.end() ? nullptr : &*found;
}

const TurnView* Transcript::turn_of(const Frame& frame) const {
  auto id = turn_id(frame);
  return id ? find(*id) : nullptr;
}

TurnView& Transcript::turn(const TurnId& id) {
  // The turn that is talked about is among the last.
  auto found = std::find_if(turns_.rbegin(), turns_.rend(),
                            [&](const TurnView& turn) { return turn.id == id; });
  if (found != turns_.rend())
    return *found;
  turns_.emplace_back().id = id;
  return turns_.back();
}

void Transcript::resumed(StreamPosition position) {
  resuming_ = false;
  if (position_ == position || (!position_ && position == StreamPosition{}))
    return;
  turns_.clear();
  position_ = position;
}

/// Whoever wrote the answer is gone, and with it the text that nobody had kept.
void Transcript::new_epoch() {
  for (auto& turn : turns_)
    if (!ended(turn)) {
      turn.text.clear();
      turn.since = 0;
      turn.question.reset();
    }
}

Transcript::Applied Transcript::apply(const Frame& frame) {
  // A notification may name a position; it has none of its own.
  if (resuming_ || !frame.position() || frame.type() == "resumed" || frame.type() == "notification")
    return Applied::unexpected;
  auto place = *frame.position();
  if (position_) {
    if (place <= *position_)
      return Applied::behind;
    bool same = place.epoch == position_->epoch;
    if (place.seq - frame.span() != (same ? position_->seq : 0))
      return Applied::gap;
    if (!same)
      new_epoch();
  }
  position_ = place;
  if (auto id = turn_id(frame))
    change(turn(*id), frame);
  return Applied::yes;
}

void Transcript::change(TurnView& turn, const Frame& frame) {
  const auto& type = frame.type();
  if (turn.state == AnswerState::waiting)
    turn.state = AnswerState::writing;
  if (type == "token") {
    turn.text += frame["text"].string().value_or("");
    return;
  }
  if (type == "restart") {
    turn.text.resize(std::min(turn.since, turn.text.size()));
    return;
  }
  if (type == "accepted")
    accept(turn, frame);
  else if (type == "tool_call")
    call(turn, frame);
  else if (type == "tool_result")
    result(turn, frame);
  else if (type == "confirm")
    turn.question = Question{frame.text("confirmation_id"), frame.text("name"),
                             frame["arguments"].dump(), frame.text("text")};
  else if (type == "confirmed")
    turn.question.reset();
  else if (type == "message")
    answer(turn, frame);
  else if (type == "error")
    fail_turn(turn, frame);
  else if (type == "interrupted") {
    turn.text.clear();
    end(turn, AnswerState::interrupted, frame);
  }
  turn.since = turn.text.size();
}

}  // namespace jobraker::chat_client
