#include <spdlog/spdlog.h>

#include "actors/chat/conversation_state.hpp"
#include "actors/chat/core/history.hpp"
#include "actors/llm/core/fence.hpp"
#include "actors/llm/core/tokens.hpp"
#include "actors/llm/gateway.hpp"
#include "storage/databases.hpp"

/// What is done after an answer: a title, and a summary of what has grown old.
namespace jobraker::chat {
namespace {

constexpr std::size_t title_bytes = 80;
constexpr std::size_t messages_read = 400;

/// The question's beginning, cut at a word.
std::string title_of(std::string_view question) {
  auto line = question.substr(0, question.find('\n'));
  if (line.size() <= title_bytes)
    return std::string{line};
  auto cut = line.rfind(' ', title_bytes);
  if (cut == std::string_view::npos || cut < title_bytes / 2)
    cut = title_bytes;
  while (cut > 0 && (static_cast<unsigned char>(line[cut]) & 0xC0) == 0x80)
    --cut;
  return std::string{line.substr(0, cut)} + "…";
}

struct NewSummary {
  std::string text{};
  std::int64_t upto = 0;
};

std::string fence_of(std::string_view id, std::string_view kind, std::string_view title,
                     std::string_view text) {
  return llm::fenced(id, kind, title, text);
}

/// Summarises the older part when it has grown; an empty text when there is nothing to do.
task<Result<NewSummary>> summarise(Services& services, storage::ConversationRecord record,
                                   std::optional<std::vector<ChatMessage>> recent) {
  Result<std::vector<ChatMessage>> stored;
  if (recent)
    stored = std::move(*recent);
  else
    stored = co_await storage::recent_messages(services.databases.here(), record.conversation.id,
                                               record.summary_upto, messages_read);
  if (!stored)
    co_return fail(std::move(stored.error()));
  HistoryOptions options;
  options.budget = services.config.chat.history_tokens;
  options.summarise_above = services.config.chat.summarise_tokens;
  options.keep_verbatim = options.summarise_above / 2;
  ChatSummary summary{record.summary, record.summary_upto};
  auto history = build_history(
    *stored, summary, options, [](std::string_view text) { return llm::estimate_tokens(text); },
    fence_of);
  if (history.to_summarise.empty())
    co_return NewSummary{};
  Context context = Context::system(std::chrono::minutes{2});
  context.principal.user = record.conversation.user_id;
  auto personal = personal_data(co_await profile_of(services, context));
  llm::ModelCall call;
  call.operation = "chat_summary";
  call.user = record.conversation.user_id;
  ModelMessage message;
  message.text = summary_input(summary, history.to_summarise, fence_of, &personal);
  call.messages.push_back(std::move(message));
  auto outcome = co_await llm::ask_model(services, context, std::move(call));
  if (!outcome)
    co_return fail(std::move(outcome.error()));
  co_return NewSummary{personal.reveal(outcome->reply.text), history.summarise_until};
}

void store_summary(Self* self, NewSummary summary) {
  auto kept = std::make_shared<NewSummary>(std::move(summary));
  Commit commit;
  commit.commit = [&s = *self->state.services, kept](
                    storage::ChatWriter writer, std::vector<StoredFrame>) -> task<Result<bool>> {
    auto done = co_await storage::save_summary(s.databases.here(), writer, kept->text, kept->upto);
    if (!done)
      co_return fail(std::move(done.error()));
    co_return true;
  };
  commit.then = [self, kept](Done done) {
    self->state.summarising = false;
    if (!done)
      return;
    self->state.record.summary = kept->text;
    self->state.record.summary_upto = kept->upto;
    self->state.recent.forget_until(kept->upto);
  };
  enqueue(self, std::move(commit));
}

}  // namespace

void tidy_up(Self* self, const ChatMessage& question, const ChatMessage& answer) {
  auto& state = self->state;
  if (state.record.conversation.title.empty() && !question.content.empty()) {
    auto title = title_of(question.content);
    state.record.conversation.title = title;
    self->await<std::string>(
      state.services->io,
      [&s = *state.services, id = state.id, title] {
        return storage::set_title(s.databases.here(), id, title);
      },
      [](Result<std::string>) {});
  }
  if (state.services->chat->index_turn && answer.state == TurnState::done)
    state.services->chat->index_turn(state.record.conversation.user_id, state.id, question, answer);
  if (std::exchange(state.summarising, true))
    return;
  self->await<NewSummary>(
    state.services->io,
    [&s = *state.services, record = state.record, recent = state.recent.all()] {
      return summarise(s, record, recent);
    },
    [self](Result<NewSummary> summary) {
      if (!summary)
        spdlog::warn("event=conversation.summary_failed id={} why=\"{}\"",
                     to_string(self->state.id), summary.error().detail);
      if (!summary || summary->text.empty()) {
        self->state.summarising = false;
        return;
      }
      store_summary(self, std::move(*summary));
    });
}

}  // namespace jobraker::chat
