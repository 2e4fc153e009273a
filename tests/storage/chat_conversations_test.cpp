#include "tests/storage/chat_samples.hpp"

namespace jobraker {
namespace {

using namespace storage;
using test::error_of;
using test::must;
using test::start;

struct ConversationsTest : test::ChatTest {
  /// All pages of a list of one's conversations.
  std::vector<ConversationId> pages(UserId owner, std::int64_t limit, bool archived = false) {
    std::vector<ConversationId> ids;
    ListConversations query{archived, std::nullopt, limit};
    do {
      auto page = must(run(list_conversations(*db, owner, query)));
      EXPECT_LE(page.items.size(), static_cast<std::size_t>(limit));
      for (auto& item : page.items)
        ids.push_back(item.id);
      query.cursor = page.next;
    } while (query.cursor);
    return ids;
  }
  std::vector<std::int64_t> positions(const MessagePage& page) {
    std::vector<std::int64_t> list;
    for (auto& message : page.items)
      list.push_back(message.position);
    return list;
  }
};

TEST_F(ConversationsTest, BeginEmpty) {
  auto id = ConversationId::fresh();
  auto made = must(run(create_conversation(*db, id, ada, ConversationKind::mock_interview,
                                           "Interview", R"({"role":"C++"})")));
  EXPECT_EQ(made.conversation.id, id);
  EXPECT_EQ(made.conversation.user_id, ada);
  EXPECT_EQ(made.conversation.kind, ConversationKind::mock_interview);
  EXPECT_EQ(made.conversation.title, "Interview");
  EXPECT_EQ(made.conversation.position, StreamPosition{});
  EXPECT_EQ(made.conversation.archived_at, std::nullopt);
  EXPECT_EQ(made.state, R"({"role": "C++"})");
  EXPECT_EQ(made.messages, 0);
  EXPECT_EQ(made.summary_upto, 0);
  auto found = must(run(find_conversation(*db, id, ada)));
  EXPECT_EQ(found.conversation.created_at, made.conversation.created_at);
  EXPECT_EQ(found.state, made.state);
}

TEST_F(ConversationsTest, CreatedTwiceAreOneAndNobodyTakesAnothersId) {
  auto again = must(run(create_conversation(*db, chat, ada, ConversationKind::chat, "Other")));
  EXPECT_EQ(again.conversation.title, "");
  EXPECT_EQ(again.state, R"({"round": 0})");
  EXPECT_EQ(error_of(run(create_conversation(*db, chat, bob, ConversationKind::chat, ""))),
            Errc::conflict);
  EXPECT_EQ(
    error_of(run(create_conversation(*db, chat, ada, ConversationKind::mock_interview, ""))),
    Errc::conflict);
  auto id = ConversationId::fresh();
  EXPECT_EQ(
    error_of(run(create_conversation(*db, id, UserId::fresh(), ConversationKind::chat, ""))),
    Errc::invalid);
  EXPECT_EQ(error_of(run(create_conversation(*db, id, ada, ConversationKind::chat, "", "[]"))),
            Errc::invalid);
  EXPECT_EQ(error_of(run(create_conversation(*db, id, ada, ConversationKind::chat, "", "no"))),
            Errc::invalid);
}

TEST_F(ConversationsTest, OfOthersAreInvisible) {
  auto writer = load().writer;
  auto message = ask(writer, 1, 1).id;
  EXPECT_EQ(error_of(run(find_conversation(*db, chat, bob))), Errc::not_found);
  EXPECT_EQ(error_of(run(update_conversation(*db, chat, bob, {.title = "Mine"}))), Errc::not_found);
  EXPECT_EQ(error_of(run(delete_conversation(*db, chat, bob))), Errc::not_found);
  EXPECT_EQ(error_of(run(list_messages(*db, chat, bob, {}))), Errc::not_found);
  EXPECT_EQ(error_of(run(find_message(*db, message, bob))), Errc::not_found);
  EXPECT_TRUE(pages(bob, 10).empty());
  EXPECT_EQ(record().conversation.title, "");
  EXPECT_EQ(must(run(find_message(*db, message, ada))).content, "Question 1");
  EXPECT_EQ(must(run(find_message(*db, message, std::nullopt))).id, message);
  EXPECT_EQ(error_of(run(find_message(*db, MessageId::fresh(), ada))), Errc::not_found);
}

TEST_F(ConversationsTest, AreListedLastUsedFirst) {
  std::vector<ConversationId> made{chat};
  for (int i = 0; i < 6; ++i)
    made.push_back(converse(ada));
  converse(bob);
  // Two were last used at the very same moment, so that the id has to decide.
  sql("UPDATE conversations SET updated_at = $2 WHERE id = ANY ($1::uuid[])",
      {std::vector{made[0], made[1]}, start});
  for (std::int64_t limit : {1, 2, 3, 7, 100}) {
    auto ids = pages(ada, limit);
    ASSERT_EQ(ids.size(), 7u);
    for (std::size_t i = 0; i < 5; ++i)
      EXPECT_EQ(ids[i], made[6 - i]);
    EXPECT_EQ(ids[5], std::max(made[0], made[1]));
  }
  ask(load().writer, 1, 1);
  EXPECT_EQ(pages(ada, 100).front(), chat) << "it was used just now";
}

TEST_F(ConversationsTest, RefuseCursorsThatAreNone) {
  for (auto cursor : {"", "x", "9-1", "0190163d-8694-739b-aea5-966c26f8ad91-",
                      "0190163d-8694-739b-aea5-966c26f8ad91--1",
                      "0190163d-8694-739b-aea5-966c26f8ad91-9223372036854775807",
                      "0190163d-8694-739b-aea5-966c26f8ad91-99999999999999999999"})
    EXPECT_EQ(error_of(run(list_conversations(*db, ada, {std::nullopt, cursor, 5}))), Errc::invalid)
      << cursor;
  for (auto cursor : {"", "a", "12", "c1", "a-1", "b 1", "a99999999999999999999"})
    EXPECT_EQ(error_of(run(list_messages(*db, chat, ada,
                                         {std::nullopt, std::nullopt, std::string{cursor}, 5}))),
              Errc::invalid)
      << cursor;
}

TEST_F(ConversationsTest, AreRenamedArchivedAndBroughtBack) {
  auto renamed = must(run(update_conversation(*db, chat, ada, {.title = "Work"})));
  EXPECT_EQ(renamed.conversation.title, "Work");
  EXPECT_EQ(renamed.conversation.archived_at, std::nullopt);
  auto archived = must(run(update_conversation(*db, chat, ada, {.archived = true})));
  EXPECT_EQ(archived.conversation.title, "Work");
  ASSERT_TRUE(archived.conversation.archived_at);
  auto again = must(run(update_conversation(*db, chat, std::nullopt, {.archived = true})));
  EXPECT_EQ(again.conversation.archived_at, archived.conversation.archived_at);
  EXPECT_TRUE(pages(ada, 10).empty());
  EXPECT_EQ(pages(ada, 10, true), std::vector{chat});
  must(run(update_conversation(*db, chat, ada, {.archived = false})));
  EXPECT_EQ(pages(ada, 10), std::vector{chat});
  EXPECT_TRUE(pages(ada, 10, true).empty());
}

TEST_F(ConversationsTest, GoWithAllThatHangsOnThem) {
  auto writer = load().writer;
  auto message = ask(writer, 1, 1);
  must(run(delete_conversation(*db, chat, ada)));
  EXPECT_EQ(error_of(run(find_conversation(*db, chat, ada))), Errc::not_found);
  EXPECT_EQ(error_of(run(delete_conversation(*db, chat, ada))), Errc::not_found);
  EXPECT_EQ(error_of(run(load_conversation(*db, chat))), Errc::not_found);
  EXPECT_EQ(error_of(run(append_frames(*db, writer, {frame(writer, 2, "notice")}))),
            Errc::not_found);
  EXPECT_EQ(error_of(run(start_turn(*db, writer, message.turn_id))), Errc::not_found);
  EXPECT_TRUE(sql("SELECT 1 FROM chat_frames").empty());
  EXPECT_TRUE(sql("SELECT 1 FROM chat_messages").empty());
  EXPECT_TRUE(sql("SELECT 1 FROM chat_turns").empty());
}

TEST_F(ConversationsTest, TranscriptsAreReadForwardsAndBackwards) {
  EXPECT_TRUE(must(run(list_messages(*db, chat, ada, {}))).items.empty());
  auto writer = load().writer;
  for (int i = 0; i < 4; ++i) {
    auto q = ask(writer, 10 * i + 1, 2 * i + 1);
    reply(writer, q.turn_id, 10 * i + 2, 2 * i + 2);
  }
  std::vector<std::int64_t> seen;
  ListMessages query{.limit = 3};
  do {
    auto page = must(run(list_messages(*db, chat, ada, query)));
    for (auto position : positions(page))
      seen.push_back(position);
    query.cursor = page.next;
  } while (query.cursor);
  EXPECT_EQ(seen, (std::vector<std::int64_t>{1, 2, 3, 4, 5, 6, 7, 8}));

  auto last = must(run(list_messages(*db, chat, ada, {.before = 8, .limit = 3})));
  EXPECT_EQ(positions(last), (std::vector<std::int64_t>{5, 6, 7}));
  auto earlier = must(run(list_messages(*db, chat, ada, {.cursor = last.next, .limit = 3})));
  EXPECT_EQ(positions(earlier), (std::vector<std::int64_t>{2, 3, 4}));
  auto first = must(run(list_messages(*db, chat, ada, {.cursor = earlier.next, .limit = 3})));
  EXPECT_EQ(positions(first), (std::vector<std::int64_t>{1}));
  EXPECT_EQ(first.next, std::nullopt);
  auto tail = must(run(list_messages(*db, chat, ada, {.after = 6})));
  EXPECT_EQ(positions(tail), (std::vector<std::int64_t>{7, 8}));
  EXPECT_EQ(must(run(list_messages(*db, chat, ada, {.after = 8}))).items.size(), 0u);

  auto recent = must(run(recent_messages(*db, chat, 2, 3)));
  ASSERT_EQ(recent.size(), 3u);
  EXPECT_EQ(recent.front().position, 6);
  EXPECT_EQ(recent.back().position, 8);
  EXPECT_EQ(must(run(recent_messages(*db, chat, 2, 100))).front().position, 3);
  EXPECT_TRUE(must(run(recent_messages(*db, chat, 8, 100))).empty());
}

TEST_F(ConversationsTest, AreErasedWithTheirOwner) {
  ask(load().writer, 1, 1);
  sql("DELETE FROM users WHERE id = $1", {ada});
  EXPECT_EQ(error_of(run(load_conversation(*db, chat))), Errc::not_found);
}

}  // namespace
}  // namespace jobraker
