#include "actors/chat/conversation_actor.hpp"

#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include "actors/chat/conversation_state.hpp"
#include "storage/databases.hpp"

namespace jobraker::chat {
namespace {

/// Rows read for one page of a replay.
constexpr std::size_t rows_a_page = 200;

/// What was under way when the last process ended: a running turn ends for its clients, questions
/// that had not begun begin now.
void take_up(Self* self, const std::vector<storage::TurnWithQuestion>& unfinished) {
  auto& state = self->state;
  for (const auto& turn : unfinished) {
    if (turn.turn.state == TurnState::running) {
      end_interrupted(self, turn.turn.id, "the server was restarted before the answer was whole");
    } else if (!turn.question.attachments.empty()) {
      end_interrupted(self, turn.turn.id,
                      "the server was restarted; pictures are not kept, please send them again");
    } else {
      Question question;
      question.turn = turn.turn.id;
      question.client_msg_id = turn.turn.client_msg_id;
      question.attempt = turn.turn.attempt;
      question.message = turn.question;
      question.trace = Trace::fresh();
      question.principal.user = state.record.conversation.user_id;
      state.questions.push_back(std::move(question));
    }
  }
  begin_next(self);
}

void start_loading(Self* self) {
  self->await<storage::LoadedConversation>(
    self->state.services->io,
    [&s = *self->state.services, id = self->state.id] {
      return storage::load_conversation(s.databases.here(), id);
    },
    [self](Result<storage::LoadedConversation> loaded) {
      auto& state = self->state;
      if (loaded) {
        state.record = std::move(loaded->record);
        state.writer = std::move(loaded->writer);
        state.log.emplace(state.id, state.record.conversation.position);
        state.recent = RecentMessages{state.record.messages};
        state.phase = ConversationState::Phase::ready;
        take_up(self, loaded->unfinished);
      } else {
        state.phase = ConversationState::Phase::failed;
        state.load_error = std::move(loaded.error());
        if (state.load_error.code == Errc::not_found)
          state.load_error.detail = "no such conversation";
      }
      for (auto& run : std::exchange(state.waiting, {}))
        run();
      if (state.phase == ConversationState::Phase::failed) {
        state.services->chat->release_conversation(state.id);
        self->quit();
      }
    });
}

/// What followed a position that memory does not reach back to.
void replay_rows(Self* self, const StreamPosition& after, const StreamPosition& until,
                 caf::typed_response_promise<Followed> promise) {
  self->await<std::vector<StoredFrame>>(
    self->state.services->io,
    [&s = *self->state.services, id = self->state.id, after, until] {
      return storage::list_frames(s.databases.here(), id, after, until, rows_a_page);
    },
    [self, after, promise](Result<std::vector<StoredFrame>> rows) mutable {
      if (!rows)
        return refuse(promise, rows.error());
      auto& log = *self->state.log;
      Followed followed;
      followed.replay = log.replay_rows(after, *rows, rows->size() < rows_a_page);
      followed.end = log.end();
      promise.deliver(std::move(followed));
    });
}

caf::result<Followed> follow(Self* self, const Context& c, const Follow& m) {
  return when_loaded<Followed>(self, c, [self, m](auto promise) {
    auto& state = self->state;
    if (state.sessions.emplace(m.session, m.subscriber).second)
      self->monitor(m.subscriber);
    if (!m.after)
      return promise.deliver(Followed{state.log->end(), {}}), void();
    auto replay = state.log->replay(*m.after);
    if (replay.kind == Replay::Kind::need_rows)
      return replay_rows(self, *m.after, replay.rows_until, promise);
    promise.deliver(Followed{state.log->end(), std::move(replay)});
  });
}

void forget_session(Self* self, const caf::actor_addr& address) {
  std::erase_if(self->state.sessions, [&](const auto& entry) {
    return caf::actor_cast<caf::actor_addr>(entry.second) == address;
  });
}

caf::result<Ok> keep_frame(Self* self, const KeepFrame& m) {
  auto& state = self->state;
  if (!state.running || state.running->question.turn != m.turn)
    return to_caf(Error{Errc::cancelled, "the turn has ended", {}, {}});
  auto promise = self->make_response_promise<Ok>();
  Commit commit;
  commit.turn = m.turn;
  commit.frames.push_back({m.type, m.members, false});
  commit.commit = [&s = *state.services](storage::ChatWriter writer,
                                         std::vector<StoredFrame> frames) -> task<Result<bool>> {
    auto done = co_await storage::append_frames(s.databases.here(), writer, std::move(frames));
    if (!done)
      co_return fail(std::move(done.error()));
    co_return true;
  };
  commit.then = [promise](Done done) mutable {
    if (done)
      promise.deliver(Ok{});
    else
      refuse(promise, done.error());
  };
  enqueue(self, std::move(commit));
  return promise;
}

caf::result<Ok> remove(Self* self, const Context& c) {
  return when_loaded<Ok>(self, c, [self](auto promise) {
    auto& state = self->state;
    state.deleting = true;
    if (state.running)
      state.running->cancel.cancel();
    self->await<Ok>(
      state.services->io,
      [&s = *state.services, id = state.id]() -> task<Result<Ok>> {
        auto done = co_await storage::delete_conversation(s.databases.here(), id, std::nullopt);
        if (!done)
          co_return fail(std::move(done.error()));
        co_return Ok{};
      },
      [self, promise](Result<Ok> done) mutable {
        auto& after = self->state;
        if (!done) {
          after.deleting = false;
          return refuse(promise, done.error());
        }
        for (auto& [id, session] : after.sessions)
          caf::anon_send(session, ConversationGone{after.id});
        promise.deliver(Ok{});
        after.services->chat->release_conversation(after.id);
        self->quit();
      });
  });
}

/// Leaves memory when nobody listens and nothing is under way.
void look_at_the_clock(Self* self) {
  auto& state = self->state;
  expire_confirmations(self);
  auto limit = std::chrono::seconds{state.services->config.actors.idle_seconds};
  bool busy = state.running || !state.questions.empty() || state.committing ||
              !state.commits.empty() || !state.sessions.empty() || !state.waiting.empty() ||
              state.deleting || state.phase == ConversationState::Phase::loading;
  if (!busy && std::chrono::steady_clock::now() - state.touched >= limit) {
    state.services->chat->release_conversation(state.id);
    return self->quit();
  }
  auto next = std::min<std::chrono::milliseconds>(limit / 2 + std::chrono::milliseconds{500},
                                                  std::chrono::seconds{30});
  if (state.running)
    next = std::chrono::seconds{1};
  self->delayed_send(self, next, Tick{});
}

ConversationInside::behavior_type conversation_actor(Self* self, Services* services,
                                                     ConversationId id) {
  auto& state = self->state;
  state.services = services;
  state.id = id;
  state.touched = std::chrono::steady_clock::now();
  self->set_down_handler([self](caf::down_msg& down) { forget_session(self, down.source); });
  start_loading(self);
  look_at_the_clock(self);
  return {
    [self](const Context& c, const SendMessage& m) { return accept(self, c, m); },
    [self](const Context& c, const CancelTurn& m) { return cancel(self, c, m); },
    [self](const Context& c, const RerunTurn& m) { return rerun(self, c, m); },
    [self](const Context& c, const ConfirmTool& m) { return confirm(self, c, m); },
    [self](const Context& c, const AwaitTurn& m) { return await_turn(self, c, m); },
    [self](const Context& c, const DeleteConversation&) { return remove(self, c); },
    [self](const Context& c, const Follow& m) { return follow(self, c, m); },
    [self](const Unfollow& m) {
      auto found = self->state.sessions.find(m.session);
      if (found == self->state.sessions.end())
        return;
      self->demonitor(found->second.address());
      self->state.sessions.erase(found);
    },
    [self](const TurnText& m) { show_text(self, m.turn, m.text); },
    [self](const TurnRestart& m) { show_restart(self, m.turn, m.reason); },
    [self](const Context&, const KeepFrame& m) { return keep_frame(self, m); },
    [self](const Context& c, const AskPerson& m) { return ask_person(self, c, m); },
    [self](const Tick&) { look_at_the_clock(self); },
  };
}

}  // namespace

ConversationInside start_conversation(Services& services, const ConversationId& id,
                                      const std::string& path) {
  return services.system.spawn(path, "conversation", conversation_actor, &services, id);
}

}  // namespace jobraker::chat
