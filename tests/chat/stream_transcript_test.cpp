#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tools/chat/printer.hpp"
#include "tools/chat/transcript.hpp"

namespace jobraker::chat_client {
namespace {

using testing::IsEmpty;
using Applied = Transcript::Applied;

const std::string turn = to_string(TurnId::of("turn"));

Frame frame(const std::string& text) {
  auto parsed = Frame::parse(text);
  EXPECT_TRUE(parsed.has_value()) << text;
  return std::move(*parsed);
}

/// A frame of the turn at epoch-seq; `members` behind its type.
Frame at(std::int64_t epoch, std::int64_t seq, const std::string& type,
         const std::string& members = "") {
  return frame(R"({"type":")" + type + R"(","turn_id":")" + turn + '"' +
               (members.empty() ? "" : "," + members) + R"(,"epoch":)" + std::to_string(epoch) +
               R"(,"seq":)" + std::to_string(seq) + "}");
}

TEST(ChatFrame, RefusesWhatIsNone) {
  for (auto text : {"", "[]", "{}", "7", R"({"type":7})", R"({"type":""})", "{\"type\":\"a\""})
    EXPECT_FALSE(Frame::parse(text).has_value()) << text;
  EXPECT_FALSE(frame(R"({"type":"pong"})").position());
  EXPECT_FALSE(frame(R"({"type":"a","epoch":1,"seq":"2"})").position());
}

TEST(ChatTranscript, AppliesEachFrameOnceAndInOrder) {
  Transcript transcript;
  EXPECT_EQ(transcript.apply(at(1, 4, "token", R"("text":"a")")), Applied::yes)
    << "the first as it comes";
  EXPECT_EQ(transcript.apply(at(1, 4, "token", R"("text":"a")")), Applied::behind);
  EXPECT_EQ(transcript.apply(at(1, 6, "token", R"("text":"c")")), Applied::gap);
  EXPECT_EQ(transcript.apply(at(1, 6, "token", R"("text":"bc","span":2)")), Applied::yes);
  EXPECT_EQ(transcript.apply(at(1, 7, "token", R"("text":"x","span":2)")), Applied::gap)
    << "it begins before our place";
  EXPECT_EQ(transcript.apply(at(2, 2, "token", R"("text":"d")")), Applied::gap);
  EXPECT_EQ(transcript.apply(frame(R"({"type":"pong"})")), Applied::unexpected);
  EXPECT_EQ(transcript.apply(frame(R"({"type":"notification","epoch":1,"seq":7})")),
            Applied::unexpected);
  EXPECT_EQ(transcript.turns().at(0).text, "abc");
  EXPECT_EQ(transcript.position(), (StreamPosition{1, 6}));
}

TEST(ChatTranscript, GoesBackToTheLastKeptFrameAtARestart) {
  Transcript transcript;
  transcript.apply(at(1, 1, "accepted", R"("content":"?")"));
  transcript.apply(at(1, 2, "token", R"("text":"first ")"));
  transcript.apply(at(1, 3, "tool_call", R"("call_id":"c","name":"f","arguments":{"a":1})"));
  transcript.apply(at(1, 4, "tool_result", R"("call_id":"c","name":"f","ok":true,"result":[])"));
  transcript.apply(at(1, 5, "token", R"("text":"wrong")"));
  transcript.apply(at(1, 6, "restart", R"("reason":"")"));
  transcript.apply(at(1, 7, "token", R"("text":"second")"));
  const auto& shown = transcript.turns().at(0);
  EXPECT_EQ(shown.text, "first second");
  EXPECT_EQ(shown.tools, (std::vector<ToolView>{{"c", "f", R"({"a":1})", true, "[]"}}));
}

TEST(ChatTranscript, ForgetsTheTextOfAnUnfinishedAnswerInANewEpoch) {
  Transcript transcript;
  transcript.apply(at(1, 1, "accepted", R"("content":"?")"));
  transcript.apply(at(1, 2, "token", R"("text":"half")"));
  transcript.apply(frame(R"({"type":"accepted","turn_id":")" + to_string(TurnId::of("b")) +
                         R"(","content":"??","epoch":2,"seq":1})"));
  EXPECT_EQ(transcript.turns().at(0).text, "");
  transcript.apply(at(2, 2, "interrupted", R"("detail":"restarted")"));
  EXPECT_EQ(transcript.turns().at(0).state, AnswerState::interrupted);
  EXPECT_EQ(transcript.turns().at(0).problem, "restarted");
}

