#pragma once

#include <exception>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>

#include <boost/asio/co_spawn.hpp>
#include <gtest/gtest.h>

#include "messages/json.hpp"
#include "net/http/url.hpp"
#include "tools/sandbox/app.hpp"

namespace jobraker::sandbox {

/// A request as the server would hand it over, without a socket.
inline net::Request call(net::Method method, std::string_view target, std::string body = {}) {
  net::Request request;
  request.method = method;
  request.target = target;
  auto mark = std::min(target.find('?'), target.size());
  request.path = target.substr(0, mark);
  net::split_path(request.path, request.segments);
  if (mark < target.size())
    request.query = net::parse_query(target.substr(mark + 1));
  request.body = std::move(body);
  return request;
}

inline net::Request get(std::string_view target) { return call(net::Method::get, target); }

/// The body as JSON; fails the test when it is none.
inline json::Document parsed(const net::Response& response) {
  auto document = json::Document::parse(response.bytes());
  EXPECT_TRUE(document) << response.bytes();
  return document ? std::move(*document) : std::move(*json::Document::parse("null"));
}

/// Runs a coroutine to its end on a context of its own.
template <class T>
T run(task<T> work) {
  IoContext context{1};
  std::optional<T> out;
  // The function itself is handed over, not its call: what it captures must outlive the coroutine.
  auto body = [&]() -> task<void> { out.emplace(co_await std::move(work)); };
  asio::co_spawn(context, body, [](std::exception_ptr error) {
    if (error)
      std::rethrow_exception(error);
  });
  context.run();
  return std::move(*out);
}

/// A call of a model's endpoint with both services' headers.
inline Answer model_call(App& app, std::string_view path, std::string body,
                         const Mischief& mischief = {}) {
  auto request = call(net::Method::post, path, std::move(body));
  request.headers.set("authorization", "Bearer sk-test");
  request.headers.set("x-api-key", "sk-test");
  request.headers.set("anthropic-version", "2023-06-01");
  bool claude = path.starts_with("/v1/messages");
  return run(claude ? anthropic(app, request, mischief) : openai(app, request, mischief));
}

/// All pieces of a streamed body; `ended` tells whether it ended well.
inline std::string read_stream(net::Response& response, bool* ended = nullptr) {
  auto read = [&]() -> task<std::string> {
    std::string out;
    auto& next = std::get<net::BodyProducer>(response.body);
    while (true) {
      auto piece = co_await next();
      if (ended != nullptr)
        *ended = piece.has_value();
      if (!piece || !*piece)
        co_return out;
      out += **piece;
    }
  };
  return run(read());
}

/// A file of the repository.
inline std::string file(std::string_view path) {
  std::ifstream in(std::string{JOBRAKER_SOURCE_DIR} + "/" + std::string{path}, std::ios::binary);
  std::stringstream out;
  out << in.rdbuf();
  EXPECT_FALSE(out.str().empty()) << path;
  return out.str();
}

}  // namespace jobraker::sandbox
