#pragma once

#include "actors/chat/chat_services.hpp"
#include "messages/knowledge_handles.hpp"
#include "net/api/routes.hpp"
#include "tools/server/machine.hpp"

namespace jobraker::server {

/// Chat: conversations, live sessions, and what answers are drawn from.
class Conversations {
public:
  explicit Conversations(Machine& machine);

  /// Reads the table of functions that models may call.
  Done prepare();
  /// Conversations with a turn that was under way when the process ended say so; texts are indexed.
  task<Done> take_up();
  void offer(Actors& actors, net::Capabilities& capabilities) const;
  Result<KnowledgeActor> knowledge() const { return knowledge_.find(); }
  /// Sessions and conversations end.
  void close_live();
  void close();

private:
  void index(const UserId& user, const ConversationId& conversation, const ChatMessage& question,
             const ChatMessage& answer) const;

  Machine& machine_;
  chat::LiveSessions live_;
  chat::ChatServices chat_{.live = live_};
  std::shared_ptr<Directory<ConversationId, chat::ConversationInside>> conversations_;
  Supervised<ChatDeskActor> desk_;
  Supervised<KnowledgeActor> knowledge_;
};

}  // namespace jobraker::server