TEST(ChatTranscript, IgnoresWhatIsOnItsWayUntilTheServerResumes) {
  Transcript transcript;
  transcript.apply(at(1, 1, "accepted", R"("content":"?")"));
  transcript.resuming();
  EXPECT_EQ(transcript.apply(at(1, 2, "token", R"("text":"a")")), Applied::unexpected);
  transcript.resumed({1, 1});
  EXPECT_EQ(transcript.turns().size(), 1U);
  EXPECT_EQ(transcript.apply(at(1, 3, "token", R"("text":"ab","span":2)")), Applied::yes);
  transcript.resumed({0, 0});
  EXPECT_THAT(transcript.turns(), IsEmpty()) << "the server knows nothing of our place";
  EXPECT_EQ(transcript.apply(at(1, 1, "accepted", R"("content":"?")")), Applied::yes);
}

struct PrinterTest : testing::Test {
  Transcript transcript;
  std::ostringstream out;
  Printer printer{out, false};
  void show(const Frame& given) {
    ASSERT_EQ(transcript.apply(given), Applied::yes);
    printer.frame(transcript, given);
  }
};

TEST_F(PrinterTest, ShowsTheRestOfAnAnswerThatItHasSeenTheBeginningOf) {
  show(at(1, 1, "token", R"("text":"Half ")"));
  show(at(1, 5, "message", R"("content":"Half an answer","state":"done","sources":[],"span":4)"));
  EXPECT_EQ(out.str(), "Half an answer\n");
}

TEST_F(PrinterTest, ShowsAnAnswerAgainThatIsNotWhatWasShown) {
  show(at(1, 1, "token", R"("text":"Wrong")"));
  show(at(1, 2, "message", R"("content":"Right","state":"done","sources":[])"));
  EXPECT_EQ(out.str(), "Wrong\n[the answer is]\nRight\n");
}

TEST_F(PrinterTest, GoesOnWithAnAnswerAfterTheHistory) {
  transcript.apply(at(1, 1, "accepted", R"("content":"?")"));
  transcript.apply(at(1, 2, "token", R"("text":"Half ")"));
  printer.history(transcript);
  show(at(1, 3, "token", R"("text":"an answer")"));
  show(at(1, 4, "message", R"("content":"Half an answer","state":"done","sources":[])"));
  EXPECT_EQ(out.str(), "> ?\nHalf an answer\n");
}

TEST_F(PrinterTest, KeepsTwoAnswersApart) {
  show(at(1, 1, "token", R"("text":"one")"));
  show(frame(R"({"type":"accepted","turn_id":")" + to_string(TurnId::of("b")) +
             R"(","content":"two?","client_msg_id":"b","epoch":1,"seq":2})"));
  show(at(1, 3, "token", R"("text":" more")"));
  show(at(1, 4, "message", R"("content":"one more","state":"done","sources":[])"));
  EXPECT_EQ(out.str(), "one\n> two?\n more\n");
}

TEST_F(PrinterTest, DoesNotRepeatWhatWasTypedHere) {
  printer.typed_here("mine");
  show(at(1, 1, "accepted", R"("content":"?","client_msg_id":"mine")"));
  EXPECT_EQ(out.str(), "");
}

TEST_F(PrinterTest, ShowsThePromptOnce) {
  printer.prompt();
  printer.prompt();
  printer.entered();
  printer.note("x");
  printer.prompt();
  EXPECT_EQ(out.str(), "> [x]\n> ");
}

TEST(Printable, LeavesOutWhatATerminalObeys) {
  EXPECT_EQ(printable("a\x1b[31mb\rc\x07\nd\te\x7f"), "a[31mbc\nd\te");
  EXPECT_EQ(printable("\xC2\x9B"
                      "31m \xC2\xA0 größer 😀 \xC2"),
            "31m \xC2\xA0 größer 😀 \xC2");
}

}  // namespace
}  // namespace jobraker::chat_client
