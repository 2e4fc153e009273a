#include <atomic>
#include <sstream>

#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include "messages/json.hpp"
#include "net/http/log.hpp"
#include "net/ws/handshake.hpp"
#include "tests/net/ws_fixture.hpp"

namespace jobraker::net {
namespace {

const std::string bearer = "Authorization: Bearer user\r\n";

Principal somebody(Role role = Role::seeker) { return {UserId::of("somebody"), role}; }

Result<Principal> known(const Request& request) {
  const auto token = request.headers.value("authorization");
  if (token == "Bearer user")
    return somebody();
  if (token == "Bearer admin")
    return somebody(Role::admin);
  return fail(Errc::unauthenticated, "no token that counts");
}

/// One server with a WebSocket at /ws; a ticket `once` is good for one connection.
struct Endpoint {
  explicit Endpoint(const std::function<void(WsOptions&)>& change = {}) {
    WsOptions options;
    options.name = "testSocket";
    options.open = sessions.opener();
    options.origins = {"https://app.example"};
    options.redeem = [this](std::string ticket) -> task<Result<Principal>> {
      if (ticket != "once" || used.exchange(true))
        co_return fail(Errc::unauthenticated, "no such ticket");
      co_return somebody();
    };
    if (change)
      change(options);
    Router router;
    router.ws("/ws", std::move(options));
    RouteOptions anonymous;
    anonymous.access = Access::anonymous;
    router.get(
      "/plain", [](Request&) -> task<Response> { co_return Response::text(200, "plain"); },
      anonymous);
    running = std::make_unique<RunningServer>(std::move(router), ServerSettings{}, 1, known);
  }
  int status(const std::string& fields, const std::string& target = "/ws") {
    return WsPeer{running->port()}.handshake(target, fields).status;
  }

