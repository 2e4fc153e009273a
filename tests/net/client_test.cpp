#include <atomic>
#include <functional>
#include <thread>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "net/client/http_client.hpp"
#include "tests/net/server_fixture.hpp"

namespace jobraker::net {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// A server that does to each connection, in order, exactly what the test says.
class ScriptedServer {
public:
  using Script = std::function<void(int socket)>;

  explicit ScriptedServer(std::vector<Script> scripts)
      : listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof at;
    ::bind(listener_, reinterpret_cast<const sockaddr*>(&at), sizeof at);
    ::listen(listener_, 16);
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&at), &size);
    port_ = ntohs(at.sin_port);
    thread_ = std::thread([this, scripts = std::move(scripts)] {
      for (const auto& script : scripts) {
        const int socket = ::accept(listener_, nullptr, nullptr);
        if (socket < 0)
          return;
        script(socket);
        ::close(socket);
      }
    });
  }
  ~ScriptedServer() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }
  std::string url(const std::string& target = "/") const {
    return "http://127.0.0.1:" + std::to_string(port_) + target;
  }

  /// Reads up to the end of a header; answers it.
  static std::string read_head(int socket) {
    std::string text;
    char c = 0;
    while (text.find("\r\n\r\n") == std::string::npos && ::recv(socket, &c, 1, 0) == 1)
      text.push_back(c);
    return text;
  }
  static void write(int socket, const std::string& text) {
    std::ignore = ::send(socket, text.data(), text.size(), MSG_NOSIGNAL);
  }
  /// Waits until the peer goes away.
  static void wait_for_end(int socket) {
    char buffer[256];
    while (::recv(socket, buffer, sizeof buffer, 0) > 0)
      ;
  }
  static Script answer(std::string text) {
    return [text](int socket) {
      read_head(socket);
      write(socket, text);
    };
  }

private:
  int listener_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/// A client on a thread of its own, asked from the test's thread.
class ClientUnderTest {
public:
  explicit ClientUnderTest(ClientSettings settings = {}) : client_(io_.front(), settings) {}
  ~ClientUnderTest() { io_.stop(); }

  Result<ClientResponse> send(ClientRequest request) {
    return io_.run(client_.send(with_deadline(std::move(request))));
  }
  Result<ClientResponse> stream(ClientRequest request,
                                std::function<Done(std::string_view)> on_data) {
    return io_.run(client_.stream(with_deadline(std::move(request)), std::move(on_data)));
  }
  std::future<Result<ClientResponse>> start(ClientRequest request) {
    return asio::co_spawn(io_.front().get_executor(),
                          client_.send(with_deadline(std::move(request))), asio::use_future);
  }
  Result<ClientResponse> get(const std::string& url) {
    ClientRequest request;
    request.url = url;
    return send(std::move(request));
  }
  HttpClient& client() { return client_; }

private:
  static ClientRequest with_deadline(ClientRequest request) {
    if (request.context.deadline == Context::Clock::time_point::max())
      request.context = Context::system(seconds{20});
    return request;
  }
  IoThreads io_{1};
  HttpClient client_;
};

RouteOptions open_to_all() {
  RouteOptions options;
  options.access = Access::anonymous;
  options.body_max = 10 << 20;
  return options;
}

Router sample_router() {
  Router router;
  const Handler echo = [](Request& request) -> task<Response> {
    auto response =
      Response::text(200, std::string{to_string(request.method)} + " " + request.target + " " +
                            std::to_string(request.body.size()));
    response.headers.add("X-Seen", request.headers.value("authorization"));
    response.headers.add("X-Trace", request.headers.value("traceparent"));
    co_return response;
  };
  router.get("/echo", echo, open_to_all()).post("/echo", echo, open_to_all());
  router.post(
    "/moved",
    [](Request& request) -> task<Response> {
      Response response;
      response.status = std::stoi(std::string{request.query_value("status").value_or("302")});
      response.headers.add("Location", "echo?from=moved");
      co_return response;
    },
    open_to_all());
  router.get(
    "/loop",
    [](Request&) -> task<Response> {
      Response response;
      response.status = 302;
      response.headers.add("Location", "/loop");
      co_return response;
    },
    open_to_all());
  router.get(
    "/stream",
    [](Request&) -> task<Response> {
      BodyProducer next = [i = 0]() mutable -> task<Result<std::optional<std::string>>> {
        if (i == 100)
          co_return std::optional<std::string>{};
        co_return std::optional<std::string>{"data: " + std::to_string(i++) + "\n\n"};
      };
      co_return Response::stream(200, "text/event-stream", std::move(next));
    },
    open_to_all());
  return router;
}

