#pragma once

#include "messages/codec.hpp"
#include "storage/chat_turns.hpp"
#include "storage/conversations.hpp"
#include "tests/storage/samples.hpp"

namespace jobraker::test {

/// A test with a person and their conversation.
struct ChatTest : SampleTest {
  void SetUp() override {
    SampleTest::SetUp();
    if (!db)
      return;
    ada = person("ada@example.com");
    bob = person("bob@example.com");
    chat = converse(ada);
  }

  ConversationId converse(UserId owner) {
    auto id = ConversationId::fresh();
    must(run(
      storage::create_conversation(*db, id, owner, ConversationKind::chat, "", R"({"round":0})")));
    return id;
  }
  storage::LoadedConversation load() { return must(run(storage::load_conversation(*db, chat))); }
  storage::ConversationRecord record() {
    return must(run(storage::find_conversation(*db, chat, std::nullopt)));
  }

  /// A frame of the writer's epoch.
  static StoredFrame frame(const storage::ChatWriter& writer, std::int64_t seq,
                           const std::string& type, const std::string& more = "") {
    return {{writer.loaded.epoch + 1, seq}, type, R"("type":")" + type + "\"" + more};
  }
  static ChatMessage question(std::int64_t position, const std::string& text = "Any jobs?") {
    ChatMessage m;
    m.id = MessageId::fresh();
    m.turn_id = TurnId::fresh();
    m.position = position;
    m.content = text;
    m.created_at = start;
    return m;
  }
  static ChatMessage answer(std::int64_t position, const std::string& text = "Three.") {
    auto m = question(position, text);
    m.role = MessageRole::assistant;
    return m;
  }

  /// An accepted question; its frame is at `seq`.
  ChatMessage ask(const storage::ChatWriter& writer, std::int64_t seq, std::int64_t position,
                  const std::string& client_msg_id = "") {
    auto q = question(position, "Question " + std::to_string(position));
    auto begun = must(
      run(storage::begin_turn(*db, writer, client_msg_id, q, {frame(writer, seq, "accepted")})));
    EXPECT_FALSE(begun.known);
    return begun.question;
  }
  /// Ends a turn well, with an answer at `position` and a frame at `seq`.
  ChatMessage reply(const storage::ChatWriter& writer, TurnId turn, std::int64_t seq,
                    std::int64_t position, const std::string& text = "Three.") {
    auto a = answer(position, text);
    must(run(storage::end_turn(*db, writer,
                               {.turn = turn,
                                .state = TurnState::done,
                                .answer = a,
                                .frames = {frame(writer, seq, "message")}})));
    return a;
  }
  std::vector<StoredFrame> all_frames() {
    return must(run(storage::list_frames(*db, chat, {}, {1000, 1000}, 10000)));
  }

  UserId ada{};
  UserId bob{};
  ConversationId chat{};
};

inline bool same(const StoredFrame& a, const StoredFrame& b) {
  return a.position == b.position && a.type == b.type && a.body == b.body;
}

inline bool same(const std::vector<StoredFrame>& a, const std::vector<StoredFrame>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](auto& x, auto& y) { return same(x, y); });
}

}  // namespace jobraker::test
