#include <thread>

#include <gtest/gtest.h>

#include "messages/json.hpp"
#include "tests/net/ws_fixture.hpp"

namespace jobraker::net {
namespace {

using std::chrono::milliseconds;

/// A server with a WebSocket at /ws that anybody may open, and one client.
struct Live {
  explicit Live(WsSettings settings = {}, std::function<void(const Sessions::One&)> on_open = {}) {
    WsOptions options;
    options.access = Access::anonymous;
    options.open = sessions.opener(std::move(on_open));
    settings.frames_per_second = 1e6;
    settings.frames_burst = 1e6;
    options.settings = settings;
    Router router;
    router.ws("/ws", std::move(options));
    running = std::make_unique<RunningServer>(std::move(router));
    peer = std::make_unique<WsPeer>(running->port());
    EXPECT_EQ(peer->handshake("/ws").status, 101);
  }
  ServerCounters counters() { return running->server().counters(); }

  Sessions sessions;
  std::unique_ptr<RunningServer> running;
  std::unique_ptr<WsPeer> peer;
};

TEST(WsSession, CarriesTextBothWays) {
  Live live;
  const auto session = live.sessions.at(0);
  const std::string long_text(60'000, 'x');
  for (const std::string& text : {std::string{"{\"type\":\"hello\"}"}, std::string{}, long_text})
    live.peer->say(text);
  ASSERT_TRUE(session.port->wait_received(3));
  EXPECT_EQ(session.port->messages()[0], "{\"type\":\"hello\"}");
  EXPECT_EQ(session.port->messages()[1], "");
  EXPECT_EQ(session.port->messages()[2], long_text);
  for (const std::size_t size : {0u, 1u, 125u, 126u, 16'000u, 20'000u, 70'000u, 1'000'000u})
    session.say(std::string(size, 'y'));
  for (const std::size_t size : {0u, 1u, 125u, 126u, 16'000u, 20'000u, 70'000u, 1'000'000u}) {
    const auto frame = live.peer->read();
    ASSERT_TRUE(frame) << size;
    EXPECT_EQ(frame->opcode, Opcode::text);
    EXPECT_EQ(frame->payload, std::string(size, 'y'));
  }
  EXPECT_EQ(live.counters().ws_open, 1u);
  EXPECT_EQ(live.counters().connections_open, 1u);
  EXPECT_EQ(live.counters().ws_received, 3u);
}

TEST(WsSession, WhatComesBehindTheHandshakeIsNotLost) {
  Live live;
  WsPeer eager{live.running->port()};
  EXPECT_EQ(eager.handshake("/ws", {}, client_frame(Opcode::text, "early")).status, 101);
  const auto session = live.sessions.at(1);
  ASSERT_TRUE(session.port->wait_received(1));
  EXPECT_EQ(session.port->messages()[0], "early");
}

TEST(WsSession, WhatTheActorSaysBeforeTheUpgradeComesAfterIt) {
  Live live{{}, [](const Sessions::One& one) {
              one.say("first");
              one.say("second");
            }};
  EXPECT_EQ(live.peer->read()->payload, "first");
  EXPECT_EQ(live.peer->read()->payload, "second");
}

TEST(WsSession, FragmentsWithAPingBetweenThem) {
  Live live;
  const auto session = live.sessions.at(0);
  live.peer->send(client_frame(Opcode::text, "one ", false));
  live.peer->send(client_frame(Opcode::ping, "now?"));
  const auto pong = live.peer->read();
  ASSERT_TRUE(pong);
  EXPECT_EQ(pong->opcode, Opcode::pong);
  EXPECT_EQ(pong->payload, "now?");
  live.peer->send(client_frame(Opcode::continuation, "and ", false));
  live.peer->send(client_frame(Opcode::continuation, "two"));
  ASSERT_TRUE(session.port->wait_received(1));
  EXPECT_EQ(session.port->messages()[0], "one and two");
}

TEST(WsSession, BytesOneByOne) {
  Live live;
  const auto session = live.sessions.at(0);
  for (char c : client_frame(Opcode::text, "slowly") + client_frame(Opcode::ping, ""))
    live.peer->send(std::string(1, c));
  ASSERT_TRUE(session.port->wait_received(1));
  EXPECT_EQ(session.port->messages()[0], "slowly");
  EXPECT_EQ(live.peer->read()->opcode, Opcode::pong);
}

TEST(WsSession, ThePeersCloseIsAnsweredAndTold) {
  for (const auto code : std::initializer_list<std::uint16_t>{1000, 1001, 3000, 4321}) {
    Live live;
    const auto session = live.sessions.at(0);
    live.peer->send(client_close(code, "bye"));
    const auto answer = live.peer->read();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->opcode, Opcode::close);
    EXPECT_EQ(answer->code(), code);
    EXPECT_TRUE(live.peer->closed_by_peer());
    EXPECT_EQ(session.port->wait_closed(), code);
    session.say("into the void");
    session.link->close(4000, "too late");
    EXPECT_EQ(session.link->queued(), 0u);
    live.running.reset();
    EXPECT_EQ(session.port->times_closed(), 1u);
  }
}

TEST(WsSession, ACloseWithoutACodeIs1005) {
  Live live;
  live.peer->send(client_frame(Opcode::close, ""));
  EXPECT_EQ(live.peer->read()->payload, "");
  EXPECT_EQ(live.sessions.at(0).port->wait_closed(), 1005);
}

TEST(WsSession, AnEndWithoutACloseIs1006) {
  Live live;
  live.peer.reset();
  EXPECT_EQ(live.sessions.at(0).port->wait_closed(), 1006);
  WsPeer rude{live.running->port()};
  rude.handshake("/ws");
  const auto session = live.sessions.at(1);
  rude.reset();
  EXPECT_EQ(session.port->wait_closed(), 1006);
}

TEST(WsSession, OurCloseComesAfterWhatIsQueued) {
  Live live;
  const auto session = live.sessions.at(0);
  std::string all;
  for (int i = 0; i < 500; ++i)
    session.say(std::to_string(i) + std::string(i % 7 == 0 ? 20'000 : 10, ' '));
  session.link->close(4010, "resync required");
  session.link->close(4999, "only the first counts");
  session.say("not any more");
  for (int i = 0; i < 500; ++i) {
    const auto frame = live.peer->read();
    ASSERT_TRUE(frame);
    ASSERT_EQ(std::stoi(frame->payload), i);
  }
  const auto close = live.peer->read();
  ASSERT_TRUE(close);
  EXPECT_EQ(close->opcode, Opcode::close);
  EXPECT_EQ(close->code(), 4010);
  EXPECT_EQ(close->payload.substr(2), "resync required");
  live.peer->say("it crossed your Close");
  live.peer->send(client_close(4010));
  EXPECT_TRUE(live.peer->closed_by_peer());
  EXPECT_EQ(session.port->wait_closed(), 4010);
  EXPECT_TRUE(session.port->messages().empty());
}

TEST(WsSession, FaultsCloseWithTheirCode) {
  const std::pair<std::string, int> cases[] = {
    {client_frame(Opcode::binary, "x"), 1003},
    {client_frame(Opcode::text, "\xff"), 1007},
    {client_frame(Opcode::text, std::string(70'000, 'x')), 1009},
    {client_frame(Opcode::continuation, "x"), 1002},
    {client_close(1005), 1002},
  };
  for (const auto& [bytes, code] : cases) {
    Live live;
    const auto session = live.sessions.at(0);
    live.peer->say("before");
    live.peer->send(bytes);
    live.peer->say("behind");
    const auto close = live.peer->read();
    ASSERT_TRUE(close) << code;
    EXPECT_EQ(close->opcode, Opcode::close);
    EXPECT_EQ(close->code(), code);
    live.peer.reset();
    EXPECT_EQ(session.port->wait_closed(), code);
    EXPECT_EQ(session.port->messages(), std::vector<std::string>{"before"});
  }
}

TEST(WsSession, AMessageLimitOfItsOwn) {
  WsSettings settings;
  settings.message_max = 8 << 20;
  Live live{settings};
  const auto session = live.sessions.at(0);
  live.peer->say(std::string(8 << 20, 'x'));
  ASSERT_TRUE(session.port->wait_received(1));
  EXPECT_EQ(session.port->messages()[0].size(), std::size_t{8} << 20);
  live.peer->say(std::string((8 << 20) + 1, 'x'));
  const auto close = live.peer->read();
  ASSERT_TRUE(close);
  EXPECT_EQ(close->code(), 1009);
}

TEST(WsSession, ManyThreadsKeepTheirOrder) {
  WsSettings settings;
  settings.queue_max = 64 << 20;
  Live live{settings};
  const auto session = live.sessions.at(0);
  constexpr int threads = 4;
  constexpr int each = 5000;
  std::vector<std::thread> senders;
  for (int t = 0; t < threads; ++t) {
    senders.emplace_back([&session, t] {
      for (int i = 0; i < each; ++i)
        session.say(std::to_string(t) + " " + std::to_string(i));
    });
  }
  int next[threads] = {};
  for (int n = 0; n < threads * each; ++n) {
    const auto frame = live.peer->read();
    ASSERT_TRUE(frame);
    const auto space = frame->payload.find(' ');
    const auto from = std::stoi(frame->payload.substr(0, space));
    ASSERT_EQ(std::stoi(frame->payload.substr(space)), next[from]++);
  }
  for (auto& thread : senders)
    thread.join();
  live.peer->send(client_close(1000));
  EXPECT_EQ(session.port->wait_closed(), 1000);
  const auto counters = live.counters();
  EXPECT_EQ(counters.ws_sent, std::uint64_t{threads * each});
  EXPECT_LE(counters.ws_writes, counters.ws_sent + 1);
}

TEST(WsSession, FramesOfOneTurnAreWrittenTogether) {
  // Queued while the handshake is answered: one write for all of them.
  Live live{{}, [](const Sessions::One& one) {
              for (int i = 0; i < 1000; ++i)
                one.say(std::to_string(i));
            }};
  for (int i = 0; i < 1000; ++i)
    ASSERT_EQ(live.peer->read()->payload, std::to_string(i));
  live.peer->send(client_close(1000));
  live.sessions.at(0).port->wait_closed();
  EXPECT_EQ(live.counters().ws_sent, 1000u);
  EXPECT_LE(live.counters().ws_writes, 3u);  // and one for the Close
}

TEST(WsSession, TheLinkOutlivesTheServer) {
  auto live = std::make_unique<Live>();
  const auto session = live->sessions.at(0);
  live.reset();
  EXPECT_NE(session.port->wait_closed(), 0);
  session.say("nobody is there");
  session.link->close(1000, "");
  EXPECT_EQ(session.link->queued(), 0u);
  EXPECT_EQ(session.port->times_closed(), 1u);
}

TEST(WsSession, ADrainSaysGoodbye) {
  Live live;
  WsPeer second{live.running->port()};
  second.handshake("/ws");
  live.sessions.at(1);
  std::thread other{[&] {
    for (auto* peer : {live.peer.get(), &second}) {
      const auto goodbye = peer->read();
      ASSERT_TRUE(goodbye);
      const auto body = json::Document::parse(goodbye->payload);
      ASSERT_TRUE(body);
      EXPECT_EQ(body->root()["type"].string(), "goodbye");
      const auto wait = body->root()["retry_in_ms"].integer().value_or(-1);
      EXPECT_GE(wait, 0);
      EXPECT_LT(wait, 10'000);
      const auto close = peer->read();
      ASSERT_TRUE(close);
      EXPECT_EQ(close->code(), 1012);
      peer->send(client_close(1012));
    }
  }};
  EXPECT_TRUE(live.running->io().run(
    live.running->server().drain(Context::Clock::now() + std::chrono::seconds{10})));
  other.join();
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(live.sessions.at(i).port->wait_closed(), 1012);
    EXPECT_EQ(live.sessions.at(i).port->times_closed(), 1u);
  }
  EXPECT_EQ(live.counters().ws_open, 0u);
  EXPECT_EQ(live.counters().connections_open, 0u);
}

TEST(WsSession, ADrainCutsWhoDoesNotAnswer) {
  Live live;
  EXPECT_FALSE(
    live.running->io().run(live.running->server().drain(Context::Clock::now() + milliseconds{50})));
  EXPECT_EQ(live.sessions.at(0).port->wait_closed(), 1012);
  EXPECT_EQ(live.counters().ws_open, 0u);
}

}  // namespace
}  // namespace jobraker::net
