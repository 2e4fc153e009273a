#include "storage/reports.hpp"
#include "tests/storage/chat_samples.hpp"

namespace jobraker {
namespace {

using namespace storage;
using test::error_of;
using test::must;

struct ReportsTest : test::ChatTest {
  void SetUp() override {
    ChatTest::SetUp();
    if (!db)
      return;
    admin = person("admin@example.com");
    writer = load().writer;
    answer_id = answered(1).id;
  }
  /// A question at 2n - 1 and its answer at 2n.
  ChatMessage answered(std::int64_t n) {
    auto q = ask(writer, 2 * n - 1, 2 * n - 1);
    questions.push_back(q.id);
    return reply(writer, q.turn_id, 2 * n, 2 * n, "Answer " + std::to_string(n));
  }
  std::vector<ReportId> pages(std::optional<ReportState> state, std::int64_t limit) {
    std::vector<ReportId> ids;
    ListReports query{state, std::nullopt, limit};
    do {
      auto page = must(run(list_reports(*db, query)));
      for (auto& item : page.items)
        ids.push_back(item.id);
      query.cursor = page.next;
    } while (query.cursor);
    return ids;
  }
  UserId admin{};
  ChatWriter writer{};
  MessageId answer_id{};
  std::vector<MessageId> questions;
};

TEST_F(ReportsTest, ShowWhatWasSaidAndWhatHadBeenAsked) {
  auto made = must(
    run(report_message(*db, answer_id, ada, {ReportReason::biased, "It assumes that I am old."})));
  EXPECT_EQ(made.message_id, answer_id);
  EXPECT_EQ(made.conversation_id, chat);
  EXPECT_EQ(made.reporter, ada);
  EXPECT_EQ(made.reason, ReportReason::biased);
  EXPECT_EQ(made.comment, "It assumes that I am old.");
  EXPECT_EQ(made.state, ReportState::open);
  EXPECT_EQ(made.message, "Answer 1");
  EXPECT_EQ(made.question, "Question 1");
  EXPECT_EQ(made.reviewer, std::nullopt);
  EXPECT_EQ(json::encode(must(run(find_report(*db, made.id)))), json::encode(made));
  auto own = must(run(report_message(*db, questions[0], ada, {ReportReason::harmful, {}})));
  EXPECT_EQ(own.message, "Question 1");
  EXPECT_EQ(own.question, "");
}

TEST_F(ReportsTest, NeedAConversationOfOnesOwn) {
  EXPECT_EQ(error_of(run(report_message(*db, answer_id, bob, {}))), Errc::not_found);
  EXPECT_EQ(error_of(run(report_message(*db, answer_id, admin, {}))), Errc::not_found);
  EXPECT_EQ(error_of(run(report_message(*db, MessageId::fresh(), ada, {}))), Errc::not_found);
  EXPECT_TRUE(pages(std::nullopt, 10).empty());
}

TEST_F(ReportsTest, RepeatedChangeTheOneThatIsThere) {
  auto first = must(run(report_message(*db, answer_id, ada, {ReportReason::wrong, "No."})));
  auto second = must(run(report_message(*db, answer_id, ada, {ReportReason::unfair, {}})));
  EXPECT_EQ(second.id, first.id);
  EXPECT_EQ(second.reason, ReportReason::unfair);
  EXPECT_EQ(second.comment, "");
  EXPECT_EQ(second.created_at, first.created_at);
  EXPECT_EQ(pages(std::nullopt, 10), std::vector{first.id});
}

TEST_F(ReportsTest, AreDecidedOnceUnlessSomethingNewIsSaid) {
  auto id = must(run(report_message(*db, answer_id, ada, {ReportReason::wrong, "No."}))).id;
  DecideReport uphold{ReportDecision::upheld, "It is wrong."};
  auto decided = must(run(decide_report(*db, id, admin, uphold)));
  EXPECT_EQ(decided.state, ReportState::upheld);
  EXPECT_EQ(decided.reviewer, admin);
  EXPECT_EQ(decided.note, "It is wrong.");
  EXPECT_TRUE(decided.reviewed_at);
  EXPECT_EQ(decided.message, "Answer 1");
  EXPECT_EQ(must(run(decide_report(*db, id, admin, uphold))).reviewed_at, decided.reviewed_at);
  EXPECT_EQ(error_of(run(decide_report(*db, id, admin, {ReportDecision::dismissed, {}}))),
            Errc::conflict);
  EXPECT_EQ(error_of(run(decide_report(*db, id, bob, uphold))), Errc::conflict);
  EXPECT_EQ(error_of(run(decide_report(*db, ReportId::fresh(), admin, uphold))), Errc::not_found);

  auto same = must(run(report_message(*db, answer_id, ada, {ReportReason::wrong, "No."})));
  EXPECT_EQ(same.state, ReportState::upheld);
  EXPECT_EQ(same.reviewed_at, decided.reviewed_at);
  EXPECT_EQ(same.note, "It is wrong.");
  auto news = must(run(report_message(*db, answer_id, ada, {ReportReason::harmful, "No."})));
  EXPECT_EQ(news.state, ReportState::open);
  EXPECT_EQ(news.reviewer, std::nullopt);
  EXPECT_EQ(news.note, "");
  EXPECT_EQ(news.reviewed_at, std::nullopt);
  must(run(decide_report(*db, id, bob, {ReportDecision::dismissed, {}})));
}

TEST_F(ReportsTest, AreListedByStateInPages) {
  std::vector<ReportId> made;
  for (int i = 2; i < 7; ++i)
    made.push_back(must(run(report_message(*db, answered(i).id, ada, {}))).id);
  std::sort(made.begin(), made.end());
  for (std::int64_t limit : {1, 2, 5, 100})
    EXPECT_EQ(pages(std::nullopt, limit), made);
  must(run(decide_report(*db, made[1], admin, {ReportDecision::upheld, {}})));
  must(run(decide_report(*db, made[3], admin, {ReportDecision::dismissed, {}})));
  EXPECT_EQ(pages(ReportState::open, 2), (std::vector{made[0], made[2], made[4]}));
  EXPECT_EQ(pages(ReportState::upheld, 2), std::vector{made[1]});
  EXPECT_EQ(pages(ReportState::dismissed, 2), std::vector{made[3]});
  EXPECT_EQ(error_of(run(list_reports(*db, {std::nullopt, "12", 5}))), Errc::invalid);
}

TEST_F(ReportsTest, GoWithTheirReporterAndStayWithoutTheirReviewer) {
  auto id = must(run(report_message(*db, answer_id, ada, {}))).id;
  must(run(decide_report(*db, id, admin, {})));
  sql("DELETE FROM users WHERE id = $1", {admin});
  EXPECT_EQ(must(run(find_report(*db, id))).reviewer, std::nullopt);
  sql("DELETE FROM users WHERE id = $1 ", {ada});
  EXPECT_EQ(error_of(run(find_report(*db, id))), Errc::not_found);
}

}  // namespace
}  // namespace jobraker