TEST(HttpClient, ReusesItsConnection) {
  RunningServer server{sample_router()};
  ClientUnderTest client;
  for (int i = 0; i < 3; ++i) {
    const auto response = client.get(server.url("/echo?a=1"));
    ASSERT_TRUE(response) << response.error().detail;
    EXPECT_EQ(response->status, 200);
    EXPECT_EQ(response->body, "GET /echo?a=1 0");
  }
  EXPECT_EQ(client.client().connections_made(), 1u);
  EXPECT_EQ(server.server().counters().connections, 1u);
}

TEST(HttpClient, SendsBodiesFieldsAndTheTrace) {
  RunningServer server{sample_router()};
  ClientUnderTest client;
  ClientRequest request;
  request.method = Method::post;
  request.url = server.url("/echo");
  request.body = std::string(3 << 20, 'x');
  request.headers.add("Authorization", "Bearer x");
  request.context = Context::system(seconds{20});
  const auto trace = request.context.trace.id();
  const auto response = client.send(std::move(request));
  ASSERT_TRUE(response) << response.error().detail;
  EXPECT_EQ(response->body, "POST /echo " + std::to_string(3 << 20));
  EXPECT_EQ(response->headers.value("x-seen"), "Bearer x");
  EXPECT_NE(response->headers.value("x-trace").find(trace), std::string_view::npos);
}

TEST(HttpClient, AStatusIsNotAnError) {
  RunningServer server{sample_router()};
  ClientUnderTest client;
  const auto response = client.get(server.url("/nothing"));
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 404);
  EXPECT_NE(response->body.find("not_found"), std::string::npos);
}

TEST(HttpClient, FollowsRedirectsOnlyWhenAsked) {
  RunningServer server{sample_router()};
  ClientUnderTest client;
  const auto ask = [&](const std::string& status, int redirects) {
    ClientRequest request;
    request.method = Method::post;
    request.url = server.url("/moved?status=" + status);
    request.body = "12345";
    request.redirects_max = redirects;
    return client.send(std::move(request));
  };
  EXPECT_EQ(ask("302", 0)->status, 302);
  EXPECT_EQ(ask("302", 1)->body, "GET /echo?from=moved 0");
  EXPECT_EQ(ask("303", 1)->body, "GET /echo?from=moved 0");
  EXPECT_EQ(ask("307", 1)->body, "POST /echo?from=moved 5");
  EXPECT_EQ(ask("308", 1)->url, server.url("/echo?from=moved"));
  ClientRequest loop;
  loop.url = server.url("/loop");
  loop.redirects_max = 3;
  EXPECT_EQ(client.send(loop)->status, 302);
}

TEST(HttpClient, CredentialsStayWithTheirOrigin) {
  RunningServer other{sample_router()};
  ScriptedServer first{{ScriptedServer::answer(
    "HTTP/1.1 302 Found\r\nLocation: " + other.url("/echo") + "\r\nContent-Length: 0\r\n\r\n")}};
  ClientUnderTest client;
  ClientRequest request;
  request.url = first.url();
  request.redirects_max = 1;
  request.headers.add("Authorization", "Bearer secret");
  const auto response = client.send(std::move(request));
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->headers.value("x-seen"), "");
}

TEST(HttpClient, AsksItsGuardAboutEveryAddress) {
  RunningServer server{sample_router()};
  ClientUnderTest client;
  ASSERT_TRUE(client.get(server.url("/echo")));  // leaves a kept connection behind
  ClientRequest request;
  request.guard = public_addresses_only();
  for (const std::string host : {"127.0.0.1", "localhost", "[::1]", "0x7f.1"}) {
    request.url = "http://" + host + ":" + std::to_string(server.port()) + "/echo";
    const auto response = client.send(request);
    ASSERT_FALSE(response) << host;
    EXPECT_EQ(response.error().code, Errc::forbidden) << host << response.error().detail;
  }
  EXPECT_EQ(server.server().counters().requests, 1u);
}

