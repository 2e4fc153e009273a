#pragma once

#include <functional>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/client/http_client.hpp"
#include "tests/net/server_fixture.hpp"

namespace jobraker::net {

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

inline const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

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
      request.context = Context::system(std::chrono::seconds{20});
    return request;
  }
  IoThreads io_{1};
  HttpClient client_;
};

inline RouteOptions open_to_all() {
  RouteOptions options;
  options.access = Access::anonymous;
  options.body_max = 10 << 20;
  return options;
}

/// Routes that show what the client sent, redirect, loop and stream.
inline Router sample_router() {
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

}  // namespace jobraker::net
