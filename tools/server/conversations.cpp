#include "tools/server/conversations.hpp"

#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include "actors/chat/chat_desk.hpp"
#include "actors/chat/conversation_actor.hpp"
#include "actors/knowledge/knowledge_actor.hpp"
#include "actors/profile/core/unicode.hpp"
#include "config/llm_tables.hpp"
#include "storage/chat_turns.hpp"
#include "storage/databases.hpp"

namespace jobraker::server {
namespace {

constexpr std::size_t title_bytes_max = 100;

}  // namespace

Conversations::Conversations(Machine& machine)
    : machine_(machine), live_(static_cast<std::size_t>(machine.config.chat.sessions_per_user_max),
                               static_cast<std::size_t>(machine.config.chat.sessions_max)),
      conversations_(std::make_shared<Directory<ConversationId, chat::ConversationInside>>(
        machine.system.registry(), "/conversations/",
        static_cast<std::size_t>(machine.config.chat.live_conversations_max),
        [this](const ConversationId& id, const std::string& path) {
          return chat::start_conversation(machine_.services, id, path);
        })),
      desk_(machine.supervised<ChatDeskActor>("/system/chat", chat::start_chat_desk)),
      knowledge_(machine.supervised<KnowledgeActor>("/system/knowledge", start_knowledge)) {
  chat_.conversation = [this](const ConversationId& id) { return conversations_->find(id); };
  chat_.release_conversation = [this](const ConversationId& id) { conversations_->release(id); };
  chat_.index_turn = [this](const UserId& user, const ConversationId& conversation,
                            const ChatMessage& question, const ChatMessage& answer) {
    index(user, conversation, question, answer);
  };
  machine.services.chat = &chat_;
  machine.keep(knowledge_, "knowledge");
}

void Conversations::index(const UserId& user, const ConversationId& conversation,
                          const ChatMessage& question, const ChatMessage& answer) const {
  auto found = knowledge_.find();
  if (!found)
    return;
  IndexTurn turn;
  turn.conversation = conversation;
  turn.message = answer.id;
  turn.user = user;
  turn.title = std::string{cut_bytes(question.content, title_bytes_max)};
  turn.text = question.content + "\n\n" + answer.content;
  caf::anon_send(*found, Context::system(std::chrono::minutes{5}), std::move(turn));
}

Done Conversations::prepare() {
  auto tools = chat::ToolTable::parse(tools_text());
  if (!tools)
    return fail(std::move(tools.error()));
  chat_.tools = std::move(*tools);
  return {};
}

task<Done> Conversations::take_up() {
  auto turns = co_await storage::conversations_with_unfinished_turns(machine_.databases->here());
  if (!turns)
    co_return fail(std::move(turns.error()));
  for (const auto& id : *turns)
    if (auto found = conversations_->find(id); !found)
      spdlog::warn("event=conversation.resume_failed id={} why=\"{}\"", to_string(id),
                   found.error().detail);
  auto indexing = knowledge_.find();
  co_return indexing ? Done{} : fail(std::move(indexing.error()));
}

void Conversations::offer(Actors& actors, net::Capabilities& capabilities) const {
  actors.chat = [this] { return desk_.find(); };
  actors.conversation = [this](const ConversationId& id) -> Result<ConversationActor> {
    auto found = conversations_->find(id);
    if (!found)
      return fail(std::move(found.error()));
    return ConversationActor{*found};
  };
  capabilities.knowledge = [this] { return knowledge_.find(); };
}

void Conversations::close_live() {
  live_.close();
  conversations_->close();
}

void Conversations::close() {
  desk_.close();
  knowledge_.close();
}

}  // namespace jobraker::server
