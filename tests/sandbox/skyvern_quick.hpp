#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "tests/sandbox/call.hpp"

namespace jobraker::sandbox {

/// An app whose runs lose no time; a run that begins has ended when the call returns, unless a
/// fault holds it.
struct Quick {
  App app;
  Quick()
      : app{[] {
          Options options;
          options.runs.step_ms = 0;
          options.runs.retry_ms = 0;
          return options;
        }()} {}

  net::Response ask(net::Method method, std::string_view target, std::string body = {},
                    std::string_view key = "k1") {
    auto request = call(method, target, std::move(body));
    if (!key.empty())
      request.headers.set("x-api-key", key);
    request.headers.set("host", "127.0.0.1:8089");
    return served(std::move(request));
  }
  /// As the server would hand it over: faults, service, control.
  net::Response served(net::Request request) {
    auto router = app.router();
    auto match = router.match(request.method, request.segments, request.path_parameters);
    return run(match.route->handler(request));
  }
  json::Document json(net::Method method, std::string_view target, std::string body = {}) {
    return parsed(ask(method, target, std::move(body)));
  }
  json::Document control(std::string_view target, std::string body = {}) {
    return parsed(ask(body.empty() ? net::Method::get : net::Method::post,
                      "/control/" + std::string{target}, std::move(body)));
  }
  std::string create(std::string title, std::string query = "", std::string more = "") {
    return json(net::Method::post, "/v1/run/tasks",
                R"({"prompt":"{\"name\":\"A\",\"email\":\"a@b.c\",\"cv\":\"text\"}","title":")" +
                  title + R"(","url":"http://127.0.0.1:8089/forms/acme/pilot)" + query + "\"" +
                  more + "}")
      .root()["run_id"]
      .string_or("");
  }
  json::Document get(const std::string& id) { return json(net::Method::get, "/v1/runs/" + id); }
  std::string status(const std::string& id) { return get(id).root()["status"].string_or(""); }
  void fault(std::string members) { control("faults", "{" + members + "}"); }
};

}  // namespace jobraker::sandbox
