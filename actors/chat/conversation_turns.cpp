#include <algorithm>

#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include "actors/chat/conversation_state.hpp"
#include "actors/chat/core/images.hpp"
#include "actors/chat/frames.hpp"
#include "actors/events/heard.hpp"
#include "actors/system/work_pool.hpp"
#include "messages/make_event.hpp"
#include "messages/tasks.hpp"
#include "storage/databases.hpp"

/// The conversation's questions: accepted, waiting, running, ended.
namespace jobraker::chat {
namespace {

constexpr std::size_t outcomes_kept = 16;

ImageLimits image_limits(const ChatConfig& config) {
  ImageLimits limits;
  limits.bytes_max = static_cast<std::size_t>(config.image_bytes_max);
  return limits;
}

/// The pictures of a message, decoded and looked at.
Result<std::vector<ModelImage>> pictures(const std::vector<Attachment>& attachments,
                                         const ImageLimits& limits) {
  std::vector<ModelImage> images;
  for (const auto& attachment : attachments) {
    auto bytes = decode_base64(attachment.data, limits.bytes_max);
    if (!bytes)
      return fail(std::move(bytes.error()));
    auto info = check_image(*bytes, attachment.media_type, limits);
    if (!info)
      return fail(std::move(info.error()));
    images.push_back({std::move(info->media_type), std::move(*bytes)});
  }
  return images;
}

/// What must hold before a question is stored: consent, and pictures that are pictures.
task<Result<std::vector<ModelImage>>> check_question(Services& services, Context context,
                                                     SendMessage message) {
  if (auto agreed = co_await check_consent(services, context, context.principal.user); !agreed)
    co_return fail(std::move(agreed.error()));
  if (message.attachments.empty())
    co_return std::vector<ModelImage>{};
  auto limits = image_limits(services.config.chat);
  co_return co_await services.work.run<std::vector<ModelImage>>(
    [message = std::move(message), limits] { return pictures(message.attachments, limits); });
}

TurnAccepted accepted_of(const ConversationState& state, const storage::TurnRecord& turn,
                         const ChatMessage& question, bool known) {
  TurnAccepted accepted;
  accepted.conversation_id = state.id;
  accepted.turn_id = turn.id;
  accepted.message_id = question.id;
  accepted.client_msg_id = turn.client_msg_id;
  accepted.state = turn.state;
  accepted.epoch = turn.accepted.epoch;
  accepted.seq = turn.accepted.seq;
  accepted.known = known;
  return accepted;
}

/// Tells whoever waits for the turn's end.
void tell_end(Self* self, TurnOutcome outcome) {
  auto& state = self->state;
  if (auto found = state.waiters.find(outcome.turn_id); found != state.waiters.end()) {
    for (auto& waiter : found->second)
      waiter.deliver(outcome);
    state.waiters.erase(found);
  }
  state.ended.push_back(std::move(outcome));
  if (state.ended.size() > outcomes_kept)
    state.ended.pop_front();
}

void drop_confirmations(ConversationState& state, const TurnId& turn, const Error& why) {
  for (auto it = state.confirmations.begin(); it != state.confirmations.end();)
    if (it->second.turn == turn) {
      refuse(it->second.promise, why);
      it = state.confirmations.erase(it);
    } else {
      ++it;
    }
}

/// The turn's name in effects: the client's own id, so that a resend and every further attempt are
/// the same, else the turn's.
std::string effect_scope(const ConversationState& state, const Question& question) {
  return to_string(state.id) + "/" +
         (question.client_msg_id.empty() ? to_string(question.turn) : question.client_msg_id);
}

void finish_turn(Self* self, const TurnId& turn, Result<TurnResult> result);

void run(Self* self) {
  auto& state = self->state;
  auto& running = *state.running;
  TurnInput input;
  input.context.trace = running.question.trace;
  input.context.principal = running.question.principal;
  input.context.deadline =
    Context::Clock::now() + std::chrono::seconds{state.services->config.chat.answer_seconds +
                                                 state.services->config.chat.confirm_seconds};
  input.conversation = state.record;
  input.question = running.question.message;
  input.recent = state.recent.all();
  input.images = std::move(running.question.images);
  input.effect_scope = effect_scope(state, running.question);
  TurnPort port{caf::actor_cast<ConversationInside>(self), running.question.turn, running.cancel};
  self->await<TurnResult>(
    state.services->io,
    [&s = *state.services, input = std::move(input), port = std::move(port)]() mutable {
      return run_turn(s, std::move(input), std::move(port));
    },
    [self, turn = running.question.turn](Result<TurnResult> result) {
      finish_turn(self, turn, std::move(result));
    });
}

/// What is told of a turn's end; nothing when nobody hears it.
std::optional<Event> completed_event(const ConversationState& state, const TurnId& turn,
                                     TurnState how, std::string traceparent) {
  if (!heard_outside(state.services->config))
    return std::nullopt;
  ChatTurnCompleted completed{state.id, turn, state.record.conversation.user_id,
                              std::string{name_of(how)}};
  return make_event(completed, now(), std::move(traceparent));
}

ChatMessage answer_of(const ConversationState& state, const TurnResult& result) {
  ChatMessage answer;
  answer.id = MessageId::fresh();
  answer.conversation_id = state.id;
  answer.turn_id = state.running->question.turn;
  answer.role = MessageRole::assistant;
  answer.content = state.running->text;
  answer.tools = result.tools;
  answer.sources = result.sources;
  answer.state = result.state;
  answer.created_at = now();
  return answer;
}

/// Stores how the turn ended and tells everybody.
void finish_turn(Self* self, const TurnId& turn, Result<TurnResult> outcome) {
  auto& state = self->state;
  if (!state.running || state.running->question.turn != turn)
    return;
  TurnResult result;
  if (outcome) {
    result = std::move(*outcome);
  } else {
    result.state = TurnState::failed;
    result.error = std::move(outcome.error());
  }
  if (state.running->cancel.cancelled() && result.state == TurnState::failed)
    result.state = TurnState::cancelled;
  drop_confirmations(state, turn, Error{Errc::cancelled, "the turn has ended", {}, {}});
  auto end = std::make_shared<storage::TurnEnd>();
  end->turn = turn;
  end->state = result.state;
  Commit commit;
  commit.turn = turn;
  if (result.state == TurnState::failed) {
    end->error = error_json(result.error);
    commit.frames.push_back({"error", error_members(turn, result.error, result.code), true});
    spdlog::info("event=turn.failed conversation={} turn={} why=\"{}\" trace={}",
                 to_string(state.id), to_string(turn), result.error.detail,
                 state.running->question.trace.id());
  } else {
    end->answer = answer_of(state, result);
    commit.frames.push_back({"message", message_members(*end->answer, result.note), false});
    commit.frames.push_back({"usage", usage_members(turn, result.usage, result.cost_nano), true});
  }
  end->new_state = result.new_state;
  end->told = completed_event(state, turn, result.state, state.running->question.trace.header());
  commit.prepare = [self, end] {
    if (end->answer)
      end->answer->position = self->state.record.messages + 1;
  };
  commit.commit = [&s = *state.services,
                   end](storage::ChatWriter writer,
                        std::vector<StoredFrame> frames) -> task<Result<bool>> {
    auto copy = *end;
    copy.frames = std::move(frames);
    auto done = co_await storage::end_turn(s.databases.here(), writer, std::move(copy));
    if (!done)
      co_return fail(std::move(done.error()));
    co_return true;
  };
  commit.then = [self, end](Done done) {
    auto& after = self->state;
    auto question = std::move(after.running->question.message);
    after.running.reset();
    after.held.clear();
    after.held_restart.reset();
    if (!done)
      return;  // the rows tell whoever comes next
    if (end->answer) {
      after.record.messages = end->answer->position;
      after.recent.add(*end->answer);
      tidy_up(self, question, *end->answer);
    }
    if (end->new_state)
      after.record.state = *end->new_state;
    tell_end(self, TurnOutcome{end->turn, end->state, end->answer, end->error});
    begin_next(self);
  };
  enqueue(self, std::move(commit));
}

/// Stores the question with its frame; it is acknowledged when it is committed.
void store_question(Self* self, const Context& c, const SendMessage& m,
                    std::vector<ModelImage> images,
                    caf::typed_response_promise<TurnAccepted> promise) {
  auto& state = self->state;
  auto question = std::make_shared<Question>();
  question->turn = TurnId::fresh();
  question->client_msg_id = m.client_msg_id.value_or("");
  question->trace = c.trace;
  question->principal = c.principal;
  auto& message = question->message;
  message.id = MessageId::fresh();
  message.conversation_id = state.id;
  message.turn_id = question->turn;
  message.role = MessageRole::user;
  message.content = m.content;
  message.created_at = now();
  for (const auto& image : images)
    message.attachments.push_back(note_of(image));
  question->images = std::move(images);
  auto begun = std::make_shared<storage::BegunTurn>();
  Commit commit;
  commit.prepare = [self, question] {
    auto& before = self->state;
    question->message.position = before.record.messages + 1;
    // Nothing else can begin before this is stored: its row says at once that it runs.
    question->running = !before.running && before.questions.empty();
  };
  commit.frames.push_back(
    {"accepted", accepted_members(message, question->client_msg_id, 1), false});
  commit.commit = [&s = *state.services, question,
                   begun](storage::ChatWriter writer,
                          std::vector<StoredFrame> frames) -> task<Result<bool>> {
    auto row = co_await storage::begin_turn(
      s.databases.here(), writer, question->client_msg_id, question->message, std::move(frames),
      question->running ? TurnState::running : TurnState::queued);
    if (!row)
      co_return fail(std::move(row.error()));
    *begun = std::move(*row);
    co_return !begun->known;
  };
  commit.then = [self, question, begun, promise](Done done) mutable {
    if (!done)
      return refuse(promise, done.error());
    auto& after = self->state;
    promise.deliver(accepted_of(after, begun->turn, begun->question, begun->known));
    if (begun->known)
      return;
    question->message = begun->question;
    after.record.messages = begun->question.position;
    after.recent.add(begun->question);
    after.questions.push_back(std::move(*question));
    begin_next(self);
  };
  enqueue(self, std::move(commit));
}

}  // namespace

void begin_next(Self* self) {
  auto& state = self->state;
  if (state.running || state.questions.empty() || state.deleting)
    return;
  state.running.emplace();
  state.running->question = std::move(state.questions.front());
  state.questions.pop_front();
  if (state.running->question.running)
    return run(self);
  // That it runs is stored beside its first steps; text waits for the commit.
  Commit commit;
  commit.turn = state.running->question.turn;
  // Text can be numbered only behind a kept frame of this process.
  if (!state.log->begun())
    commit.frames.push_back(
      {"notice", notice_members(commit.turn, "begun", "the waiting question is answered now"),
       false});
  commit.commit = [&s = *state.services,
                   turn = commit.turn](storage::ChatWriter writer,
                                       std::vector<StoredFrame> frames) -> task<Result<bool>> {
    auto done = co_await storage::start_turn(s.databases.here(), writer, turn, std::move(frames));
    if (!done)
      co_return fail(std::move(done.error()));
    co_return true;
  };
  commit.then = [](Done) {};
  enqueue(self, std::move(commit));
  run(self);
}

caf::result<TurnAccepted> accept(Self* self, const Context& c, const SendMessage& m) {
  return when_loaded<TurnAccepted>(self, c, [self, c, m](auto promise) {
    auto& state = self->state;
    if (m.content.empty() && m.attachments.empty())
      return refuse(promise,
                    Error{Errc::invalid, "the message is empty", {{"/content", "is empty"}}, {}});
    auto waiting = state.questions.size();
    if (state.running &&
        waiting >= static_cast<std::size_t>(state.services->config.chat.questions_waiting_max))
      return refuse(promise, Error{Errc::conflict,
                                   "an answer is being written and " + std::to_string(waiting) +
                                     " questions wait already",
                                   {},
                                   std::chrono::seconds{2}});
    self->await<std::vector<ModelImage>>(
      state.services->io, [&s = *state.services, c, m] { return check_question(s, c, m); },
      [self, c, m, promise](Result<std::vector<ModelImage>> images) mutable {
        if (!images)
          return refuse(promise, images.error());
        store_question(self, c, m, std::move(*images), promise);
      });
  });
}

caf::result<TurnAccepted> rerun(Self* self, const Context& c, const RerunTurn& m) {
  return when_loaded<TurnAccepted>(self, c, [self, c, id = m.turn_id](auto promise) {
    auto& state = self->state;
    if (state.running && state.running->question.turn == id)
      return refuse(promise, Error{Errc::conflict, "the turn is running", {}, {}});
    // The frame repeats the question, so the row must be read before the commit.
    self->await<storage::TurnWithQuestion>(
      state.services->io,
      [&s = *state.services, conversation = state.id, id] {
        return storage::find_turn(s.databases.here(), conversation, id);
      },
      [self, c, id, promise](Result<storage::TurnWithQuestion> turn) mutable {
        if (!turn)
          return refuse(promise, turn.error());
        if (!turn->question.attachments.empty())
          return refuse(
            promise,
            Error{Errc::conflict, "pictures are not kept; please send the question again", {}, {}});
        auto& now_state = self->state;
        auto again = std::make_shared<storage::TurnWithQuestion>(std::move(*turn));
        Commit commit;
        commit.turn = id;
        commit.frames.push_back(
          {"accepted",
           accepted_members(again->question, again->turn.client_msg_id, again->turn.attempt + 1),
           false});
        commit.commit = [&s = *now_state.services, again,
                         id](storage::ChatWriter writer,
                             std::vector<StoredFrame> frames) -> task<Result<bool>> {
          auto done =
            co_await storage::rerun_turn(s.databases.here(), writer, id, std::move(frames));
          if (!done)
            co_return fail(std::move(done.error()));
          *again = std::move(*done);
          co_return true;
        };
        commit.then = [self, c, again, promise](Done done) mutable {
          if (!done)
            return refuse(promise, done.error());
          auto& after = self->state;
          promise.deliver(accepted_of(after, again->turn, again->question, false));
          Question question;
          question.turn = again->turn.id;
          question.client_msg_id = again->turn.client_msg_id;
          question.attempt = again->turn.attempt;
          question.message = again->question;
          question.trace = c.trace;
          question.principal = c.principal;
          after.questions.push_back(std::move(question));
          begin_next(self);
        };
        enqueue(self, std::move(commit));
      });
  });
}

/// A turn that ends without an answer: interrupted, or cancelled before it ran.
static void end_without_answer(Self* self, const TurnId& turn, TurnState how, NewFrame frame) {
  Commit commit;
  commit.turn = turn;
  commit.frames.push_back(std::move(frame));
  commit.commit =
    [&s = *self->state.services, turn, how, told = completed_event(self->state, turn, how, {})](
      storage::ChatWriter writer, std::vector<StoredFrame> frames) -> task<Result<bool>> {
    storage::TurnEnd end;
    end.turn = turn;
    end.state = how;
    end.frames = std::move(frames);
    end.told = told;
    auto done = co_await storage::end_turn(s.databases.here(), writer, std::move(end));
    if (!done)
      co_return fail(std::move(done.error()));
    co_return true;
  };
  commit.then = [self, turn, how](Done done) {
    if (done)
      tell_end(self, TurnOutcome{turn, how, {}, {}});
  };
  enqueue(self, std::move(commit));
}

void end_interrupted(Self* self, const TurnId& turn, std::string_view why) {
  end_without_answer(self, turn, TurnState::interrupted,
                     {"interrupted", interrupted_members(turn, why), true});
}

caf::result<Ok> cancel(Self* self, const Context& c, const CancelTurn& m) {
  return when_loaded<Ok>(self, c, [self, wanted = m.turn_id](auto promise) {
    auto& state = self->state;
    if (state.running && (!wanted || state.running->question.turn == *wanted)) {
      state.running->cancel.cancel();
      drop_confirmations(state, state.running->question.turn,
                         Error{Errc::cancelled, "the turn was cancelled", {}, {}});
      return promise.deliver(Ok{}), void();
    }
    auto it = std::find_if(state.questions.begin(), state.questions.end(),
                           [&](const Question& q) { return wanted && q.turn == *wanted; });
    if (it == state.questions.end())
      return refuse(promise, Error{Errc::not_found, "no such turn is running or waiting", {}, {}});
    auto turn = it->turn;
    state.questions.erase(it);
    end_without_answer(
      self, turn, TurnState::cancelled,
      {"error",
       error_members(turn, Error{Errc::cancelled, "the question was taken back", {}, {}}, ""),
       true});
    promise.deliver(Ok{});
  });
}

caf::result<Ok> confirm(Self* self, const Context& c, const ConfirmTool& m) {
  return when_loaded<Ok>(self, c, [self, m](auto promise) {
    auto& state = self->state;
    auto found = state.confirmations.find(m.confirmation_id);
    if (found == state.confirmations.end())
      return refuse(promise, Error{Errc::not_found, "nobody is waiting for this answer", {}, {}});
    auto waiting = std::move(found->second);
    state.confirmations.erase(found);
    Commit commit;
    commit.turn = waiting.turn;
    commit.frames.push_back(
      {"confirmed", confirmed_members(waiting.turn, m.confirmation_id, m.accept), false});
    commit.commit = [&s = *state.services](storage::ChatWriter writer,
                                           std::vector<StoredFrame> frames) -> task<Result<bool>> {
      auto done = co_await storage::append_frames(s.databases.here(), writer, std::move(frames));
      if (!done)
        co_return fail(std::move(done.error()));
      co_return true;
    };
    commit.then = [waiting, promise, accept = m.accept](Done done) mutable {
      if (!done) {
        refuse(waiting.promise, done.error());
        return refuse(promise, done.error());
      }
      waiting.promise.deliver(PersonSaid{accept});
      promise.deliver(Ok{});
    };
    enqueue(self, std::move(commit));
  });
}

caf::result<PersonSaid> ask_person(Self* self, const Context&, const AskPerson& m) {
  auto& state = self->state;
  if (!state.running || state.running->question.turn != m.turn || state.running->cancel.cancelled())
    return to_caf(Error{Errc::cancelled, "the turn has ended", {}, {}});
  auto promise = self->make_response_promise<PersonSaid>();
  auto time = std::chrono::seconds{state.services->config.chat.confirm_seconds};
  Commit commit;
  commit.turn = m.turn;
  commit.frames.push_back(
    {"confirm",
     confirm_members(m.turn, m.confirmation_id, m.name, m.arguments, m.text, now() + time), false});
  commit.commit = [&s = *state.services](storage::ChatWriter writer,
                                         std::vector<StoredFrame> frames) -> task<Result<bool>> {
    auto done = co_await storage::append_frames(s.databases.here(), writer, std::move(frames));
    if (!done)
      co_return fail(std::move(done.error()));
    co_return true;
  };
  commit.then = [self, m, promise, time](Done done) mutable {
    if (!done)
      return refuse(promise, done.error());
    auto& after = self->state;
    if (!after.running || after.running->question.turn != m.turn ||
        after.running->cancel.cancelled())
      return refuse(promise, Error{Errc::cancelled, "the turn has ended", {}, {}});
    after.confirmations[m.confirmation_id] = {m.turn, promise, Context::Clock::now() + time};
  };
  enqueue(self, std::move(commit));
  return promise;
}

void expire_confirmations(Self* self) {
  auto& waiting = self->state.confirmations;
  auto clock = Context::Clock::now();
  for (auto it = waiting.begin(); it != waiting.end();)
    if (it->second.until <= clock) {
      refuse(it->second.promise, Error{Errc::timed_out, "nobody answered in time", {}, {}});
      it = waiting.erase(it);
    } else {
      ++it;
    }
}

caf::result<TurnOutcome> await_turn(Self* self, const Context& c, const AwaitTurn& m) {
  return when_loaded<TurnOutcome>(self, c, [self, id = m.turn_id](auto promise) {
    auto& state = self->state;
    for (const auto& outcome : state.ended)
      if (outcome.turn_id == id)
        return promise.deliver(outcome), void();
    bool live = (state.running && state.running->question.turn == id) ||
                std::any_of(state.questions.begin(), state.questions.end(),
                            [&](const Question& q) { return q.turn == id; });
    if (live)
      return state.waiters[id].push_back(promise);
    self->await<TurnOutcome>(
      state.services->io,
      [&s = *state.services, conversation = state.id, id] {
        return storage::find_turn_outcome(s.databases.here(), conversation, id);
      },
      [promise](Result<TurnOutcome> outcome) mutable { settle(promise, std::move(outcome)); });
  });
}

}  // namespace jobraker::chat
