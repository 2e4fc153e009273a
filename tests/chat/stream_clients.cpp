#include <algorithm>

#include <rapidcheck.h>

#include "tests/chat/stream_world.hpp"

/// The other half of the world: sessions, links and clients.
namespace jobraker::chat::world {

using chat_client::Frame;
using chat_client::Transcript;
using chat_client::TurnView;

Connection* World::connection(int id) {
  for (auto& device : devices_)
    if (device.connection && device.connection->id == id)
      return &*device.connection;
  return nullptr;
}

// Sessions and links.

void World::send(Connection& at, std::string json) {
  at.queued += json.size();
  at.over_mark = at.over_mark || at.queued > high_water_;
  at.link.push_back(std::move(json));
}

void World::perform(Connection& at, SessionEffects effects) {
  for (auto& effect : effects) {
    if (auto* frame = std::get_if<SendFrame>(&effect))
      send(at, *frame->frame.json);
    else if (auto* ask = std::get_if<AskReplay>(&effect))
      at.outbox.emplace_back(Ask{*ask});
    else
      at.outbox.emplace_back(Forget{});
  }
}

bool World::session_step(Connection& at, std::uint32_t arg) {
  auto& state = at.state;
  if (at.drained && arg % 3 == 0) {
    at.drained = false;
    perform(at, state.drained());
    return true;
  }
  if (at.lost && (arg % 4 == 2 || at.inbox.empty())) {
    at.lost = false;
    perform(at, state.lost(id_));
    return true;
  }
  if (!at.wishes.empty() && (arg % 3 == 1 || at.inbox.empty())) {
    auto wish = at.wishes.front();
    at.wishes.pop_front();
    if (auto* resume = std::get_if<WantResume>(&wish)) {
      send(at, R"({"type":"resumed","epoch":)" + std::to_string(resume->after.epoch) +
                 R"(,"seq":)" + std::to_string(resume->after.seq) + "}");
      perform(at, state.resume(id_, resume->after));
    } else if (std::holds_alternative<WantFollow>(wish)) {
      if (state.position(id_) == nullptr)
        at.outbox.emplace_back(Ask{});
    } else {
      perform(at, state.leave(id_));
    }
    return true;
  }
  if (at.inbox.empty())
    return false;
  auto message = std::move(at.inbox.front());
  at.inbox.pop_front();
  counts_.lagged += state.position(id_) != nullptr && at.queued > high_water_;
  if (auto* frame = std::get_if<WireFrame>(&message))
    perform(at, state.deliver(id_, *frame, at.queued));
  else if (auto* answer = std::get_if<Answer>(&message))
    perform(at, answer->asked ? state.replayed(*answer->asked, answer->replay, at.queued)
                              : state.follow(id_, answer->end));
  else
    at.lost = true;
  return true;
}

// Clients.

void World::connect(Device& device, std::uint32_t arg) {
  device.connection.emplace(++connections_, high_water_);
  auto& wishes = device.connection->wishes;
  auto known = device.transcript.position();
  if (!known && arg % 3 == 0) {
    wishes.emplace_back(WantFollow{});
    return;
  }
  auto after = known.value_or(StreamPosition{});
  if (arg % 11 == 5)  // a client that makes its position up, or has lost its mind
    after = {after.epoch + static_cast<std::int64_t>(arg / 11 % 3),
             after.seq + static_cast<std::int64_t>(arg / 33 % 9)};
  if (after != known)
    device.base = after;
  device.transcript.resuming();
  device.resuming = true;
  wishes.emplace_back(WantResume{after});
}

bool World::read(Device& device, std::size_t frames) {
  auto& at = *device.connection;
  bool any = false;
  for (; frames > 0 && !at.link.empty(); --frames) {
    auto json = std::move(at.link.front());
    at.link.pop_front();
    at.queued -= json.size();
    receive(device, json);
    any = true;
  }
  if (at.link.empty() && std::exchange(at.over_mark, false))
    at.drained = true;
  return any;
}

void World::receive(Device& device, const std::string& json) {
  auto frame = Frame::parse(json);
  RC_ASSERT(frame.has_value());
  if (frame->type() == "resumed") {
    device.resuming = false;
    if (device.transcript.position() != *frame->position())
      device.base = *frame->position();
    return device.transcript.resumed(*frame->position());
  }
  if (!device.transcript.position() && !device.resuming) {
    auto place = *frame->position();
    device.base = StreamPosition{place.epoch, place.seq - frame->span()};
  }
  auto applied = device.transcript.apply(*frame);
  // Never a gap, a repetition or another order.
  RC_ASSERT(applied ==
            (device.resuming ? Transcript::Applied::unexpected : Transcript::Applied::yes));
  if (!device.resuming)
    check_applied(device, *frame);
}

/// What a client shows after a frame is what was true after that frame. Only when the turn has
/// ended meanwhile, or its actor has died, a client that is behind may get a kept frame in the
/// middle of it without the text before; it gets no text after that then, but the end, which has
/// all of it.
void World::check_applied(const Device& device, const Frame& frame) {
  auto found = seen_.find(*frame.position());
  RC_ASSERT(found != seen_.end());
  const auto& truth = found->second;
  const auto* shown = device.transcript.turn_of(frame);
  RC_ASSERT(shown);
  if (device.base && truth.accepted <= *device.base)
    return;
  RC_ASSERT(shown->state == truth.view.state);
  RC_ASSERT(shown->tools == truth.view.tools);
  bool passing = frame.type() == "token" || frame.type() == "restart";
  bool over = std::any_of(turns_.begin(), turns_.end(), [&](const TrueTurn& turn) {
    return turn.view.id == truth.view.id &&
           (turn.accepted != truth.accepted || turn.view.state > chat_client::AnswerState::writing);
  });
  bool last = truth.view.state > chat_client::AnswerState::writing;
  if (passing || !over || last)
    RC_ASSERT(shown->text == truth.view.text);
}

void World::device_step(Device& device, std::uint32_t what, std::uint32_t arg) {
  if (!device.connection)
    return;
  auto& wishes = device.connection->wishes;
  if (what == 0) {
    device.connection.reset();
  } else if (what == 1 && device.transcript.position() && !device.resuming) {
    // Again on the same connection, after leaving or just so.
    if (arg % 2 == 0)
      wishes.emplace_back(WantLeave{});
    device.transcript.resuming();
    device.resuming = true;
    wishes.emplace_back(WantResume{*device.transcript.position()});
  } else if (what == 2) {
    wishes.emplace_back(WantFollow{});
  } else {
    read(device, arg % 5 == 0 ? 1000 : arg % 5);
  }
}

void World::step(std::uint32_t number) {
  auto what = number % 64;
  auto arg = number / 64;
  if (what < 26) {
    if (!log_)
      return arg % 8 == 0 ? start() : void();
    if (committing_)
      return arg % 8 != 0 ? finish_commit() : void();
    return conversation_step(what, arg);
  }
  auto& device = devices_[arg % devices_.size()];
  auto detail = arg / static_cast<std::uint32_t>(devices_.size());
  if (what < 30)
    return void(look_up_rows(arg));
  if (what == 30)
    return detail % 4 == 0 ? crash(arg) : void();
  if (what < 40)
    return device_step(device, what == 31 ? detail % 3 : what == 32 ? 0U : 3U, detail / 3);
  if (!device.connection)
    return connect(device, detail);
  if (what < 48)
    hear(*device.connection, detail);
  else
    session_step(*device.connection, detail);
}

void World::conversation_step(std::uint32_t what, std::uint32_t arg) {
  switch (what) {
  case 0:
  case 1:
    return ask(arg);
  case 2:
    return arg % 2 == 0 ? rerun(arg) : take_back();
  case 3:
    return restart();
  case 4:
  case 5:
    return keep(arg);
  case 6:
    return end_turn(arg);
  default:
    return token(arg);
  }
}

void World::come_to_rest(bool finish) {
  start();
  if (committing_)
    finish_commit();
  if (finish && running_) {
    end_turn(2);
    finish_commit();
  }
  counts_.quiet_while_running += running_.has_value();
  for (auto& device : devices_)
    if (!device.connection)
      connect(device, 1);
  std::uint32_t turn = 0;
  for (bool busy = true; busy; ++turn) {
    RC_ASSERT(turn < 100000U);
    busy = look_up_rows(turn);
    for (auto& device : devices_) {
      busy |= hear(*device.connection, turn);
      busy |= device.connection->drained;
      busy |= session_step(*device.connection, turn);
      busy |= read(device, 3);
    }
    if (committing_)  // by a start
      finish_commit();
  }
  for (const auto& device : devices_)
    compare(device);
}

/// What the client shows and the rows say is the same.
void World::compare(const Device& device) const {
  const auto* position = device.connection->state.position(id_);
  if (position == nullptr)
    return;  // it has left, or never asked
  auto end = log_->end();
  RC_ASSERT(*position == end ||
            (!log_->begun() && position->epoch == end.epoch && *position > end));
  if (!device.transcript.position())
    return;  // it follows from here on
  RC_ASSERT(*device.transcript.position() == *position);
  auto beginning = device.base.value_or(StreamPosition{});
  std::vector<TurnId> shown;
  for (const auto& turn : device.transcript.turns())
    shown.push_back(turn.id);
  std::vector<TurnId> stored;
  for (const auto& turn : turns_) {
    if (beginning == StreamPosition{})
      stored.push_back(turn.view.id);
    if (turn.accepted <= beginning)
      continue;
    const auto* found = device.transcript.find(turn.view.id);
    RC_ASSERT(found);
    RC_ASSERT(found->asked == turn.view.asked);
    RC_ASSERT(found->state == turn.view.state);
    RC_ASSERT(found->text == turn.view.text);
    RC_ASSERT(found->tools == turn.view.tools);
    RC_ASSERT(found->question == turn.view.question);
    RC_ASSERT(found->problem == turn.view.problem);
    RC_ASSERT(found->sources.size() == turn.view.sources.size());
  }
  if (beginning == StreamPosition{})
    RC_ASSERT(shown == stored);
}

}  // namespace jobraker::chat::world
