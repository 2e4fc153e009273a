#include <thread>

#include <gtest/gtest.h>

#include "net/ws/sse_link.hpp"
#include "tests/net/ws_fixture.hpp"

namespace jobraker::net {
namespace {

using std::chrono::milliseconds;

/// A server with an event stream at /stream/{id}.
struct Stream {
  explicit Stream(WsSettings settings = {}, OpenSession open = {}) {
    if (!open)
      open = sessions.opener();
    RouteOptions anonymous;
    anonymous.access = Access::anonymous;
    Router router;
    router.get(
      "/stream/{id}",
      [open, settings](Request& request) -> task<Response> {
        SessionOpening opening;
        opening.conversation = request.parameter("id");
        opening.after = request.query_value("after").value_or("");
        co_return co_await open_event_stream(request, std::move(opening), open, settings);
      },
      anonymous);
    router.get(
      "/plain", [](Request&) -> task<Response> { co_return Response::text(200, "plain"); },
      anonymous);
    ServerSettings server;
    server.sweep = milliseconds{5};
    running = std::make_unique<RunningServer>(std::move(router), server);
  }
  static std::string get(const std::string& target, const std::string& fields = {}) {
    return "GET " + target + " HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n";
  }

  Sessions sessions;
  std::unique_ptr<RunningServer> running;
};

TEST(SseLink, FramesAreEvents) {
  Stream at;
  RawConnection peer{at.running->port()};
  peer.send(Stream::get("/stream/c7?after=3-17"));
  const auto session = at.sessions.at(0);
  EXPECT_TRUE(session.opening.sse);
  EXPECT_EQ(session.opening.conversation, "c7");
  EXPECT_EQ(session.opening.after, "3-17");
  EXPECT_EQ(session.opening.remote, "127.0.0.1");
  session.say(R"({"type":"token","text":"a"})", "token", "3-18");
  session.say("{}");
  session.say("{\n\"a\":\r\n1}", "message", "3-19");
  session.say("{}", "bro\nken", std::string_view{"3\0-20", 5});
  session.link->close(1000, "done");
  const auto response = peer.read();
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.header("content-type"), "text/event-stream");
  EXPECT_EQ(response.header("cache-control"), "no-cache");
  EXPECT_EQ(response.header("x-accel-buffering"), "no");
  EXPECT_TRUE(response.complete);
  EXPECT_EQ(response.body, "retry: 2000\n\n"
                           "event: token\nid: 3-18\ndata: {\"type\":\"token\",\"text\":\"a\"}\n\n"
                           "data: {}\n\n"
                           "event: message\nid: 3-19\ndata: {\ndata: \"a\":\ndata: 1}\n\n"
                           "data: {}\n\n"
                           "event: closed\ndata: {\"type\":\"closed\",\"code\":1000,"
                           "\"reason\":\"done\"}\n\n");
  EXPECT_EQ(session.port->wait_closed(), 1000);
  peer.send(Stream::get("/plain"));  // the connection is as good as before
  EXPECT_EQ(peer.read().body, "plain");
  session.say("{}");
  EXPECT_EQ(session.link->queued(), 0u);
  EXPECT_EQ(session.port->times_closed(), 1u);
}

TEST(SseLink, ContinuesAfterTheLastEventId) {
  Stream at;
  const std::string last = "Last-Event-ID: 9-9\r\n";
  RawConnection one{at.running->port()};
  one.send(Stream::get("/stream/c", last));
  EXPECT_EQ(at.sessions.at(0).opening.after, "9-9");
  RawConnection two{at.running->port()};
  two.send(Stream::get("/stream/c?after=1-1", last));
  EXPECT_EQ(at.sessions.at(1).opening.after, "1-1");
}

TEST(SseLink, SilenceIsFilledWithComments) {
  WsSettings settings;
  settings.heartbeat = milliseconds{10};
  Stream at{settings};
  WsPeer peer{at.running->port()};
  peer.send(Stream::get("/stream/c"));
  const auto session = at.sessions.at(0);
  EXPECT_NE(peer.read_until("\n:\n\n").find("retry: 2000"), std::string::npos);
  session.say("{}", "token");
  EXPECT_NE(peer.read_until("data: {}\n\n").find("event: token\n"), std::string::npos);
  EXPECT_NE(peer.read_until(":\n\n"), "");
}

TEST(SseLink, APeerThatLeavesIsNoticedWithoutAnythingBeingSent) {
  WsSettings settings;
  settings.heartbeat = std::chrono::hours{1};
  Stream at{settings};
  for (const bool rudely : {false, true}) {
    auto peer = std::make_unique<WsPeer>(at.running->port());
    peer->send(Stream::get("/stream/c"));
    peer->read_until("retry: 2000\n\n");
    const auto session = at.sessions.at(rudely ? 1 : 0);
    if (rudely)
      peer->reset();
    peer.reset();
    EXPECT_EQ(session.port->wait_closed(), 1006);
    EXPECT_EQ(session.port->times_closed(), 1u);
  }
}

TEST(SseLink, ARequestBehindTheStreamIsAnsweredAfterIt) {
  Stream at;
  RawConnection peer{at.running->port()};
  peer.send(Stream::get("/stream/c") + Stream::get("/plain"));
  const auto session = at.sessions.at(0);
  session.say("{}");
  peer.send(Stream::get("/plain"));
  session.link->close(1000, "");
  EXPECT_TRUE(peer.read().complete);
  EXPECT_EQ(peer.read().body, "plain");
  EXPECT_EQ(peer.read().body, "plain");
}

TEST(SseLink, ManyThreadsKeepTheirOrder) {
  WsSettings settings;
  settings.queue_max = 64 << 20;
  Stream at{settings};
  WsPeer peer{at.running->port()};
  peer.send(Stream::get("/stream/c"));
  const auto session = at.sessions.at(0);
  std::vector<std::thread> senders;
  for (int t = 0; t < 3; ++t) {
    senders.emplace_back([&session, t] {
      for (int i = 0; i < 2000; ++i)
        session.say(std::to_string(t) + " " + std::to_string(i));
    });
  }
  int next[3] = {};
  for (int n = 0; n < 6000; ++n) {
    const auto text = peer.read_until("\n\n");
    const auto data = text.find("data: ");
    if (data == std::string::npos) {
      --n;  // the head of the response, or `retry:`
      ASSERT_FALSE(text.empty());
      continue;
    }
    const auto from = text[data + 6] - '0';
    ASSERT_EQ(std::stoi(text.substr(data + 8)), next[from]++);
  }
  for (auto& thread : senders)
    thread.join();
}

TEST(SseLink, ASlowReaderIsToldOf) {
  WsSettings settings;
  settings.high_water = 100'000;
  settings.queue_max = 64 << 20;
  Stream at{settings};
  WsPeer peer{at.running->port(), 16 << 10};
  peer.send(Stream::get("/stream/c"));
  const auto session = at.sessions.at(0);
  for (int i = 0; i < 1000; ++i)
    session.say(std::to_string(i) + std::string(10'000, ' '));
  session.say("last");
  EXPECT_GT(session.link->queued(), settings.high_water);
  EXPECT_NE(peer.read_until("data: last\n\n"), "");
  EXPECT_TRUE(session.port->wait_drained(1));
  session.say("more");
  EXPECT_NE(peer.read_until("data: more\n\n"), "");
  session.link->close(1000, "");
  EXPECT_EQ(session.port->wait_closed(), 1000);
  EXPECT_EQ(session.link->queued(), 0u);
}

TEST(SseLink, AQueueBeyondItsCapEndsTheStream) {
  WsSettings settings;
  settings.queue_max = 1 << 20;
  Stream at{settings};
  WsPeer peer{at.running->port(), 16 << 10};
  peer.send(Stream::get("/stream/c"));
  const auto session = at.sessions.at(0);
  for (int i = 0; i < 3000; ++i)
    session.say(std::string(10'000, ' '));
  EXPECT_NE(peer.read_until("event: closed\n"), "");
  EXPECT_NE(peer.read_until("\n\n").find("4008"), std::string::npos);
  EXPECT_EQ(session.port->wait_closed(), 4008);
}

TEST(SseLink, WhatOpenRefusesIsTheAnswer) {
  Stream at{{},
            [](const SessionOpening&,
               const std::shared_ptr<ClientLink>&) -> Result<std::shared_ptr<SessionPort>> {
              return fail(Errc::not_found, "No such conversation.");
            }};
  RawConnection peer{at.running->port()};
  peer.send(Stream::get("/stream/c"));
  const auto response = peer.read();
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(response.header("content-type"), "application/problem+json");
}

TEST(SseLink, HeadOpensNothing) {
  Stream at;
  RawConnection peer{at.running->port()};
  peer.send("HEAD /stream/c HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(peer.read(true).header("content-type"), "text/event-stream");
  EXPECT_EQ(at.sessions.count(), 0u);
}

TEST(SseLink, ADrainSaysGoodbye) {
  Stream at;
  WsPeer peer{at.running->port()};
  peer.send(Stream::get("/stream/c"));
  const auto session = at.sessions.at(0);
  std::string body;
  peer.read_until("retry: 2000\n\n");
  std::thread reader{[&] { body = peer.read_until("0\r\n\r\n"); }};
  EXPECT_TRUE(at.running->io().run(
    at.running->server().drain(Context::Clock::now() + std::chrono::seconds{10})));
  reader.join();
  EXPECT_NE(body.find("event: goodbye\ndata: {\"type\":\"goodbye\",\"retry_in_ms\":"),
            std::string::npos);
  EXPECT_NE(body.find("\"code\":1012"), std::string::npos);
  EXPECT_EQ(session.port->wait_closed(), 1012);
}

TEST(SseLink, TheLinkOutlivesTheServer) {
  auto at = std::make_unique<Stream>();
  WsPeer peer{at->running->port()};
  peer.send(Stream::get("/stream/c"));
  const auto session = at->sessions.at(0);
  at->running.reset();
  EXPECT_NE(session.port->wait_closed(), 0);
  session.say("{}");
  EXPECT_EQ(session.link->queued(), 0u);
}

}  // namespace
}  // namespace jobraker::net
