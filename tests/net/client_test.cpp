#include <gtest/gtest.h>

#include "tests/net/client_fixture.hpp"

namespace jobraker::net {
namespace {

using std::chrono::seconds;

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

}  // namespace
}  // namespace jobraker::net
