#include "tools/sandbox/stream.hpp"

#include "tests/sandbox/call.hpp"

namespace jobraker::sandbox {
namespace {

StreamScript script_of(int tokens) {
  StreamScript out;
  auto shape = out.shape({"data: {\"t\":", "}\n\n", false, {}});
  out.whole("data: start\n\n");
  for (int i = 0; i < tokens; ++i)
    out.add(shape, "w\"" + std::to_string(i));
  out.whole("data: end\n\n");
  return out;
}

struct Settled {
  int times = 0;
  Outcome outcome{};
  std::uint64_t tokens = 0;
};

StreamPlan plan_of(int tokens, Settled& settled) {
  StreamPlan plan;
  plan.script = script_of(tokens);
  plan.settle = [&settled](Outcome outcome, std::uint64_t sent) {
    ++settled.times;
    settled.outcome = outcome;
    settled.tokens = sent;
  };
  return plan;
}

net::Response response_of(StreamPlan plan) {
  return net::Response::stream(200, "text/event-stream", play(std::move(plan)));
}

TEST(Stream, SendsEveryEventOnceInOrder) {
  Settled settled;
  auto response = response_of(plan_of(2000, settled));
  EXPECT_EQ(read_stream(response), script_of(2000).text());
  EXPECT_EQ(settled.times, 1);
  EXPECT_EQ(settled.outcome, Outcome::ok);
  EXPECT_EQ(settled.tokens, 2000U);
}

TEST(Stream, QuotesItsPieces) {
  StreamScript script;
  auto shape = script.shape({"", "", false, {}});
  script.add(shape, "a\"\\\n\x01ü");
  EXPECT_EQ(script.text(), "\"a\\\"\\\\\\n\\u0001ü\"");
}

TEST(Stream, CountsWithEveryChunkWhenAsked) {
  StreamScript script;
  auto shape = script.shape({"{\"c\":", ",\"usage\":", true, "}"});
  script.prompt_tokens(7);
  script.add(shape, "a");
  script.add(shape, "b");
  EXPECT_EQ(script.text(),
            R"({"c":"a","usage":{"prompt_tokens":7,"completion_tokens":1,"total_tokens":8}})"
            R"({"c":"b","usage":{"prompt_tokens":7,"completion_tokens":2,"total_tokens":9}})");
}

TEST(Stream, CutAtAnyEventSendsExactlyThoseBefore) {
  for (std::size_t cut = 0; cut <= 12; ++cut)
    for (int pace : {0, 1}) {
      Settled settled;
      auto plan = plan_of(10, settled);
      plan.cut_at = cut;
      plan.pace = std::chrono::milliseconds{pace};
      auto response = response_of(std::move(plan));
      bool ended = true;
      auto text = read_stream(response, &ended);
      EXPECT_FALSE(ended) << cut;
      std::size_t events = 0;
      for (auto at = text.find("\n\n"); at != std::string::npos; at = text.find("\n\n", at + 2))
        ++events;
      EXPECT_EQ(events, cut);
      EXPECT_EQ(settled.outcome, Outcome::cut);
      EXPECT_EQ(settled.tokens, std::min<std::size_t>(10, cut == 0 ? 0 : cut - 1));
      EXPECT_EQ(settled.times, 1);
    }
}

TEST(Stream, AnErrorEventEndsItProperly) {
  Settled settled;
  auto plan = plan_of(10, settled);
  plan.error_at = 4;
  plan.error = "data: {\"error\":1}\n\n";
  auto response = response_of(std::move(plan));
  bool ended = false;
  auto text = read_stream(response, &ended);
  EXPECT_TRUE(ended);
  EXPECT_TRUE(text.ends_with("data: {\"error\":1}\n\n")) << text;
  EXPECT_EQ(settled.outcome, Outcome::cut);
  EXPECT_EQ(settled.tokens, 3U);
}

TEST(Stream, AReaderWhoLeavesSettlesWhatWasSent) {
  Settled settled;
  {
    auto plan = plan_of(50, settled);
    plan.pace = std::chrono::milliseconds{1};
    auto response = response_of(std::move(plan));
    auto read_some = [&]() -> task<bool> {
      auto& next = std::get<net::BodyProducer>(response.body);
      for (int i = 0; i < 4; ++i)
        EXPECT_TRUE(co_await next());
      co_return true;
    };
    run(read_some());
    EXPECT_EQ(settled.times, 0);
  }
  EXPECT_EQ(settled.times, 1);
  EXPECT_EQ(settled.outcome, Outcome::aborted);
  EXPECT_EQ(settled.tokens, 3U) << "the first piece holds no token";
}

}  // namespace
}  // namespace jobraker::sandbox