  Sessions sessions;
  std::atomic<bool> used{false};
  std::unique_ptr<RunningServer> running;
};

TEST(WsHandshake, TheKeyIsAnsweredAsInTheStandard) {
  EXPECT_EQ(accept_key("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

TEST(WsHandshake, OriginsMatchExactly) {
  const std::vector<std::string> origins{"https://app.example", "https://two.example:8443"};
  const std::pair<std::string, bool> cases[] = {
    {"https://app.example", true},
    {"https://two.example:8443", true},
    {"http://api.example:8080", true},  // the server's own, by its Host
    {"https://api.example:8080", true},
    {"HTTPS://api.example:8080", false},
    {"http://api.example", false},
    {"http://app.example", false},
    {"https://app.example.evil.example", false},
    {"https://evil-app.example", false},
    {"https://app.example:443", false},
    {"https://app.example/", false},
    {"https://two.example", false},
    {"null", false},
    {"", false},
    {"https://", false},
    {"ftp://api.example:8080", false},
  };
  for (const auto& [origin, allowed] : cases)
    EXPECT_EQ(origin_allowed(origin, "api.example:8080", origins), allowed) << origin;
  EXPECT_FALSE(origin_allowed("null", "null", {"null"}));
  EXPECT_FALSE(origin_allowed("http://", "", {}));
}

TEST(WsHandshake, UpgradesWithTheProtocolAndNothingElse) {
  Endpoint at;
  WsPeer peer{at.running->port()};
  const auto response = peer.handshake(
    "/ws", bearer + "Sec-WebSocket-Protocol: other, jobraker.v1\r\n"
                    "Sec-WebSocket-Extensions: permessage-deflate\r\nX-Request-Id: mine\r\n"
                    "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n");
  EXPECT_EQ(response.status, 101);
  EXPECT_EQ(response.header("upgrade"), "websocket");
  EXPECT_EQ(response.header("connection"), "Upgrade");
  EXPECT_EQ(response.header("sec-websocket-accept"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  EXPECT_EQ(response.header("sec-websocket-protocol"), "jobraker.v1");
  EXPECT_EQ(response.header("sec-websocket-extensions"), "");  // off unless the settings say so
  EXPECT_EQ(response.header("x-request-id"), "mine");
  EXPECT_EQ(response.header("server"), "");
  const auto session = at.sessions.at(0);
  EXPECT_EQ(session.opening.context.principal.user, somebody().user);
  EXPECT_EQ(session.opening.context.trace.id(), "0af7651916cd43dd8448eb211c80319c");
  EXPECT_EQ(session.opening.remote, "127.0.0.1");
  EXPECT_FALSE(session.opening.sse);
  peer.send(client_frame(Opcode::ping, "there?"));
  EXPECT_EQ(peer.read()->opcode, Opcode::pong);
  const auto counters = at.running->server().counters();
  EXPECT_EQ(counters.ws_opened, 1u);
  EXPECT_EQ(counters.answered[1], 1u);
}

TEST(WsHandshake, WhoDoesNotAskForAProtocolGetsNone) {
  Endpoint at;
  WsPeer peer{at.running->port()};
  const auto response = peer.handshake("/ws", bearer);
  EXPECT_EQ(response.status, 101);
  EXPECT_EQ(response.header("sec-websocket-protocol"), "");
}

TEST(WsHandshake, RefusalsAreProblemsBeforeTheUpgrade) {
  Endpoint at;
  const std::string get = "GET /ws HTTP/1.1\r\nHost: h\r\n";
  const std::string upgrade = "Upgrade: websocket\r\nConnection: Upgrade\r\n";
  const std::string version = "Sec-WebSocket-Version: 13\r\n";
  const std::string key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
  const std::pair<std::string, int> cases[] = {
    {get, 426},
    {get + version + key + bearer, 426},
    {get + "Upgrade: websocket\r\n" + version + key + bearer, 426},
    {get + "Upgrade: h2c\r\nConnection: Upgrade\r\n" + version + key + bearer, 426},
    {"HEAD /ws HTTP/1.1\r\nHost: h\r\n" + upgrade + version + key + bearer, 426},
    {"POST /ws HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n" + upgrade + version + key, 405},
    {get + upgrade + key + bearer, 426},
    {get + upgrade + "Sec-WebSocket-Version: 8\r\n" + key + bearer, 426},
    {get + upgrade + version + bearer, 400},
    {get + upgrade + version + "Sec-WebSocket-Key: short\r\n" + bearer, 400},
    {get + upgrade + version + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25j*Q==\r\n" + bearer, 400},
    {get + upgrade + version + key + key + bearer, 400},
    {get + upgrade + version + key + bearer + "Sec-WebSocket-Protocol: other.v1\r\n", 400},
    {get + upgrade + version + key + "Sec-WebSocket-Protocol: jobraker.auth.user\r\n", 400},
    {get + upgrade + version + key + bearer + "Origin: https://evil.example\r\n", 403},
    {get + upgrade + version + key + bearer + "Origin: null\r\n", 403},
    {get + upgrade + version + key, 401},
    {get + upgrade + version + key + "Authorization: Bearer nobody\r\n", 401},
  };
  RawConnection peer{at.running->port()};  // the same one for all: a refusal costs no connection
  for (const auto& [head, status] : cases) {
    peer.send(head + "\r\n");
    const auto response = peer.read(head.starts_with("HEAD"));
    EXPECT_EQ(response.status, status) << head;
    EXPECT_EQ(response.header("content-type"), "application/problem+json") << head;
    if (status == 426) {
      EXPECT_EQ(response.header("upgrade"), "websocket");
      EXPECT_EQ(response.header("connection"), "Upgrade");
      if (!head.starts_with("HEAD"))
        EXPECT_NE(response.body.find(R"("title":"Upgrade Required")"), std::string::npos);
    } else {
      EXPECT_EQ(response.header("connection"), "");
    }
    if (head.find("Version: 8") != std::string::npos)
      EXPECT_EQ(response.header("sec-websocket-version"), "13");
  }
  EXPECT_EQ(at.sessions.count(), 0u);
  EXPECT_EQ(at.running->server().counters().ws_opened, 0u);
  peer.send("GET /plain HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(peer.read().body, "plain");
}

TEST(WsHandshake, EachWayToSayWhoOneIs) {
  Endpoint at;
  const std::string protocols = "Sec-WebSocket-Protocol: jobraker.v1, jobraker.auth.";
  EXPECT_EQ(at.status(bearer), 101);
  EXPECT_EQ(at.status(protocols + "user\r\n"), 101);
  EXPECT_EQ(at.status("Origin: https://app.example\r\n" + protocols + "user\r\n"), 101);
  EXPECT_EQ(at.status("Origin: http://h.example\r\n" + protocols + "user\r\n"), 101);
  EXPECT_EQ(at.status(protocols + "nobody\r\n"), 401);
  EXPECT_EQ(at.status(protocols + "\r\n"), 401);
  EXPECT_EQ(at.status("", "/ws?ticket=never"), 401);
  EXPECT_EQ(at.status("", "/ws?ticket=once"), 101);
  EXPECT_EQ(at.status("", "/ws?ticket=once"), 401);  // once
  EXPECT_EQ(at.status("Cookie: token=user\r\n"), 401);
  // The first credentials that are there decide: nothing else is tried behind a bad header.
  EXPECT_EQ(at.status("Authorization: Bearer nobody\r\n" + protocols + "user\r\n"), 401);
  at.used = false;
  EXPECT_EQ(at.status(protocols + "user\r\n", "/ws?ticket=once"), 101);
  EXPECT_FALSE(at.used);  // the ticket was not needed
}

TEST(WsHandshake, TheTokenOfASubprotocolIsNotEchoed) {
  Endpoint at;
  WsPeer peer{at.running->port()};
  const auto response = peer.handshake("/ws", "Sec-WebSocket-Protocol: jobraker.auth.user\r\n"
                                              "Sec-WebSocket-Protocol: jobraker.v1\r\n");
  EXPECT_EQ(response.status, 101);
  EXPECT_EQ(response.header("sec-websocket-protocol"), "jobraker.v1");
  EXPECT_EQ(response.head.find("auth"), std::string::npos);
}

TEST(WsHandshake, AdministratorsOnly) {
  Endpoint at{[](WsOptions& options) { options.access = Access::admin; }};
  EXPECT_EQ(at.status(bearer), 403);
  EXPECT_EQ(at.status("Authorization: Bearer admin\r\n"), 101);
}

TEST(WsHandshake, WithoutARedeemerTicketsDoNotCount) {
  Endpoint at{[](WsOptions& options) { options.redeem = {}; }};
  EXPECT_EQ(at.status("", "/ws?ticket=once"), 401);
}

TEST(WsHandshake, WhatOpenRefusesIsTheAnswer) {
  Endpoint at{[](WsOptions& options) {
    options.open = [](const SessionOpening&,
                      std::shared_ptr<ClientLink> link) -> Result<std::shared_ptr<SessionPort>> {
      link->send(std::make_shared<const std::string>("lost"), {}, {});
      return fail(Error{Errc::rate_limited, "Too many sessions.", {}, std::chrono::seconds{7}});
    };
  }};
  WsPeer peer{at.running->port()};
  const auto response = peer.handshake("/ws", bearer);
  EXPECT_EQ(response.status, 429);
  EXPECT_EQ(response.header("retry-after"), "7");
  EXPECT_EQ(response.header("content-type"), "application/problem+json");
  EXPECT_EQ(peer.handshake("/ws", bearer).status, 429);  // and the connection goes on
}

TEST(WsHandshake, AThrowInOpenIsAProblemWithoutItsText) {
  Endpoint at{[](WsOptions& options) {
    options.open = [](const SessionOpening&,
                      const std::shared_ptr<ClientLink>&) -> Result<std::shared_ptr<SessionPort>> {
      throw std::runtime_error{"secret"};
    };
  }};
  WsPeer peer{at.running->port()};
  const auto response = peer.handshake("/ws", bearer);
  EXPECT_EQ(response.status, 500);
  EXPECT_EQ(response.body.find("secret"), std::string::npos);
}

TEST(WsHandshake, ARouteWithoutSessionsIsAFaultOfTheProgram) {
  Router router;
  EXPECT_THROW(router.ws("/ws", WsOptions{}), std::logic_error);
}

TEST(WsHandshake, TheRouteShowsAmongTheOthers) {
  Sessions sessions;
  WsOptions options;
  options.name = "testSocket";
  options.open = sessions.opener();
  Router router;
  router.ws("/ws/{id}", std::move(options));
  ASSERT_EQ(router.routes().size(), 1u);
  EXPECT_EQ(router.routes()[0]->method, Method::get);
  EXPECT_EQ(router.routes()[0]->options.name, "testSocket");
  EXPECT_NE(router.routes()[0]->websocket, nullptr);
}

TEST(WsHandshake, NeitherTokensNorTicketsAreLogged) {
  std::ostringstream lines;
  const auto sink = std::make_shared<spdlog::sinks::ostream_sink_mt>(lines);
  const auto level = log().level();
  log().sinks().push_back(sink);
  log().set_level(spdlog::level::trace);
  {
    Endpoint at;
    EXPECT_EQ(at.status("", "/ws?ticket=once"), 101);
    EXPECT_EQ(at.status("", "/ws?ticket=sesame"), 401);
    EXPECT_EQ(at.status("Sec-WebSocket-Protocol: jobraker.v1, jobraker.auth.opensesame\r\n"), 401);
  }
  log().sinks().pop_back();
  log().set_level(level);
  const auto text = lines.str();
  EXPECT_NE(text.find("status=101"), std::string::npos) << text;
  EXPECT_NE(text.find("status=401"), std::string::npos) << text;
  EXPECT_EQ(text.find("once"), std::string::npos) << text;
  EXPECT_EQ(text.find("sesame"), std::string::npos) << text;
}

}  // namespace
}  // namespace jobraker::net
