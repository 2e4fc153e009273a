#include <atomic>
#include <thread>

#include <boost/asio/post.hpp>
#include <gtest/gtest.h>

#include "messages/json.hpp"
#include "net/http/etag.hpp"
#include "tests/net/server_fixture.hpp"

namespace jobraker::net {
namespace {

using std::chrono::milliseconds;

RouteOptions open_to_all() {
  RouteOptions options;
  options.access = Access::anonymous;
  return options;
}

/// What a request looked like to its handler, as text.
task<Response> echo(Request& request) {
  co_return Response::text(200, std::string{to_string(request.method)} + " " + request.path + " [" +
                                  request.body + "]");
}

Router echo_router() {
  Router router;
  router.get("/echo", echo, open_to_all()).post("/echo", echo, open_to_all());
  return router;
}

const std::string get_echo = "GET /echo HTTP/1.1\r\nHost: h\r\n\r\n";

TEST(Server, KeepsTheConnectionForTheNextRequest) {
  RunningServer running{echo_router()};
  RawConnection peer{running.port()};
  for (int i = 0; i < 3; ++i) {
    peer.send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi");
    const auto response = peer.read();
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.body, "POST /echo [hi]");
    EXPECT_EQ(response.header("connection"), "");
    EXPECT_EQ(response.header("x-content-type-options"), "nosniff");
    EXPECT_EQ(response.header("server"), "");
  }
  peer.send("GET /echo HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(peer.read().header("connection"), "close");
  EXPECT_TRUE(peer.closed_by_peer());
  const auto counters = running.server().counters();
  EXPECT_EQ(counters.connections, 1u);
  EXPECT_EQ(counters.requests, 4u);
  EXPECT_EQ(counters.answered[2], 4u);
}

TEST(Server, AnswersPipelinedRequestsInOrder) {
  RunningServer running{echo_router()};
  RawConnection peer{running.port()};
  std::string bytes;
  for (int i = 0; i < 50; ++i) {
    const auto body = std::to_string(i);
    bytes += "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(body.size()) +
             "\r\n\r\n" + body;
  }
  peer.send(bytes);
  for (int i = 0; i < 50; ++i)
    ASSERT_EQ(peer.read().body, "POST /echo [" + std::to_string(i) + "]");
}

TEST(Server, ReadsChunkedBodiesThatArriveByteByByte) {
  RunningServer running{echo_router()};
  RawConnection peer{running.port()};
  const std::string bytes = "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
                            "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n";
  for (char c : bytes)
    peer.send(std::string(1, c));
  EXPECT_EQ(peer.read().body, "POST /echo [hello world]");
}

TEST(Server, AnswersHeadWithoutBodyAndOptionsWithAllow) {
  RunningServer running{echo_router()};
  RawConnection peer{running.port()};
  peer.send("HEAD /echo HTTP/1.1\r\nHost: h\r\n\r\n");
  const auto head = peer.read(true);
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.header("content-length"), std::to_string(std::string{"HEAD /echo []"}.size()));
  peer.send("OPTIONS /echo HTTP/1.1\r\nHost: h\r\n\r\n");
  const auto options = peer.read();
  EXPECT_EQ(options.status, 204);
  EXPECT_EQ(options.header("allow"), "GET, HEAD, POST, OPTIONS");
  peer.send("DELETE /echo HTTP/1.1\r\nHost: h\r\n\r\n");
  const auto wrong = peer.read();
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(wrong.header("allow"), "GET, HEAD, POST, OPTIONS");
  peer.send("GET /nothing HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(peer.read().status, 404);
  peer.send(get_echo);  // and the connection has survived all of it
  EXPECT_EQ(peer.read().status, 200);
}

TEST(Server, SaysContinueOnlyWhenItWantsTheBody) {
  auto options = open_to_all();
  options.body_max = 10;
  Router router;
  router.post("/echo", echo, options);
  RunningServer running{std::move(router)};
  const std::string head =
    "POST /echo HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: ";
  RawConnection peer{running.port()};
  peer.send(head + "5\r\n\r\n");
  EXPECT_EQ(peer.read().status, 100);
  peer.send("hello");
  EXPECT_EQ(peer.read().body, "POST /echo [hello]");
  peer.send(head + "11\r\n\r\n");
  EXPECT_EQ(peer.read().status, 413);
  EXPECT_TRUE(peer.closed_by_peer());
  RawConnection other{running.port()};
  other.send("POST /echo HTTP/1.1\r\nHost: h\r\nExpect: tea\r\nContent-Length: 1\r\n\r\n");
  EXPECT_EQ(other.read().status, 417);
}

TEST(Server, TurnsAThrowIntoAProblemWithoutItsText) {
  Router router;
  router.get(
    "/throw",
    [](Request&) -> task<Response> {
      throw std::runtime_error{"secret of the house"};
      co_return Response{};
    },
    open_to_all());
  router.get(
    "/throw-int",
    [](Request&) -> task<Response> {
      throw 7;
      co_return Response{};
    },
    open_to_all());
  RunningServer running{std::move(router)};
  RawConnection peer{running.port()};
  for (const std::string path : {"/throw", "/throw-int"}) {
    peer.send("GET " + path +
              " HTTP/1.1\r\nHost: h\r\n"
              "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n\r\n");
    const auto response = peer.read();
    EXPECT_EQ(response.status, 500);
    EXPECT_EQ(response.body.find("secret"), std::string::npos);
    const auto body = json::Document::parse(response.body);
    ASSERT_TRUE(body);
    EXPECT_EQ(body->root()["trace_id"].string(), "0af7651916cd43dd8448eb211c80319c");
    EXPECT_EQ(body->root()["code"].string(), "internal");
  }
}

TEST(Server, EchoesASaneRequestIdAndMakesOneOtherwise) {
  RunningServer running{echo_router()};
  RawConnection peer{running.port()};
  const auto id = [&](const std::string& given) {
    peer.send("GET /echo HTTP/1.1\r\nHost: h\r\n" + given + "\r\n");
    return peer.read().header("x-request-id");
  };
  EXPECT_EQ(id("X-Request-Id: abc-123\r\n"), "abc-123");
  EXPECT_EQ(id("X-Request-Id: <script>\r\n").size(), 32u);
  EXPECT_EQ(id("X-Request-Id: " + std::string(200, 'a') + "\r\n").size(), 32u);
  EXPECT_EQ(id("").size(), 32u);
  EXPECT_NE(id(""), id(""));
}

TEST(Server, AsksWhoCallsBeforeItReadsTheBody) {
  Router router;
  RouteOptions user;
  RouteOptions admin;
  admin.access = Access::admin;
  const Handler whoami = [](Request& request) -> task<Response> {
    co_return Response::text(200, to_string(request.context.principal.user));
  };
  router.get("/me", whoami, user).post("/me", whoami, user).get("/admin", whoami, admin);
  const auto someone = UserId::of("someone");
  RunningServer running{std::move(router), {}, 1, [&](const Request& request) -> Result<Principal> {
                          const auto token = request.headers.value("authorization");
                          if (token == "Bearer user")
                            return Principal{someone, Role::seeker};
                          if (token == "Bearer admin")
                            return Principal{someone, Role::admin};
                          return fail(Errc::unauthenticated, "no token that counts");
                        }};
  RawConnection peer{running.port()};
  const auto status = [&](const std::string& path, const std::string& token) {
    peer.send("GET " + path + " HTTP/1.1\r\nHost: h\r\nAuthorization: " + token + "\r\n\r\n");
    return peer.read();
  };
  EXPECT_EQ(status("/me", "Bearer user").body, to_string(someone));
  const auto stranger = status("/me", "Bearer nobody");
  EXPECT_EQ(stranger.status, 401);
  EXPECT_EQ(stranger.header("www-authenticate"), "Bearer");
  EXPECT_EQ(status("/admin", "Bearer user").status, 403);
  EXPECT_EQ(status("/admin", "Bearer admin").status, 200);
  // A short refused body is read past; the next request on the connection is understood.
  peer.send("POST /me HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello");
  EXPECT_EQ(peer.read().status, 401);
  EXPECT_EQ(status("/me", "Bearer user").status, 200);
  peer.send("POST /me HTTP/1.1\r\nHost: h\r\nContent-Length: 100000000\r\n\r\n");
  const auto refused = peer.read();
  EXPECT_EQ(refused.status, 401);
  EXPECT_EQ(refused.header("connection"), "close");
}

TEST(Server, RefusesBodiesOfOtherTypes) {
  auto options = open_to_all();
  options.accepts = {"application/json"};
  Router router;
  router.post("/json", echo, options);
  RunningServer running{std::move(router)};
  RawConnection peer{running.port()};
  const auto status = [&](const std::string& type) {
    peer.send("POST /json HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n" + type + "\r\n{}");
    return peer.read().status;
  };
  EXPECT_EQ(status("Content-Type: application/json; charset=utf-8\r\n"), 200);
  EXPECT_EQ(status("Content-Type: text/xml\r\n"), 415);
  EXPECT_EQ(status(""), 415);
}

TEST(Server, StreamsInChunksAndCutsWhenTheProducerFails) {
  Router router;
  const auto counting = [](int pieces, bool fails) -> Handler {
    return [=](Request&) -> task<Response> {
      BodyProducer next = [=, i = 0]() mutable -> task<Result<std::optional<std::string>>> {
        if (i++ < pieces)
          co_return std::optional<std::string>{"piece " + std::to_string(i) + "\n"};
        if (fails)
          co_return fail(Errc::upstream_failed, "gone");
        co_return std::optional<std::string>{};
      };
      co_return Response::stream(200, "text/event-stream", std::move(next));
    };
  };
  router.get("/good", counting(3, false), open_to_all());
  router.get("/bad", counting(2, true), open_to_all());
  RunningServer running{std::move(router)};
  RawConnection peer{running.port()};
  peer.send("GET /good HTTP/1.1\r\nHost: h\r\n\r\n");
  const auto good = peer.read();
  EXPECT_TRUE(good.complete);
  EXPECT_EQ(good.body, "piece 1\npiece 2\npiece 3\n");
  peer.send("HEAD /good HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(peer.read(true).header("transfer-encoding"), "chunked");
  peer.send("GET /bad HTTP/1.1\r\nHost: h\r\n\r\n");
  const auto bad = peer.read();
  EXPECT_FALSE(bad.complete);
  EXPECT_EQ(bad.body, "piece 1\npiece 2\n");
  RawConnection old{running.port()};
  old.send("GET /good HTTP/1.0\r\n\r\n");
  const auto plain = old.read();
  EXPECT_EQ(plain.header("transfer-encoding"), "");
  EXPECT_EQ(plain.body, "piece 1\npiece 2\npiece 3\n");
}

TEST(Server, SendsSharedBodiesLargerThanTheSocketBuffer) {
  const auto bytes = std::make_shared<const std::string>(std::string(20 << 20, 'x') + "end");
  Router router;
  router.get(
    "/big",
    [=](Request&) -> task<Response> {
      co_return Response::shared(200, "application/octet-stream", bytes);
    },
    open_to_all());
  RunningServer running{std::move(router)};
  RawConnection peer{running.port()};
  for (int i = 0; i < 2; ++i) {
    peer.send("GET /big HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_TRUE(peer.read().body == *bytes);
  }
}

TEST(Server, TellsBrowsersOfConfiguredOriginsOnly) {
  ServerSettings settings;
  settings.cors_origins = {"https://app.example"};
  RunningServer running{echo_router(), settings};
  RawConnection peer{running.port()};
  peer.send("OPTIONS /echo HTTP/1.1\r\nHost: h\r\nOrigin: https://app.example\r\n"
            "Access-Control-Request-Method: POST\r\n\r\n");
  const auto preflight = peer.read();
  EXPECT_EQ(preflight.status, 204);
  EXPECT_EQ(preflight.header("access-control-allow-origin"), "https://app.example");
  EXPECT_NE(preflight.header("access-control-allow-methods").find("POST"), std::string::npos);
  peer.send("GET /echo HTTP/1.1\r\nHost: h\r\nOrigin: https://app.example\r\n\r\n");
  EXPECT_EQ(peer.read().header("access-control-allow-origin"), "https://app.example");
  peer.send("GET /echo HTTP/1.1\r\nHost: h\r\nOrigin: https://evil.example\r\n\r\n");
  const auto other = peer.read();
  EXPECT_EQ(other.header("access-control-allow-origin"), "");
  EXPECT_EQ(other.header("vary"), "Origin");
}

TEST(Server, ServesManyConnectionsOnTwoThreads) {
  RunningServer running{echo_router(), {}, 2};
  std::atomic<int> right{0};
  std::vector<std::thread> peers;
  for (int peer = 0; peer < 8; ++peer) {
    peers.emplace_back([&, peer] {
      for (int round = 0; round < 5; ++round) {
        RawConnection connection{running.port()};
        for (int i = 0; i < 40; ++i) {
          const auto body = std::to_string(peer) + "/" + std::to_string(i);
          connection.send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: " +
                          std::to_string(body.size()) + "\r\n\r\n" + body);
          right += connection.read().body == "POST /echo [" + body + "]" ? 1 : 0;
        }
      }
    });
  }
  for (auto& peer : peers)
    peer.join();
  EXPECT_EQ(right.load(), 8 * 5 * 40);
  EXPECT_EQ(running.server().counters().requests, 1600u);
}

}  // namespace
}  // namespace jobraker::net