TEST(HttpClient, SaysWhatIsWrongWithAPeer) {
  const std::pair<std::string, std::string> cases[] = {
    {"", "without an answer"},
    {"HTTP/1.1 200 OK\r\nContent-Le", "cut"},
    {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", "cut"},
    {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel", "cut"},
    {"SSH-2.0-OpenSSH_9.2\r\n", "not HTTP/1.1"},
    {"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", "transfer coding"},
    {"HTTP/1.1 200 OK\r\nX: " + std::string(100000, 'x'), "not HTTP/1.1"},
  };
  for (const auto& [text, why] : cases) {
    ScriptedServer server{{ScriptedServer::answer(text)}};
    ClientUnderTest client;
    const auto response = client.get(server.url());
    ASSERT_FALSE(response) << text.substr(0, 60);
    EXPECT_EQ(response.error().code, Errc::upstream_failed);
    EXPECT_NE(response.error().detail.find(why), std::string::npos) << response.error().detail;
    EXPECT_EQ(client.client().idle_connections(), 0u);
  }
}

TEST(HttpClient, ReadsBodiesThatEndWithTheConnectionAndSkipsInterimAnswers) {
  ScriptedServer server{{ScriptedServer::answer(
    "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.0 200 OK\r\nX: y\r\n\r\nto the end")}};
  ClientUnderTest client;
  const auto response = client.get(server.url());
  ASSERT_TRUE(response) << response.error().detail;
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->body, "to the end");
  EXPECT_FALSE(response->headers.contains("link"));
}

TEST(HttpClient, APortWhereNobodyListensIsAnError) {
  std::uint16_t port = 0;
  {
    RunningServer server{sample_router()};
    port = server.port();
  }
  ClientUnderTest client;
  const auto response = client.get("http://127.0.0.1:" + std::to_string(port) + "/");
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, Errc::upstream_failed);
  EXPECT_NE(response.error().detail.find("cannot connect"), std::string::npos);
  EXPECT_EQ(client.get("http://nowhere.invalid/").error().code, Errc::upstream_failed);
  EXPECT_EQ(client.get("gopher://x/").error().code, Errc::malformed);
}

TEST(HttpClient, APeerThatHangsRunsIntoTheDeadline) {
  ScriptedServer server{{[](int socket) { ScriptedServer::wait_for_end(socket); }}};
  ClientUnderTest client;
  ClientRequest request;
  request.url = server.url();
  request.context = Context::system(milliseconds{40});
  EXPECT_EQ(client.send(std::move(request)).error().code, Errc::upstream_timed_out);
}

