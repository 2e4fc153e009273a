#include "actors/chat/session_actor.hpp"

#include <algorithm>

#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include "actors/chat/client_frames.hpp"
#include "actors/chat/core/session_state.hpp"
#include "actors/llm/gateway.hpp"
#include "actors/notifications/push.hpp"
#include "actors/system/client_end.hpp"
#include "actors/system/observed.hpp"
#include "actors/system/summary.hpp"
#include "messages/codec.hpp"
#include "messages/json.hpp"
#include "messages/together.hpp"
#include "storage/conversations.hpp"
#include "storage/databases.hpp"
#include "storage/notifications.hpp"

namespace jobraker::chat {
namespace {

constexpr std::chrono::seconds request_budget{30};
/// Bytes queued beyond which notifications are dropped.
constexpr std::size_t notify_behind_max = 64 << 10;
constexpr std::size_t followed_max = 64;  // conversations one connection may follow
constexpr int asks_max = 6;               // finding a conversation that ends and starts again

struct LiveState {
  static inline const char* name = "session";
  Services* services = nullptr;
  SessionId id{};
  Principal principal{};
  Trace trace{};
  std::shared_ptr<ClientLink> link;
  bool sse = false;
  std::string turn;  // sse: after whose last frame the stream ends
  SessionState view;
  std::vector<std::pair<caf::actor_addr, ConversationId>> watched;
  std::vector<ConversationId> lost;  // to be asked for again at the next tick
  bool tick_pending = false;

  UserId owner() const noexcept { return principal.user; }

  /// What the client has not read yet.
  std::size_t bytes() const noexcept { return link ? link->queued() : 0; }

  std::string summary() const {
    return Summary{}
      .with("user", principal.user)
      .with("sse", sse)
      .with("follows", view.conversations())
      .with("watched", watched.size())
      .with("lost", lost.size())
      .with("queued_bytes", link ? link->queued() : 0)
      .text();
  }

