#pragma once

#include <string>
#include <string_view>

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

}  // namespace jobraker::sandbox
