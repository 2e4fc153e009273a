#include <thread>

#include <boost/asio/redirect_error.hpp>
#include <gtest/gtest.h>

#include "net/http/server_core.hpp"
#include "tests/net/server_fixture.hpp"

namespace jobraker::net {
namespace {

using std::chrono::milliseconds;

RouteOptions open_to_all(std::uint64_t body_max = 1000) {
  RouteOptions options;
  options.access = Access::anonymous;
  options.body_max = body_max;
  return options;
}

task<Response> length(Request& request) {
  co_return Response::text(200, std::to_string(request.body.size()));
}

Router length_router(std::uint64_t body_max = 1000) {
  Router router;
  router.get("/", length, open_to_all(body_max)).post("/", length, open_to_all(body_max));
  return router;
}

const std::string get_root = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

RawResponse answer_to(std::uint16_t port, const std::string& bytes) {
  RawConnection peer{port};
  peer.send(bytes);
  auto response = peer.read();
  EXPECT_TRUE(peer.closed_by_peer()) << response.head;
  return response;
}

TEST(ServerLimits, RefusalsAreProblemsAndEndTheConnection) {
  RunningServer running{length_router()};
  const auto port = running.port();
  const std::pair<std::string, int> cases[] = {
    {"complete nonsense\r\n\r\n", 400},
    {"GET / HTTP/1.1\r\n\r\n", 400},
    {"GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(20000, 'x') + "\r\n\r\n", 431},
    {"GET /" + std::string(9000, 'x') + " HTTP/1.1\r\nHost: h\r\n\r\n", 414},
    {"GET /" + std::string(40000, 'x') + " HTTP/1.1\r\nHost: h\r\n\r\n", 414},
    // Said beforehand: refused before the body is there.
    {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n", 413},
    {"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2000\r\n", 413},
    {"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0x2\r\n\r\n", 400},
  };
  for (const auto& [bytes, status] : cases) {
    const auto response = answer_to(port, bytes);
    EXPECT_EQ(response.status, status) << bytes.substr(0, 60);
    EXPECT_EQ(response.header("content-type"), "application/problem+json");
    EXPECT_EQ(response.header("connection"), "close");
    EXPECT_NE(response.body.find("\"trace_id\""), std::string::npos);
    EXPECT_FALSE(response.header("x-request-id").empty());
  }
}

TEST(ServerLimits, OverlongChunkExtensionsAndTrailersAreAnswered) {
  RunningServer running{length_router()};
  const std::string head = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
  std::string fields;
  for (int i = 0; i < 10'000; ++i)
    fields += "Field-" + std::to_string(i) + ": x\r\n";
  for (const auto& tail : {"2;x=" + std::string(100'000, 'y'), "0\r\n" + fields,
                           "0\r\nX: " + std::string(100'000, 'y')}) {
    const auto response = answer_to(running.port(), head + tail);
    EXPECT_EQ(response.status, 431) << tail.substr(0, 20) << response.body;
    EXPECT_EQ(response.header("content-type"), "application/problem+json");
  }
}

TEST(ServerLimits, ABodyOfExactlyTheLimitIsTaken) {
  RunningServer running{length_router(100000)};
  RawConnection peer{running.port()};
  peer.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n" +
            std::string(100000, 'x'));
  EXPECT_EQ(peer.read().body, "100000");
  // Just above, sent in full: the peer still gets to read why.
  peer.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100001\r\n\r\n" +
            std::string(100001, 'x'));
  EXPECT_EQ(peer.read().status, 413);
}

TEST(ServerLimits, ASlowHeaderIsAnsweredAndClosed) {
  ServerSettings settings;
  settings.header_timeout = milliseconds{30};
  settings.sweep = milliseconds{5};
  RunningServer running{length_router(), settings};
  EXPECT_EQ(answer_to(running.port(), "GET / HTT").status, 408);
  EXPECT_GE(running.server().counters().timed_out, 1u);
}

TEST(ServerLimits, ASlowBodyIsAnsweredAndClosed) {
  ServerSettings settings;
  settings.body_timeout = milliseconds{30};
  settings.sweep = milliseconds{5};
  RunningServer running{length_router(), settings};
  const auto response =
    answer_to(running.port(), "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc");
  EXPECT_EQ(response.status, 408);
  EXPECT_NE(response.body.find("\"code\":\"request_timeout\""), std::string::npos);
}

TEST(ServerLimits, AnIdleConnectionIsClosedWithoutAWord) {
  ServerSettings settings;
  settings.idle_timeout = milliseconds{30};
  settings.sweep = milliseconds{5};
  RunningServer running{length_router(), settings};
  RawConnection peer{running.port()};
  peer.send(get_root);
  EXPECT_EQ(peer.read().status, 200);
  EXPECT_TRUE(peer.closed_by_peer());
}

TEST(ServerLimits, APeerThatReadsNothingLosesItsConnection) {
  ServerSettings settings;
  settings.write_timeout = milliseconds{30};
  settings.sweep = milliseconds{5};
  const auto bytes = std::make_shared<const std::string>(64 << 20, 'x');
  Router router;
  router.get(
    "/", [=](Request&) -> task<Response> { co_return Response::shared(200, "text/plain", bytes); },
    open_to_all());
  RunningServer running{std::move(router), settings};
  RawConnection peer{running.port()};
  peer.send(get_root);
  while (running.server().counters().timed_out == 0)
    std::this_thread::yield();
  EXPECT_FALSE(peer.read().complete);
}

TEST(ServerLimits, ConnectionsBeyondTheLimitAreTold) {
  ServerSettings settings;
  settings.connections_max = 1;
  RunningServer running{length_router(), settings};
  RawConnection first{running.port()};
  first.send(get_root);
  EXPECT_EQ(first.read().status, 200);
  RawConnection second{running.port()};
  const auto refused = second.read();
  EXPECT_EQ(refused.status, 503);
  EXPECT_TRUE(refused.complete);
  EXPECT_TRUE(second.closed_by_peer());
  EXPECT_EQ(running.server().counters().connections_refused, 1u);
  first.send(get_root);
  EXPECT_EQ(first.read().status, 200);
}

TEST(ServerLimits, AConnectionHasItsNumberOfRequests) {
  ServerSettings settings;
  settings.requests_per_connection = 2;
  RunningServer running{length_router(), settings};
  RawConnection peer{running.port()};
  peer.send(get_root + get_root + get_root);
  EXPECT_EQ(peer.read().header("connection"), "");
  EXPECT_EQ(peer.read().header("connection"), "close");
  EXPECT_TRUE(peer.closed_by_peer());
}

TEST(ServerLimits, APortThatIsTakenIsAnError) {
  RunningServer running{length_router()};
  IoThreads io{1};
  Server second{io.contexts(), length_router()};
  EXPECT_EQ(second.listen("127.0.0.1", running.port()).error().code, Errc::unavailable);
  EXPECT_EQ(second.listen("not an address", 0).error().code, Errc::invalid);
}

/// A route that answers when the test says so.
struct Gate {
  std::promise<void> entered;
  std::atomic<bool> open{false};

  task<Response> pass() {
    entered.set_value();
    SteadyTimer timer{co_await asio::this_coro::executor};
    while (!open) {
      timer.expires_after(milliseconds{1});
      boost::system::error_code ignored;
      co_await timer.async_wait(asio::redirect_error(use_task, ignored));
    }
    co_return Response::text(200, "done");
  }
};

TEST(Drain, LetsARunningRequestFinishAndClosesTheIdle) {
  Gate gate;
  auto router = length_router();
  router.get(
    "/wait", [&](Request&) { return gate.pass(); }, open_to_all());
  RunningServer running{std::move(router), {}, 2};
  RawConnection idle{running.port()};
  idle.send(get_root);
  EXPECT_EQ(idle.read().status, 200);
  RawConnection busy{running.port()};
  busy.send("GET /wait HTTP/1.1\r\nHost: h\r\n\r\n");
  gate.entered.get_future().wait();
  auto drained = asio::co_spawn(
    running.io().front().get_executor(),
    running.server().drain(Context::Clock::now() + std::chrono::seconds{30}), asio::use_future);
  EXPECT_TRUE(idle.closed_by_peer());
  gate.open = true;
  const auto response = busy.read();
  EXPECT_EQ(response.body, "done");
  EXPECT_EQ(response.header("connection"), "close");
  EXPECT_TRUE(busy.closed_by_peer());
  EXPECT_TRUE(drained.get());
  EXPECT_EQ(running.server().counters().connections_open, 0u);
  EXPECT_THROW(RawConnection{running.port()}, std::runtime_error);
}

TEST(Drain, CutsWhatIsNotDoneAtTheDeadline) {
  Gate gate;
  Router router;
  router.get(
    "/wait", [&](Request&) { return gate.pass(); }, open_to_all());
  RunningServer running{std::move(router)};
  RawConnection busy{running.port()};
  busy.send("GET /wait HTTP/1.1\r\nHost: h\r\n\r\n");
  gate.entered.get_future().wait();
  EXPECT_FALSE(running.io().run(running.server().drain(Context::Clock::now())));
  EXPECT_EQ(busy.read().status, 0);
  gate.open = true;
}

}  // namespace
}  // namespace jobraker::net
