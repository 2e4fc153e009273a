#include <gtest/gtest.h>

#include "tests/net/client_fixture.hpp"

namespace jobraker::net {
namespace {

using std::chrono::milliseconds;

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
