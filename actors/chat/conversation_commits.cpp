#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include "actors/chat/conversation_state.hpp"
#include "actors/chat/frames.hpp"
#include "actors/system/pause.hpp"
#include "storage/databases.hpp"

/// What the conversation commits and what it sends out: in one order.
namespace jobraker::chat {

static void publish(Self* self, const WireFrame& frame) {
  auto& state = self->state;
  if (state.sessions.empty() || !frame.json)
    return;
  Deliver message{state.id, frame};
  for (auto& [id, session] : state.sessions)
    caf::anon_send(session, message);
}

/// Tries a commit until its outcome is known, at most for a while: a repeat finds its own rows.
static task<Result<bool>> until_known(std::shared_ptr<Commit> commit, storage::ChatWriter writer,
                                      std::vector<StoredFrame> frames) {
  constexpr int attempts_max = 8;
  for (int attempt = 1;; ++attempt) {
    auto stored = co_await commit->commit(writer, frames);
    bool open = !stored && (stored.error().code == Errc::unavailable ||
                            stored.error().code == Errc::timed_out);
    if (!open || attempt >= attempts_max)
      co_return stored;
    co_await pause(std::chrono::milliseconds{50} * (1 << attempt));
  }
}

/// What had to wait while a commit was under way.
static void send_held(Self* self) {
  auto& state = self->state;
  if (!state.running)
    return;
  auto turn = state.running->question.turn;
  if (auto reason = std::exchange(state.held_restart, {}))
    publish(self, state.log->append_passing(turn, "restart", restart_members(turn, *reason)));
  if (auto text = std::exchange(state.held, {}); !text.empty())
    publish(self, state.log->append_token(turn, text));
}

static void next_commit(Self* self);

static void committed(Self* self, const std::shared_ptr<Commit>& commit, Result<bool> stored) {
  auto& state = self->state;
  state.committing = false;
  if (stored) {
    if (*stored) {
      for (auto& frame : commit->frames)
        publish(self, state.log->append_kept(frame.type, frame.members,
                                             frame.ends_turn ? commit->turn : TurnId{}));
      if (state.running && state.running->question.turn == commit->turn)
        state.running->round_from = state.running->text.size() - state.held.size();
    }
    commit->then({});
    if (!state.committing)
      send_held(self);
    return next_commit(self);
  }
  auto code = stored.error().code;
  bool lost = code == Errc::conflict || code == Errc::unavailable || code == Errc::timed_out ||
              code == Errc::not_found;
  commit->then(fail(stored.error()));
  if (!lost)
    return next_commit(self);
  // Somebody else writes this conversation, it is deleted, or nobody knows what is in the rows:
  // whoever comes next starts from them.
  spdlog::warn("event=conversation.lost id={} why=\"{}\"", to_string(state.id),
               stored.error().detail);
  for (auto& waiting : std::exchange(state.commits, {}))
    waiting.then(fail(Error{Errc::unavailable,
                            "the conversation is being loaded again; try again",
                            {},
                            std::chrono::milliseconds{200}}));
  state.services->chat->release_conversation(state.id);
  self->quit();
}

static void next_commit(Self* self) {
  auto& state = self->state;
  if (state.committing || state.commits.empty())
    return;
  state.committing = true;
  auto commit = std::make_shared<Commit>(std::move(state.commits.front()));
  state.commits.pop_front();
  ActsFor caller{commit->cause};
  if (commit->prepare)
    commit->prepare();
  std::vector<StoredFrame> frames;
  auto position = state.log->next();
  for (const auto& frame : commit->frames) {
    frames.push_back({position, frame.type, frame.members});
    ++position.seq;
  }
  self->await<bool>(
    state.services->io,
    [commit, writer = state.writer, frames = std::move(frames)]() mutable {
      return until_known(commit, writer, std::move(frames));
    },
    [self, commit](Result<bool> stored) { committed(self, commit, std::move(stored)); });
}

void enqueue(Self* self, Commit commit) {
  auto& state = self->state;
  if (state.commits.size() >= writes_max)
    return commit.then(fail(Error{Errc::unavailable,
                                  "too much of this conversation waits to be stored",
                                  {},
                                  std::chrono::seconds{1}}));
  state.commits.push_back(std::move(commit));
  next_commit(self);
}

void show_text(Self* self, const TurnId& turn, const std::string& text) {
  auto& state = self->state;
  if (!state.running || state.running->question.turn != turn || text.empty())
    return;
  state.running->text += text;
  if (state.committing) {
    state.held += text;
    return;
  }
  publish(self, state.log->append_token(turn, text));
}

void show_restart(Self* self, const TurnId& turn, const std::string& reason) {
  auto& state = self->state;
  if (!state.running || state.running->question.turn != turn)
    return;
  auto& running = *state.running;
  auto published = running.text.size() - state.held.size();
  state.held.clear();
  running.text.resize(std::min(running.text.size(), running.round_from));
  if (published <= running.round_from)
    return;  // nobody has seen any of it
  if (state.committing)
    state.held_restart = reason;
  else
    publish(self, state.log->append_passing(turn, "restart", restart_members(turn, reason)));
}

}  // namespace jobraker::chat
