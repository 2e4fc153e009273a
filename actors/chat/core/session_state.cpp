#include "actors/chat/core/session_state.hpp"

#include <utility>

namespace jobraker::chat {
namespace {

/// Whether a client that stands at `position` can apply `frame`.
bool follows(StreamPosition position, const WireFrame& frame) {
  auto base = frame.position.seq - frame.span;
  return frame.position.epoch == position.epoch
           ? base == position.seq
           : frame.position.epoch > position.epoch && base == 0;
}

/// The client's position is nobody's: it begins again.
SendFrame from_the_beginning(const ConversationId& conversation) {
  return {
    {{},
     1,
     "resumed",
     std::make_shared<const std::string>(R"({"type":"resumed","conversation_id":")" +
                                         to_string(conversation) + R"(","epoch":0,"seq":0})")}};
}

}  // namespace

AskReplay SessionState::ask(const ConversationId& conversation, ViewState& view) {
  view.mode = Mode::catching_up;
  view.question = ++questions_;
  return {conversation, view.position, view.question};
}

SessionEffects SessionState::resume(ConversationId conversation, StreamPosition after) {
  auto& view = views_[conversation];
  view.position = after;
  return {ask(conversation, view)};
}

SessionEffects SessionState::follow(ConversationId conversation, StreamPosition now) {
  views_.try_emplace(conversation, ViewState{now, Mode::live});
  return {};
}

SessionEffects SessionState::leave(ConversationId conversation) {
  if (views_.erase(conversation) == 0)
    return {};
  return {Unsubscribe{conversation}};
}

SessionEffects SessionState::replayed(const AskReplay& asked, const Replay& replay,
                                      std::size_t queued) {
  auto found = views_.find(asked.conversation);
  if (found == views_.end())
    return {};
  auto& view = found->second;
  if (view.mode != Mode::catching_up || asked.question != view.question)
    return {};
  if (queued > high_water_) {
    view.mode = Mode::lagging;
    return {};
  }
  SessionEffects effects;
  if (replay.kind == Replay::Kind::unknown && view.position != StreamPosition{}) {
    view.position = {};
    effects.push_back(from_the_beginning(asked.conversation));
    effects.push_back(ask(asked.conversation, view));
    return effects;
  }
  effects.reserve(replay.frames.size() + 1);
  for (const auto& frame : replay.frames) {
    if (!follows(view.position, frame))
      continue;
    view.position = frame.position;
    effects.push_back(SendFrame{frame});
  }
  if (replay.kind == Replay::Kind::partial || replay.kind == Replay::Kind::need_rows)
    effects.push_back(ask(asked.conversation, view));
  else
    view.mode = Mode::live;
  return effects;
}

SessionEffects SessionState::deliver(ConversationId conversation, const WireFrame& frame,
                                     std::size_t queued) {
  auto found = views_.find(conversation);
  if (found == views_.end() || !frame.json)
    return {};
  auto& view = found->second;
  if (view.mode != Mode::live || frame.position <= view.position)
    return {};
  if (queued > high_water_) {
    view.mode = Mode::lagging;
    return {};
  }
  // Before the first epoch there was nothing that could have been missed.
  bool same_epoch = frame.position.epoch == view.position.epoch;
  bool first_ever = view.position == StreamPosition{} && frame.position.epoch == 1;
  if (!follows(view.position, frame) || (!same_epoch && !first_ever))
    return {ask(conversation, view)};
  view.position = frame.position;
  return {SendFrame{frame}};
}

SessionEffects SessionState::drained() {
  SessionEffects effects;
  for (auto& [conversation, view] : views_)
    if (view.mode == Mode::lagging)
      effects.push_back(ask(conversation, view));
  return effects;
}

SessionEffects SessionState::lost(ConversationId conversation) {
  auto found = views_.find(conversation);
  // Who lags asks when the link has drained, whoever answers then.
  if (found == views_.end() || found->second.mode == Mode::lagging)
    return {};
  return {ask(conversation, found->second)};
}

const StreamPosition* SessionState::position(ConversationId conversation) const {
  auto found = views_.find(conversation);
  return found == views_.end() ? nullptr : &found->second.position;
}

}  // namespace jobraker::chat