TEST(HttpClient, SilenceInTheMiddleRunsIntoTheReadTimeout) {
  ScriptedServer server{{[](int socket) {
    ScriptedServer::read_head(socket);
    ScriptedServer::write(socket, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
    ScriptedServer::wait_for_end(socket);
  }}};
  ClientSettings settings;
  settings.read_timeout = milliseconds{40};
  ClientUnderTest client{settings};
  EXPECT_EQ(client.get(server.url()).error().code, Errc::upstream_timed_out);
}

TEST(HttpClient, AnAnswerThatIsTooLongIsCutOff) {
  RunningServer server{sample_router()};
  ClientUnderTest client;
  ClientRequest request;
  request.url = server.url("/stream");
  request.response_max = 50;
  EXPECT_EQ(client.send(request).error().code, Errc::too_large);
  request.response_max = 5000;
  EXPECT_TRUE(client.send(request));
}

/// Answers one request, then closes only once the next one has come, unanswered.
void answer_once(int socket) {
  ScriptedServer::read_head(socket);
  ScriptedServer::write(socket, ok);
  ScriptedServer::read_head(socket);
}

TEST(HttpClient, RepeatsAGetWhoseKeptConnectionProvesDead) {
  ScriptedServer server{{answer_once, ScriptedServer::answer(ok)}};
  ClientUnderTest client;
  ASSERT_TRUE(client.get(server.url()));
  const auto second = client.get(server.url());
  ASSERT_TRUE(second) << second.error().detail;
  EXPECT_EQ(client.client().connections_made(), 2u);
}

TEST(HttpClient, DoesNotRepeatAPostThatMayHaveArrived) {
  ScriptedServer server{{answer_once, ScriptedServer::answer(ok)}};
  ClientUnderTest client;
  ASSERT_TRUE(client.get(server.url()));
  ClientRequest request;
  request.method = Method::post;
  request.url = server.url();
  EXPECT_EQ(client.send(request).error().code, Errc::upstream_failed);
  EXPECT_TRUE(client.send(request));
}

TEST(HttpClient, StreamsPieceByPiece) {
  RunningServer server{sample_router()};
  ClientUnderTest client;
  ClientRequest request;
  request.url = server.url("/stream");
  std::string seen;
  const auto response = client.stream(request, [&](std::string_view piece) -> Done {
    seen.append(piece);
    return {};
  });
  ASSERT_TRUE(response);
  EXPECT_EQ(response->body, "");
  EXPECT_TRUE(seen.ends_with("data: 99\n\n"));
  const auto refused = client.stream(
    request, [&](std::string_view) -> Done { return fail(Errc::unprocessable, "enough"); });
  EXPECT_EQ(refused.error(), (Error{Errc::unprocessable, "enough", {}, {}}));
  request.url = server.url("/nothing");
  seen.clear();
  const auto missing = client.stream(request, [&](std::string_view piece) -> Done {
    seen.append(piece);
    return {};
  });
  EXPECT_EQ(missing->status, 404);
  EXPECT_FALSE(missing->body.empty());
  EXPECT_EQ(seen, "");
}

TEST(HttpClient, AStreamThatRunsCanBeStopped) {
  ScriptedServer server{{[](int socket) {
    ScriptedServer::read_head(socket);
    ScriptedServer::write(socket,
                          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n");
    ScriptedServer::wait_for_end(socket);
  }}};
  ClientUnderTest client;
  CancelToken token;
  ClientRequest request;
  request.url = server.url();
  request.cancel = token;
  const auto stopped = client.stream(request, [&](std::string_view) -> Done {
    std::thread{[token] { token.cancel(); }}.detach();
    return {};
  });
  EXPECT_EQ(stopped.error().code, Errc::cancelled);
  EXPECT_EQ(client.send(request).error().code, Errc::cancelled);  // never begins
}

TEST(HttpClient, BoundsConnectionsAndThoseWhoWait) {
  ClientSettings settings;
  settings.connections_per_host = 1;
  settings.waiting_max = 1;
  std::promise<void> arrived;
  std::promise<void> go;
  ScriptedServer server{{[&](int socket) {
    ScriptedServer::read_head(socket);
    arrived.set_value();
    go.get_future().wait();
    ScriptedServer::write(socket, ok);
    ScriptedServer::read_head(socket);
    ScriptedServer::write(socket, ok);
  }}};
  ClientUnderTest client{settings};
  ClientRequest request;
  request.url = server.url();
  auto first = client.start(request);
  arrived.get_future().wait();
  auto second = client.start(request);
  EXPECT_EQ(client.send(request).error().code, Errc::unavailable);
  ClientRequest late = request;
  go.set_value();
  EXPECT_TRUE(first.get());
  EXPECT_TRUE(second.get());
  EXPECT_EQ(client.client().connections_made(), 1u);
}

TEST(HttpClient, AWaiterGivesUpAtItsDeadline) {
  ClientSettings settings;
  settings.connections_per_host = 1;
  std::promise<void> arrived;
  ScriptedServer server{{[&](int socket) {
    ScriptedServer::read_head(socket);
    arrived.set_value();
    ScriptedServer::wait_for_end(socket);
  }}};
  ClientUnderTest client{settings};
  ClientRequest request;
  request.url = server.url();
  request.cancel = CancelToken{};
  auto first = client.start(request);
  arrived.get_future().wait();
  ClientRequest waiting;
  waiting.url = server.url();
  waiting.context = Context::system(milliseconds{30});
  EXPECT_EQ(client.send(waiting).error().code, Errc::upstream_timed_out);
  request.cancel->cancel();
  EXPECT_EQ(first.get().error().code, Errc::cancelled);
}

TEST(HttpClient, ForgetsConnectionsNobodyUses) {
  RunningServer server{sample_router()};
  ClientSettings settings;
  settings.idle_timeout = milliseconds{20};
  ClientUnderTest client{settings};
  ASSERT_TRUE(client.get(server.url("/echo")));
  while (server.server().counters().connections_open > 0)
    std::this_thread::yield();
  EXPECT_TRUE(client.get(server.url("/echo")));
  EXPECT_EQ(client.client().connections_made(), 2u);
}

}  // namespace
}  // namespace jobraker::net
