#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/chat/core/redact.hpp"
#include "messages/chat.hpp"
#include "messages/model.hpp"

/// What of a conversation a model reads again: pure.
namespace jobraker::chat {

/// How many tokens a text has, or about.
using CountTokens = std::function<std::int64_t(std::string_view)>;

/// Wraps untrusted text as data: (id, kind, title, text), as `fenced` of actors/llm/core/fence.hpp.
using Fence = std::function<std::string(std::string_view id, std::string_view kind,
                                        std::string_view title, std::string_view text)>;

/// What stands for the old part of a conversation.
struct ChatSummary {
  std::string text{};
  std::int64_t until = 0;  ///< the position of the last message it covers; 0: none
};

/// Sizes in tokens.
struct HistoryOptions {
  std::int64_t budget = 8000;           ///< of everything `build_history` returns
  std::int64_t summarise_above = 6000;  ///< unsummarised text above this should be summarised…
  std::int64_t keep_verbatim = 3000;    ///< …down to about this
  std::int64_t message_overhead = 4;    ///< what a message costs beside its text
};

/// The messages of a call, and what should be summarised next.
struct History {
  std::vector<ModelMessage> messages{};  ///< the summary as a system message first, if there is one
  std::int64_t tokens = 0;               ///< of `messages`, as counted
  std::size_t left_out = 0;              ///< stored messages neither summarised nor in `messages`
  /// The stored messages to summarise together with the present summary, oldest first, whole turns;
  /// empty when the unsummarised part is small. The new summary covers `summarise_until`.
  std::vector<ChatMessage> to_summarise{};
  std::int64_t summarise_until = 0;
};

/// Chooses what a model is told of a conversation. `messages` are the stored messages in order of
/// position, the last user's message among them the one to be answered (turns that wait behind it
/// must not be passed). The result holds the summary fenced as a system note, then the newest turns
/// that fit the budget, whole: a call and its result are never apart. The latest user's message is
/// always there; when it alone is over the budget it is there alone. Pictures are never kept: their
/// place says that there was one; those of the latest message are for the caller to add. With
/// `personal` everything is hidden, with `fence` results of functions are fenced: the messages can
/// be sent as they are.
History build_history(const std::vector<ChatMessage>& messages, const ChatSummary& summary,
                      const HistoryOptions& options, const CountTokens& count, const Fence& fence,
                      PersonalData* personal = nullptr);

/// One stored message as a model reads it: an answer with calls becomes several messages, call and
/// result in order of their rounds, then what it said after them.
std::vector<ModelMessage> model_messages(const ChatMessage& message, const Fence& fence = {},
                                         PersonalData* personal = nullptr);

/// A function's result as a model reads it, in history as in a running turn: hidden, then fenced.
std::string tool_result_text(std::string_view name, std::string_view result, const Fence& fence,
                             PersonalData* personal);

/// What the operation `chat_summary` is given: the present summary and the transcript, fenced. What
/// comes back is revealed before it is stored.
std::string summary_input(const ChatSummary& summary, const std::vector<ChatMessage>& messages,
                          const Fence& fence, PersonalData* personal = nullptr);

/// How texts of successive rounds stand together: a blank line between, unless one is empty.
std::string join_text(std::string_view before, std::string_view after);

}  // namespace jobraker::chat
