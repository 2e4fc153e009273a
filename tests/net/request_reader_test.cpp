#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "net/http/request_reader.hpp"

namespace jobraker::net {
namespace {

constexpr std::size_t header_max = 1024;
constexpr std::size_t target_max = 100;

/// Reads `bytes` in pieces of `step` as a connection would; answers what is left over.
std::string read(RequestReader& reader, Request& request, std::string bytes, std::size_t step) {
  reader.start(request, header_max, target_max);
  std::string pending;
  bool limited = false;
  while (!reader.done() && !reader.refusal()) {
    if (bytes.empty() && pending.empty())
      break;
    const bool more = !bytes.empty();
    pending += bytes.substr(0, step);
    bytes.erase(0, step);
    std::size_t used = 0;
    do {
      if (reader.header_done() && !limited) {
        reader.body_max(20);
        limited = true;
      }
      used = reader.feed(pending);
      pending.erase(0, used);
    } while (used > 0 && !reader.done() && !reader.refusal());
    if (!more)
      break;
  }
  return pending + bytes;
}

TEST(RequestReader, ReadsTheSameRequestInPiecesOfAnySize) {
  const std::string bytes =
    "\r\nPOST /a%20b/c?x=1&y=%C3%A9 HTTP/1.1\r\nHost: h\r\nX-A:  v \r\n"
    "Transfer-Encoding: chunked\r\n\r\n5;ext=1\r\nhello\r\n6\r\n world\r\n0\r\n"
    "X-Trailer: no\r\n\r\nrest";
  for (std::size_t step = 1; step <= bytes.size(); ++step) {
    RequestReader reader;
    Request request;
    const auto rest = read(reader, request, bytes, step);
    ASSERT_FALSE(reader.refusal()) << step << ": " << reader.refusal()->detail;
    ASSERT_TRUE(reader.done()) << step;
    EXPECT_EQ(rest, "rest") << step;
    EXPECT_EQ(request.method, Method::post);
    EXPECT_EQ(request.path, "/a b/c");
    EXPECT_EQ(request.segments, (std::vector<std::string>{"a b", "c"}));
    EXPECT_EQ(request.query_value("y"), "é");
    EXPECT_EQ(request.headers.value("x-a"), "v");
    EXPECT_FALSE(request.headers.contains("x-trailer"));
    EXPECT_EQ(request.body, "hello world");
  }
}

struct Bad {
  std::string bytes;
  int status;
};

TEST(RequestReader, RefusesWhatIsBrokenOrAmbiguous) {
  const std::string host = "Host: h\r\n";
  const Bad cases[] = {
    {"nonsense\r\n\r\n", 400},
    {"GET / HTTP/1.1\r\n\r\n", 400},  // no Host
    {"GET / HTTP/1.1\r\n" + host + host + "\r\n", 400},
    {"GET / HTTP/2.0\r\n" + host + "\r\n", 400},
    {"BREW / HTTP/1.1\r\n" + host + "\r\n", 501},
    {"GET /%zz HTTP/1.1\r\n" + host + "\r\n", 400},
    {"GET /?a=%00 HTTP/1.1\r\n" + host + "\r\n", 400},
    {"GET /?a=%FF HTTP/1.1\r\n" + host + "\r\n", 400},
    {"GET * HTTP/1.1\r\n" + host + "\r\n", 400},
    {"GET / HTTP/1.1\r\n" + host + "X\r\n\r\n", 400},
    {"GET / HTTP/1.1\r\n" + host + "X : y\r\n\r\n", 400},
    {"POST / HTTP/1.1\r\n" + host + "Content-Length: x\r\n\r\n", 400},
    {"POST / HTTP/1.1\r\n" + host + "Content-Length: -1\r\n\r\n", 400},
    {"POST / HTTP/1.1\r\n" + host + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n", 400},
    // Two ways to say where the body ends: request smuggling (RFC 9112 §6.3).
    {"POST / HTTP/1.1\r\n" + host + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
    {"POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n", 400},
    {"POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: gzip\r\n\r\n", 501},
    {"POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: gzip, chunked\r\n\r\n", 501},
    {"POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked, identity\r\n\r\n", 501},
    {"POST / HTTP/1.0\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n", 400},
    {"POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400},
    {"POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n15\r\n", 413},
    {"POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n1\r\n",
     413},
    {"POST / HTTP/1.1\r\n" + host + "Content-Length: 21\r\n\r\n" + std::string(21, 'x'), 413},
    {"GET /" + std::string(200, 'a') + " HTTP/1.1\r\n" + host + "\r\n", 414},
    {"GET /" + std::string(2000, 'a') + " HTTP/1.1\r\n" + host + "\r\n", 414},
    {"GET / HTTP/1.1\r\n" + host + "X: " + std::string(2000, 'a') + "\r\n\r\n", 431},
  };
  for (const auto& bad : cases) {
    for (std::size_t step : {std::size_t{1}, std::size_t{7}, bad.bytes.size()}) {
      RequestReader reader;
      Request request;
      read(reader, request, bad.bytes, step);
      ASSERT_TRUE(reader.refusal()) << bad.bytes << " in steps of " << step;
      EXPECT_EQ(reader.refusal()->status, bad.status) << bad.bytes << " in steps of " << step;
    }
  }
}

TEST(RequestReader, TakesTheAbsoluteForm) {
  RequestReader reader;
  Request request;
  read(reader, request, "GET http://h/a?b=c HTTP/1.1\r\nHost: h\r\n\r\n", 100);
  ASSERT_TRUE(reader.done());
  EXPECT_EQ(request.path, "/a");
  EXPECT_EQ(request.query_value("b"), "c");
}

TEST(RequestReader, SurvivesAnyBytes) {
  const auto pieces = rc::gen::container<std::vector<std::string>>(rc::gen::element<std::string>(
    "GET / HTTP/1.1\r\n", "Host: a\r\n", "\r\n", "\r", "\n", "Transfer-Encoding: chunked\r\n",
    "Content-Length: 3\r\n", "3\r\n", "abc", "0\r\n", ":", "%", "\0", " ", "\xFF"));
  ASSERT_TRUE(rc::check([&] {
    std::string bytes;
    for (const auto& piece : *pieces)
      bytes += piece;
    RequestReader reader;
    Request request;
    read(reader, request, bytes, *rc::gen::inRange<std::size_t>(1, 9));
    RC_ASSERT(request.body.size() <= 20u);
  }));
}

}  // namespace
}  // namespace jobraker::net
