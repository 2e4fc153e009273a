#include <atomic>
#include <thread>

#include <boost/asio/redirect_error.hpp>
#include <gtest/gtest.h>

#include "net/http/server_core.hpp"
#include "tests/net/server_fixture.hpp"

/// Peers that go before they have their answer, while a handler works for longer than a moment.
namespace jobraker::net {
namespace {

using std::chrono::milliseconds;

/// Long enough for the server to have begun to watch the peers of handlers that work.
constexpr milliseconds watched{1500};

const std::string get_slow = "GET /slow HTTP/1.1\r\nHost: h\r\n\r\n";
const std::string get_root = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

/// A server with a route that answers when the test says so, and one that answers at once.
class SlowServer {
public:
  explicit SlowServer(std::size_t connections_max)
      : running_(router(), settings(connections_max)) {}
  ~SlowServer() { open_ = true; }

  void open() { open_ = true; }
  std::uint16_t port() const { return running_.port(); }
  RunningServer& running() { return running_; }
  ServerCounters counters() { return running_.server().counters(); }

  /// Sends a slow request and leaves once its handler works.
  void come_and_go(const std::string& request = get_slow) {
    const int before = entered_;
    RawConnection gone{port()};
    gone.send(request);
    EXPECT_TRUE(becomes([&] { return entered_ > before; }));
  }

  static bool becomes(const std::function<bool()>& true_) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{20};
    while (!true_() && std::chrono::steady_clock::now() < end)
      std::this_thread::sleep_for(milliseconds{5});
    return true_();
  }

private:
  static ServerSettings settings(std::size_t connections_max) {
    ServerSettings out;
    out.connections_max = connections_max;
    return out;
  }

  Router router() {
    RouteOptions options;
    options.access = Access::anonymous;
    Router out;
    out.get(
      "/slow", [this](Request&) { return wait(); }, options);
    WsOptions socket;
    socket.open = [](auto&&...) -> Result<std::shared_ptr<SessionPort>> {
      return fail(Errc::unavailable, "nobody is there");
    };
    socket.redeem = [this](std::string) -> task<Result<Principal>> {
      co_await wait();
      co_return fail(Errc::unauthenticated, "no such ticket");
    };
    out.ws("/ws", std::move(socket));
    out.get(
      "/", [](Request&) -> task<Response> { co_return Response::text(200, "at once"); }, options);
    return out;
  }

  task<Response> wait() {
    ++entered_;
    SteadyTimer timer{co_await asio::this_coro::executor};
    while (!open_) {
      timer.expires_after(milliseconds{1});
      boost::system::error_code ignored;
      co_await timer.async_wait(asio::redirect_error(use_task, ignored));
    }
    co_return Response::text(200, "slow");
  }

  std::atomic<bool> open_{false};
  std::atomic<int> entered_{0};
  RunningServer running_;
};

int status_at_once(SlowServer& server) {
  RawConnection peer{server.port()};
  peer.send(get_root);
  return peer.read().status;
}

TEST(PeerLeft, ItsPlaceIsFreeBeforeItsHandlerIsDone) {
  SlowServer server{1};
  server.come_and_go();
  EXPECT_TRUE(server.becomes([&] { return status_at_once(server) == 200; }));
  EXPECT_EQ(server.counters().requests_running, 1u);
  server.open();
  EXPECT_TRUE(server.becomes([&] { return server.counters().requests_running == 0; }));
  EXPECT_TRUE(server.becomes([&] { return server.counters().answered[4] == 1; }));  // 499
  EXPECT_TRUE(server.becomes([&] { return server.counters().connections_open == 0; }));
}

TEST(PeerLeft, ItsPlaceIsFreeThoughWhoItIsIsStillLookedUp) {
  SlowServer server{1};
  server.come_and_go("GET /ws?ticket=t HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\n"
                     "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                     "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
  EXPECT_TRUE(server.becomes([&] { return status_at_once(server) == 200; }));
  EXPECT_EQ(server.counters().answered[4], 0u);
  server.open();
  EXPECT_TRUE(server.becomes([&] { return server.counters().answered[4] == 1; }));
}

TEST(PeerLeft, HandlersOfThoseWhoLeftHaveABound) {
  SlowServer server{1};
  server.come_and_go();
  EXPECT_TRUE(server.becomes([&] { return status_at_once(server) == 200; }));
  EXPECT_TRUE(server.becomes([&] { return server.counters().connections_open == 0; }));
  server.come_and_go();  // one has left already, so this one keeps its place
  std::this_thread::sleep_for(watched);
  EXPECT_EQ(status_at_once(server), 503);
  EXPECT_EQ(server.counters().requests_running, 2u);
  server.open();
  EXPECT_TRUE(server.becomes([&] { return status_at_once(server) == 200; }));
}

TEST(PeerLeft, WhoStaysGetsTheAnswersToAllItAsked) {
  SlowServer server{1};
  RawConnection peer{server.port()};
  peer.send(get_slow + get_root);
  std::this_thread::sleep_for(watched);
  peer.send(get_root);
  peer.send(get_slow.substr(0, 10));
  std::this_thread::sleep_for(milliseconds{50});
  peer.send(get_slow.substr(10));
  EXPECT_EQ(server.counters().requests, 0u);
  server.open();
  for (const char* body : {"slow", "at once", "at once", "slow"})
    EXPECT_EQ(peer.read().body, body);
  peer.send(get_root);
  EXPECT_EQ(peer.read().body, "at once");
}

TEST(PeerLeft, WhoAsksForMoreThanIsReadAheadGetsItAll) {
  SlowServer server{1};
  RawConnection peer{server.port()};
  peer.send(get_slow);
  std::this_thread::sleep_for(watched);
  std::string many;
  for (int i = 0; i < 2000; ++i)
    many += get_root;
  peer.send(many);
  server.open();
  EXPECT_EQ(peer.read().body, "slow");
  for (int i = 0; i < 2000; ++i)
    ASSERT_EQ(peer.read().body, "at once") << i;
}

TEST(PeerLeft, ADrainWaitsForWhatItsHandlerDoes) {
  SlowServer server{1};
  server.come_and_go();
  EXPECT_TRUE(server.becomes([&] { return status_at_once(server) == 200; }));
  auto drained = asio::co_spawn(
    server.running().io().front().get_executor(),
    server.running().server().drain(Context::Clock::now() + std::chrono::seconds{30}),
    asio::use_future);
  EXPECT_EQ(drained.wait_for(milliseconds{200}), std::future_status::timeout);
  server.open();
  EXPECT_TRUE(drained.get());
  EXPECT_EQ(server.counters().requests_running, 0u);
}

}  // namespace
}  // namespace jobraker::net
