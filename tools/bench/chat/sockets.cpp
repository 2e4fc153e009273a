#include "tools/bench/chat/sockets.hpp"

#include <charconv>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/write.hpp>

#include "messages/ids.hpp"
#include "messages/json.hpp"

namespace jobraker::bench {
namespace {

constexpr std::size_t piece = 16384;

/// Reads what is there behind `buffer`.
task<Done> read_more(Stream& stream, std::string& buffer) {
  boost::system::error_code error;
  auto size = buffer.size();
  buffer.resize(size + piece);
  auto count = co_await stream.async_read_some(asio::buffer(buffer.data() + size, piece),
                                               asio::redirect_error(use_task, error));
  buffer.resize(size + count);
  if (error)
    co_return fail(Errc::cancelled, error.message());
  co_return Done{};
}

task<Done> write_all(Stream& stream, std::string_view bytes) {
  boost::system::error_code error;
  co_await asio::async_write(stream, asio::buffer(bytes), asio::redirect_error(use_task, error));
  if (error)
    co_return fail(Errc::cancelled, error.message());
  co_return Done{};
}

std::size_t content_length(std::string_view head) {
  constexpr std::string_view name = "ontent-Length: ";
  constexpr std::string_view lower = "ontent-length: ";
  auto at = std::min(head.find(name), head.find(lower));
  std::size_t length = 0;
  if (at != std::string_view::npos)
    std::from_chars(head.data() + at + name.size(), head.data() + head.size(), length);
  return length;
}

}  // namespace

task<Result<Stream>> dial(IoContext& io, Place place, std::string from) {
  boost::system::error_code error;
  Stream stream{io};
  stream.open(asio::ip::tcp::v4(), error);
  // Without this the kernel picks a port that nothing else uses, whatever the destination.
  constexpr int bind_address_no_port = 24;
  stream.set_option(asio::detail::socket_option::boolean<IPPROTO_IP, bind_address_no_port>(true),
                    error);
  stream.bind({asio::ip::make_address(from), 0}, error);
  if (error)
    co_return fail(Errc::unavailable, error.message());
  co_await stream.async_connect({asio::ip::make_address("127.0.0.1"), place.port},
                                asio::redirect_error(use_task, error));
  if (error)
    co_return fail(Errc::unavailable, error.message());
  stream.set_option(asio::ip::tcp::no_delay(true), error);
  co_return std::move(stream);
}

task<Result<std::string>> Http::call(std::string method, std::string path, std::string body,
                                     std::string token) {
  auto text = method + " " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n";
  if (!token.empty())
    text += "Authorization: Bearer " + token + "\r\n";
  if (!body.empty())
    text += "Content-Type: application/json\r\n";
  text += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  if (auto sent = co_await write_all(stream_, text); !sent)
    co_return fail(std::move(sent.error()));
  std::size_t head = 0;
  while ((head = buffer_.find("\r\n\r\n")) == std::string::npos)
    if (auto got = co_await read_more(stream_, buffer_); !got)
      co_return fail(std::move(got.error()));
  head += 4;
  auto length = content_length(std::string_view{buffer_}.substr(0, head));
  while (buffer_.size() < head + length)
    if (auto got = co_await read_more(stream_, buffer_); !got)
      co_return fail(std::move(got.error()));
  bool good = buffer_.size() > 9 && buffer_[9] == '2';
  auto answer = buffer_.substr(head, length);
  auto status = buffer_.substr(0, buffer_.find('\r'));
  buffer_.erase(0, head + length);
  if (!good)
    co_return fail(Errc::upstream_failed, method + " " + path + ": " + status + " " + answer);
  co_return answer;
}

task<Done> Socket::begin(std::string token) {
  auto text = "GET /api/v1/chat/ws HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
              "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
              "Sec-WebSocket-Version: 13\r\nAuthorization: Bearer " +
              token + "\r\n\r\n";
  if (auto sent = co_await write_all(stream_, text); !sent)
    co_return fail(std::move(sent.error()));
  std::size_t end = 0;
  while ((end = buffer_.find("\r\n\r\n")) == std::string::npos)
    if (auto got = co_await read_more(stream_, buffer_); !got)
      co_return fail(std::move(got.error()));
  if (buffer_.compare(0, 12, "HTTP/1.1 101") != 0)
    co_return fail(Errc::upstream_failed, buffer_.substr(0, 300));
  begin_ = end + 4;
  if (auto sent = co_await send(R"({"type":"hello","client":"bench","streams":[]})"); !sent)
    co_return fail(std::move(sent.error()));
  while (true) {
    auto message = co_await receive();
    if (!message)
      co_return fail(std::move(message.error()));
    if (message->find("\"type\":\"welcome\"") != std::string_view::npos)
      co_return Done{};
  }
}

task<Done> Socket::frame(unsigned char opcode, std::string payload) {
  std::string out;
  out += static_cast<char>(0x80 | opcode);
  if (payload.size() < 126) {
    out += static_cast<char>(0x80 | payload.size());
  } else {
    out += static_cast<char>(0x80 | 126);
    out += static_cast<char>(payload.size() >> 8);
    out += static_cast<char>(payload.size() & 255);
  }
  // A mask of zeros is a mask, and changes nothing.
  out.append(4, '\0');
  out += payload;
  co_return co_await write_all(stream_, out);
}

task<Done> Socket::send(std::string text) { return frame(1, std::move(text)); }

task<Done> Socket::more() {
  if (begin_ > 0) {
    buffer_.erase(0, begin_);
    begin_ = 0;
  }
  auto got = co_await read_more(stream_, buffer_);
  read_at_ = Clock::now();
  co_return got;
}

task<Result<std::string_view>> Socket::receive() {
  while (true) {
    auto left = std::string_view{buffer_}.substr(begin_);
    auto byte = [&](std::size_t i) { return static_cast<unsigned char>(left[i]); };
    std::size_t head = 2;
    std::size_t size = left.size() >= 2 ? byte(1) & 127U : 0;
    if (size == 126)
      head = 4;
    else if (size == 127)
      head = 10;
    if (left.size() >= head && size >= 126) {
      size = 0;
      for (std::size_t i = 2; i < head; ++i)
        size = size << 8 | byte(i);
    }
    if (left.size() < head || left.size() < head + size) {
      if (auto got = co_await more(); !got)
        co_return fail(std::move(got.error()));
      continue;
    }
    begin_ += head + size;
    auto opcode = byte(0) & 15U;
    auto payload = left.substr(head, size);
    if (opcode == 1)
      co_return payload;
    if (opcode == 8)
      co_return fail(Errc::cancelled,
                     "closed by the server: " +
                       std::string{payload.substr(std::min<std::size_t>(2, size))});
    if (opcode == 9)
      if (auto sent = co_await frame(10, std::string{payload}); !sent)
        co_return fail(std::move(sent.error()));
  }
}

void Socket::close() {
  boost::system::error_code ignored;
  stream_.close(ignored);
}

task<Result<std::vector<std::string>>> register_people(IoContext& io, Place server,
                                                       std::size_t count) {
  auto stream = co_await dial(io, server);
  if (!stream)
    co_return fail(std::move(stream.error()));
  Http http{std::move(*stream)};
  std::vector<std::string> tokens;
  while (tokens.size() < count) {
    auto answer =
      co_await http.call("POST", "/api/v1/auth/register",
                         R"({"email":")" + to_string(new_uuid()) +
                           R"(@example.com","password":"a good password","role":"seeker"})");
    if (!answer)
      co_return fail(std::move(answer.error()));
    auto document = json::Document::parse(*answer);
    if (!document)
      co_return fail(std::move(document.error()));
    tokens.push_back(document->root()["access_token"].string_or(""));
    auto agreed =
      co_await http.call("PUT", "/api/v1/users/me/consents", R"({"ai_chat":true})", tokens.back());
    if (!agreed)
      co_return fail(std::move(agreed.error()));
  }
  co_return tokens;
}

}  // namespace jobraker::bench
