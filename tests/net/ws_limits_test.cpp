#include <gtest/gtest.h>

#include "messages/json.hpp"
#include "tests/net/ws_fixture.hpp"

namespace jobraker::net {
namespace {

using std::chrono::milliseconds;

/// A server with a WebSocket at /ws whose deadlines are looked at often.
struct Limited {
  explicit Limited(WsSettings settings, std::size_t receive_buffer = 0) {
    WsOptions options;
    options.access = Access::anonymous;
    options.open = sessions.opener();
    options.settings = settings;
    Router router;
    router.ws("/ws", std::move(options));
    ServerSettings server;
    server.sweep = milliseconds{5};
    running = std::make_unique<RunningServer>(std::move(router), server);
    peer = std::make_unique<WsPeer>(running->port(), receive_buffer);
    EXPECT_EQ(peer->handshake("/ws").status, 101);
  }
  ServerCounters counters() { return running->server().counters(); }

  Sessions sessions;
  std::unique_ptr<RunningServer> running;
  std::unique_ptr<WsPeer> peer;
};

/// Says so much that the kernel's buffers cannot hold it; answers how many frames.
int say_too_much(const Sessions::One& session, std::size_t bytes, std::size_t each) {
  int count = 0;
  for (std::size_t said = 0; said < bytes; said += each)
    session.say(std::to_string(count++) + std::string(each - 8, ' '));
  return count;
}

TEST(WsLimits, TooManyMessagesAreRefusedAndThenCostTheConnection) {
  WsSettings settings;
  settings.frames_per_second = 0.001;
  settings.frames_burst = 3;
  settings.refusals_max = 2;
  Limited live{settings};
  const auto session = live.sessions.at(0);
  for (int i = 0; i < 3; ++i)
    live.peer->say(std::to_string(i));
  for (int i = 0; i < 2; ++i) {
    live.peer->say("over it");
    const auto error = live.peer->read();
    ASSERT_TRUE(error);
    const auto body = json::Document::parse(error->payload);
    ASSERT_TRUE(body) << error->payload;
    EXPECT_EQ(body->root()["type"].string(), "error");
    EXPECT_EQ(body->root()["code"].string(), "rate_limited");
    EXPECT_GT(body->root()["retry_in_ms"].integer().value_or(0), 0);
  }
  live.peer->say("still");
  const auto close = live.peer->read();
  ASSERT_TRUE(close);
  EXPECT_EQ(close->code(), 4029);
  live.peer->send(client_close(4029));
  EXPECT_EQ(session.port->wait_closed(), 4029);
  EXPECT_EQ(session.port->messages(), (std::vector<std::string>{"0", "1", "2"}));
}

TEST(WsLimits, PingsAreCharged) {
  WsSettings settings;
  settings.frames_per_second = 0.001;
  settings.frames_burst = 2;
  settings.refusals_max = 1;
  Limited live{settings};
  for (int i = 0; i < 4; ++i)
    live.peer->send(client_frame(Opcode::ping, std::to_string(i)));
  EXPECT_EQ(live.peer->read()->payload, "0");
  EXPECT_EQ(live.peer->read()->payload, "1");
  EXPECT_EQ(live.peer->read()->code(), 4029);
}

TEST(WsLimits, ASlowReaderIsToldOfAndReadsEverythingInTheEnd) {
  WsSettings settings;
  settings.high_water = 100'000;
  settings.queue_max = 64 << 20;
  settings.send_buffer = 16 << 10;
  settings.write_timeout = std::chrono::seconds{60};
  Limited live{settings, 16 << 10};
  const auto session = live.sessions.at(0);
  session.say("small");
  EXPECT_EQ(live.peer->read()->payload, "small");
  for (int round = 1; round <= 2; ++round) {
    const auto count = say_too_much(session, 8 << 20, round == 1 ? 1000 : 50'000);
    EXPECT_GT(session.link->queued(), settings.high_water);
    EXPECT_EQ(session.port->times_drained(), static_cast<std::size_t>(round - 1));
    for (int i = 0; i < count; ++i) {
      const auto frame = live.peer->read();
      ASSERT_TRUE(frame);
      ASSERT_EQ(std::stoi(frame->payload), i);
    }
    EXPECT_TRUE(session.port->wait_drained(static_cast<std::size_t>(round)));
    EXPECT_EQ(session.link->queued(), 0u);
  }
  EXPECT_EQ(session.port->times_drained(), 2u);
  EXPECT_EQ(session.port->times_closed(), 0u);
}

TEST(WsLimits, AQueueBeyondItsCapEndsTheConnection) {
  WsSettings settings;
  settings.queue_max = 1 << 20;
  settings.send_buffer = 16 << 10;
  Limited live{settings, 16 << 10};
  const auto session = live.sessions.at(0);
  const auto said = say_too_much(session, 32 << 20, 10'000);
  EXPECT_LE(session.link->queued(), settings.queue_max);
  int heard = 0;
  auto frame = live.peer->read();
  for (; frame && frame->opcode == Opcode::text; frame = live.peer->read())
    ASSERT_EQ(std::stoi(frame->payload), heard++);  // what comes has no holes
  ASSERT_TRUE(frame);
  EXPECT_EQ(frame->code(), 4008);
  EXPECT_LT(heard, said);
  live.peer->send(client_close(4008));
  EXPECT_EQ(session.port->wait_closed(), 4008);
  EXPECT_EQ(live.counters().ws_slow, 1u);
}

TEST(WsLimits, OneFrameBeyondTheCapStillFits) {
  WsSettings settings;
  settings.queue_max = 1000;
  Limited live{settings};
  live.sessions.at(0).say(std::string(100'000, 'x'));
  EXPECT_EQ(live.peer->read()->payload.size(), 100'000u);
}

TEST(WsLimits, WhoTakesNothingAtAllIsCut) {
  WsSettings settings;
  settings.queue_max = 64 << 20;
  settings.send_buffer = 16 << 10;
  settings.write_timeout = milliseconds{50};
  Limited live{settings, 16 << 10};
  const auto session = live.sessions.at(0);
  say_too_much(session, 16 << 20, 50'000);
  EXPECT_EQ(session.port->wait_closed(), 1006);
  EXPECT_GE(live.counters().timed_out, 1u);
}

TEST(WsLimits, SilenceIsAskedAboutAndThenEndsIt) {
  WsSettings settings;
  settings.ping_after = milliseconds{50};
  Limited live{settings};
  const auto ping = live.peer->read();
  ASSERT_TRUE(ping);
  EXPECT_EQ(ping->opcode, Opcode::ping);
  EXPECT_FALSE(live.peer->read());  // no answer: the end, without a Close
  EXPECT_EQ(live.sessions.at(0).port->wait_closed(), 1006);
}

TEST(WsLimits, WhoAnswersPingsStays) {
  WsSettings settings;
  settings.ping_after = milliseconds{300};
  Limited live{settings};
  for (int i = 0; i < 4; ++i) {
    const auto ping = live.peer->read();
    ASSERT_TRUE(ping);
    ASSERT_EQ(ping->opcode, Opcode::ping);
    live.peer->send(client_frame(Opcode::pong, ping->payload));
  }
  live.peer->send(client_close(1000));
  EXPECT_EQ(live.sessions.at(0).port->wait_closed(), 1000);
}

TEST(WsLimits, WhoDoesNotAnswerACloseIsCut) {
  WsSettings settings;
  settings.close_timeout = milliseconds{50};
  Limited live{settings};
  const auto session = live.sessions.at(0);
  session.link->close(4503, "forbidden");
  EXPECT_EQ(live.peer->read()->code(), 4503);
  EXPECT_TRUE(live.peer->closed_by_peer());
  EXPECT_EQ(session.port->wait_closed(), 4503);
}

}  // namespace
}  // namespace jobraker::net