  ~LiveState() {
    if (services != nullptr)
      services->chat->live.leave(principal.user, id);
  }
};

using Self = Shell<LiveState, SessionActor>;

void perform(Self* self, SessionEffects effects);

Context fresh_context(const LiveState& state) {
  Context context;
  context.trace = state.trace.child();
  context.principal = state.principal;
  context.deadline = Context::Clock::now() + request_budget;
  return context;
}

void send_json(LiveState& state, std::string json, std::string_view type) {
  state.link->send(std::make_shared<const std::string>(std::move(json)), type, {});
}

/// An error that belongs to no turn. `about` are further members: what it answers.
void send_error(LiveState& state, const Error& error,
                std::initializer_list<std::pair<std::string_view, std::string_view>> about = {}) {
  json::Writer w;
  w.begin_object().member("type", "error").member("code", to_string(error.code));
  w.member("detail", std::string_view{error.detail});
  for (const auto& [name, value] : about)
    if (!value.empty())
      w.member(name, value);
  if (!error.fields.empty()) {
    w.key("fields").begin_array();
    for (const auto& field : error.fields)
      w.begin_object()
        .member("pointer", std::string_view{field.pointer})
        .member("detail", std::string_view{field.detail})
        .end_object();
    w.end_array();
  }
  if (error.retry_after)
    w.member("retry_in_ms", static_cast<std::int64_t>(error.retry_after->count()));
  w.end_object();
  send_json(state, w.text(), "error");
}

void watch(Self* self, const ConversationInside& actor, const ConversationId& id) {
  auto address = caf::actor_cast<caf::actor_addr>(actor);
  for (const auto& [known, conversation] : self->state.watched)
    if (known == address)
      return;
  self->monitor(actor);
  self->state.watched.emplace_back(std::move(address), id);
}

void later(Self* self, const ConversationId& id) {
  auto& state = self->state;
  if (std::find(state.lost.begin(), state.lost.end(), id) == state.lost.end())
    state.lost.push_back(id);
  if (std::exchange(state.tick_pending, true))
    return;
  self->delayed_send(self, std::chrono::milliseconds{250}, Tick{});
}

/// Asks the conversation's actor, and its successor when that one ended unasked. Answers come from
/// the actor itself, so they keep their order among the frames it sends.
template <class Reply, class Message, class Then>
void ask_conversation(Self* self, const ConversationId& id, Message message, Then then,
                      int attempt = 0) {
  auto& state = self->state;
  auto found = state.services->chat->conversation(id);
  if (!found)
    return then(Result<Reply>{fail(std::move(found.error()))});
  watch(self, *found, id);
  auto failed = [self, id, message, then, attempt](caf::error& error) mutable {
    if (receiver_was_gone(error) && attempt < asks_max)
      return ask_conversation<Reply>(self, id, std::move(message), std::move(then), attempt + 1);
    then(Result<Reply>{fail(from_caf(error))});
  };
  self->request(*found, caf::infinite, fresh_context(state), std::move(message))
    .then([then](Reply& reply) mutable { then(Result<Reply>{std::move(reply)}); },
          std::move(failed));
}

void ask_replay(Self* self, const AskReplay& wanted) {
  Follow message;
  message.after = wanted.after;
  message.session = self->state.id;
  message.subscriber = caf::actor_cast<SessionActor>(self);
  ask_conversation<Followed>(
    self, wanted.conversation, std::move(message), [self, wanted](Result<Followed> followed) {
      auto& state = self->state;
      if (followed)
        return perform(self, state.view.replayed(wanted, followed->replay, state.link->queued()));
      auto code = followed.error().code;
      if (code == Errc::unavailable || code == Errc::timed_out)
        return later(self, wanted.conversation);
      perform(self, state.view.leave(wanted.conversation));
      auto id = to_string(wanted.conversation);
      send_error(state, followed.error(), {{"conversation_id", id}});
      if (state.sse)
        state.link->close(1000, "not to be followed");
    });
}

/// The last frame of a turn: its usage, or why there is no answer.
bool ends_turn(const WireFrame& frame, const std::string& turn) {
  return (frame.type == "usage" || frame.type == "error" || frame.type == "interrupted") &&
         frame.json->find(turn) != std::string::npos;
}

void perform(Self* self, SessionEffects effects) {
  auto& state = self->state;
  for (auto& effect : effects) {
    if (auto* send = std::get_if<SendFrame>(&effect)) {
      auto id = state.sse ? to_string(send->frame.position) : std::string{};
      state.link->send(send->frame.json, send->frame.type, id);
      if (!state.turn.empty() && ends_turn(send->frame, state.turn))
        state.link->close(1000, "the turn has ended");
    } else if (auto* ask = std::get_if<AskReplay>(&effect)) {
      ask_replay(self, *ask);
    } else if (auto* leave = std::get_if<Unsubscribe>(&effect)) {
      if (auto found = state.services->chat->conversation(leave->conversation))
        caf::anon_send(*found, Unfollow{state.id});
    }
  }
}

/// Follows a conversation from its present end on, if the client does not follow it yet.
void follow_now(Self* self, const ConversationId& id, std::function<void(Done)> then) {
  auto& state = self->state;
  if (state.view.position(id) != nullptr)
    return then({});
  if (state.view.conversations() >= followed_max)
    return then(fail(Errc::rate_limited, "this connection follows too many conversations"));
  Follow message;
  message.session = state.id;
  message.subscriber = caf::actor_cast<SessionActor>(self);
  ask_conversation<Followed>(self, id, std::move(message),
                             [self, id, then = std::move(then)](Result<Followed> followed) {
                               if (!followed)
                                 return then(fail(std::move(followed.error())));
                               if (self->state.view.position(id) == nullptr)
                                 perform(self, self->state.view.follow(id, followed->end));
                               then({});
                             });
}

void resumed(LiveState& state, const ResumeFrame& frame) {
  json::Writer w;
  w.begin_object().member("type", "resumed");
  w.member("conversation_id", std::string_view{to_string(frame.conversation_id)});
  w.member("epoch", frame.epoch).member("seq", frame.seq).end_object();
  send_json(state, w.text(), "resumed");
}

void resume(Self* self, const ResumeFrame& frame) {
  auto& state = self->state;
  auto id = to_string(frame.conversation_id);
  if (state.view.position(frame.conversation_id) == nullptr &&
      state.view.conversations() >= followed_max)
    return send_error(
      state, Error{Errc::rate_limited, "this connection follows too many conversations", {}, {}},
      {{"conversation_id", id}});
  resumed(state, frame);
  perform(self, state.view.resume(frame.conversation_id, {frame.epoch, frame.seq}));
}

/// Looks up what the first question needs while the person types.
void prepare(Self* self) {
  auto& state = self->state;
  self->await<Ok>(
    state.services->io,
    [&s = *state.services, c = fresh_context(state)]() -> task<Result<Ok>> {
      co_await together(check_consent(s, c, c.principal.user),
                        llm::know_payer(s, c.principal.user));
      co_return Ok{};
    },
    [](Result<Ok>) {});
}

/// A client that has just come learns that there is something to read.
void show_unread(Self* self) {
  auto& state = self->state;
  self->await<std::int64_t>(
    state.services->io,
    [&s = *state.services, c = fresh_context(state)]() -> task<Result<std::int64_t>> {
      storage::Until session{s.databases.here(), c.deadline};
      co_return co_await storage::unread_notifications(session, c.principal.user);
    },
    [self](Result<std::int64_t> unread) {
      if (unread && *unread > 0)
        send_json(self->state, notifications::unread_frame(*unread), "notification");
    });
}

void hello(Self* self, const HelloFrame& frame) {
  auto& state = self->state;
  const auto& config = state.services->config.chat;
  json::Writer w;
  w.begin_object().member("type", "welcome");
  w.member("session_id", std::string_view{to_string(state.id)});
  w.member("user_id", std::string_view{to_string(state.principal.user)});
  w.key("limits").begin_object();
  w.member("frame_bytes", config.frame_bytes_max);
  w.member("frames_per_second", config.frames_per_second);
  w.member("sessions", config.sessions_per_user_max);
  w.end_object().end_object();
  send_json(state, w.text(), "welcome");
  for (const auto& stream : frame.streams)
    resume(self, ResumeFrame{"resume", stream.conversation_id, stream.epoch, stream.seq});
  show_unread(self);
  prepare(self);
}

/// The message goes to the conversation once we follow it, so that the answer is not missed.
void say(Self* self, const ConversationId& id, const SendFrameIn& frame) {
  auto refused = [self, id, about = frame.client_msg_id](const Error& error) {
    auto text = to_string(id);
    send_error(self->state, error, {{"client_msg_id", about}, {"conversation_id", text}});
  };
  follow_now(self, id, [self, id, frame, refused](Done followed) {
    if (!followed)
      return refused(followed.error());
    SendMessage message{frame.content, frame.attachments, frame.client_msg_id};
    ask_conversation<TurnAccepted>(
      self, id, std::move(message), [self, refused](Result<TurnAccepted> accepted) {
        if (!accepted)
          return refused(accepted.error());
        if (!accepted->known)
          return;  // its frame comes on the stream
        json::Writer w;
        w.begin_object().member("type", "accepted").member("again", true);
        w.member("conversation_id", std::string_view{to_string(accepted->conversation_id)});
        w.member("turn_id", std::string_view{to_string(accepted->turn_id)});
        w.member("message_id", std::string_view{to_string(accepted->message_id)});
        w.member("client_msg_id", std::string_view{accepted->client_msg_id});
        w.member("state", name_of(accepted->state)).end_object();
        send_json(self->state, w.text(), "accepted");
      });
  });
}

void send(Self* self, const SendFrameIn& frame) {
  if (frame.conversation_id)
    return say(self, *frame.conversation_id, frame);
  // The same first message sent again must not begin a second conversation: its id follows from
  // what it is.
  auto id = ConversationId::of("conversation:" + to_string(self->state.principal.user) + ":" +
                               frame.client_msg_id);
  self->await<Ok>(
    self->state.services->io,
    [&s = *self->state.services, id, user = self->state.principal.user]() -> task<Result<Ok>> {
      auto created = co_await storage::create_conversation(s.databases.here(), id, user,
                                                           ConversationKind::chat, "", "{}");
      if (!created && created.error().code != Errc::conflict)
        co_return fail(std::move(created.error()));
      co_return Ok{};
    },
    [self, id, frame](Result<Ok> created) {
      if (!created)
        return send_error(self->state, created.error(), {{"client_msg_id", frame.client_msg_id}});
      say(self, id, frame);
    });
}

/// What a client has read is told to its owner's other devices.
void ack(LiveState& state, const ResumeFrame& frame) {
  json::Writer w;
  w.begin_object().member("type", "notification").member("kind", "read");
  w.member("conversation_id", std::string_view{to_string(frame.conversation_id)});
  w.member("epoch", frame.epoch).member("seq", frame.seq).end_object();
  state.services->chat->live.notify(
    state.principal.user, std::make_shared<const std::string>(w.text()), "notification", state.id);
}

template <class Message>
void tell(Self* self, const ConversationId& id, Message message) {
  ask_conversation<Ok>(self, id, std::move(message), [self, id](Result<Ok> done) {
    if (!done) {
      auto text = to_string(id);
      send_error(self->state, done.error(), {{"conversation_id", text}});
    }
  });
}

void turn_frame(Self* self, const TurnFrame& frame) {
  if (frame.type == "cancel")
    return tell(self, frame.conversation_id, CancelTurn{frame.turn_id});
  if (frame.type == "leave")
    return perform(self, self->state.view.leave(frame.conversation_id));
  auto text = to_string(frame.conversation_id);
  if (!frame.turn_id)
    return send_error(self->state, Error{Errc::invalid, "rerun needs turn_id", {}, {}},
                      {{"conversation_id", text}});
  follow_now(self, frame.conversation_id, [self, frame, text](Done followed) {
    if (!followed)
      return send_error(self->state, followed.error(), {{"conversation_id", text}});
    ask_conversation<TurnAccepted>(
      self, frame.conversation_id, RerunTurn{*frame.turn_id},
      [self, text](Result<TurnAccepted> accepted) {
        if (!accepted)
          send_error(self->state, accepted.error(), {{"conversation_id", text}});
      });
  });
}

/// Decodes a frame as `Frame` and handles it, or says what is wrong with it.
template <class Frame, class Handle>
void decoded(Self* self, const std::string& text, Handle handle) {
  auto frame = json::decode<Frame>(text);
  if (!frame)
    return send_error(self->state, frame.error());
  handle(*frame);
}

void heard(Self* self, const std::string& text) {
  auto& state = self->state;
  auto document = json::Document::parse(text);
  if (!document)
    return send_error(state, document.error());
  auto type = document->root()["type"].string_or("");
  if (type == "send")
    return decoded<SendFrameIn>(self, text, [&](const auto& frame) { send(self, frame); });
  if (type == "resume")
    return decoded<ResumeFrame>(self, text, [&](const auto& frame) { resume(self, frame); });
  if (type == "ack")
    return decoded<ResumeFrame>(self, text, [&](const auto& frame) { ack(state, frame); });
  if (type == "cancel" || type == "rerun" || type == "leave")
    return decoded<TurnFrame>(self, text, [&](const auto& frame) { turn_frame(self, frame); });
  if (type == "confirm")
    return decoded<ConfirmFrame>(self, text, [&](const ConfirmFrame& frame) {
      tell(self, frame.conversation_id, ConfirmTool{frame.confirmation_id, frame.accept});
    });
  if (type == "hello")
    return decoded<HelloFrame>(self, text, [&](const auto& frame) { hello(self, frame); });
  if (type == "ping")
    return send_json(state, R"({"type":"pong"})", "pong");
  send_error(state, Error{Errc::invalid,
                          "the frame's type is none of hello, send, cancel, resume, ack, confirm, "
                          "rerun, leave, ping",
                          {},
                          {}});
}

void conversation_ended(Self* self, const caf::down_msg& down) {
  auto& watched = self->state.watched;
  for (auto it = watched.begin(); it != watched.end(); ++it)
    if (it->first == down.source) {
      auto id = it->second;
      watched.erase(it);
      if (self->state.view.position(id) != nullptr)
        later(self, id);
      return;
    }
}

SessionActor::behavior_type session_actor(Self* self, Services* services, SessionId id,
                                          SessionOpening opening,
                                          std::shared_ptr<ClientLink> link) {
  auto& state = self->state;
  state.services = services;
  state.id = id;
  state.principal = opening.context.principal;
  state.trace = opening.context.trace;
  state.link = std::move(link);
  state.sse = opening.sse;
  state.turn = opening.turn;
  close_at_the_end(self, state.link);
  self->set_down_handler([self](caf::down_msg& down) { conversation_ended(self, down); });
  if (opening.sse) {
    auto conversation = ConversationId::parse(opening.conversation);
    auto after = parse_position(opening.after);
    if (conversation && after)
      perform(self, state.view.resume(*conversation, *after));
    else if (conversation)
      follow_now(self, *conversation, [self](Done done) {
        if (done)
          return;
        send_error(self->state, done.error());
        self->state.link->close(1000, "not to be followed");
      });
  }
  return {
    [self](const Deliver& m) {
      auto& live = self->state;
      perform(self, live.view.deliver(m.conversation, m.frame, live.link->queued()));
    },
    [self](const Notify& m) {
      // Lossy: what it tells of is a row, too.
      if (self->state.link->queued() < notify_behind_max)
        self->state.link->send(m.frame, m.type, {});
    },
    [self](const ClientSaid& m) { heard(self, m.text); },
    [self](const LinkDrained&) { perform(self, self->state.view.drained()); },
    [self](const LinkClosed&) { self->quit(); },
    [self](const ConversationGone& m) {
      auto& live = self->state;
      if (live.view.position(m.conversation) == nullptr)
        return;
      live.view.leave(m.conversation);
      auto text = to_string(m.conversation);
      send_error(live, Error{Errc::not_found, "the conversation was deleted", {}, {}},
                 {{"conversation_id", text}});
      if (live.sse)
        live.link->close(1000, "deleted");
    },
    [self](const Tick&) {
      self->state.tick_pending = false;
      for (auto& lost : std::exchange(self->state.lost, {}))
        perform(self, self->state.view.lost(lost));
    },
  };
}

/// Carries what the connection hears to the actor.
class Port final : public SessionPort {
public:
  explicit Port(SessionActor actor) : actor_(std::move(actor)) {}
  void received(std::string text) override { caf::anon_send(actor_, ClientSaid{std::move(text)}); }
  void drained() override { caf::anon_send(actor_, LinkDrained{}); }
  void closed(std::uint16_t code) override {
    if (auto actor = std::exchange(actor_, {}))
      caf::anon_send(actor, LinkClosed{code});
  }

private:
  SessionActor actor_;
};

}  // namespace

OpenSession session_opener(Services& services) {
  return [&services](const SessionOpening& opening,
                     std::shared_ptr<ClientLink> link) -> Result<std::shared_ptr<SessionPort>> {
    auto id = SessionId::fresh();
    auto& live = services.chat->live;
    if (auto room = live.reserve(opening.context.principal.user, id); !room)
      return fail(std::move(room.error()));
    auto actor = services.system.spawn("/sessions/" + to_string(id), "session", session_actor,
                                       &services, id, opening, std::move(link));
    live.enter(opening.context.principal.user, id, actor);
    return std::make_shared<Port>(std::move(actor));
  };
}

}  // namespace jobraker::chat
