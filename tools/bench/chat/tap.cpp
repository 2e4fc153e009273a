#include "tools/bench/chat/tap.hpp"

#include <array>
#include <charconv>
#include <memory>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/write.hpp>

#include "messages/json.hpp"

namespace jobraker::bench {
namespace {

constexpr std::string_view mark_begin = "(question ";

std::size_t body_length(std::string head) {
  for (auto& c : head)
    c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  constexpr std::string_view name = "content-length: ";
  auto at = head.find(name);
  std::size_t length = 0;
  if (at != std::string::npos)
    std::from_chars(head.data() + at + name.size(), head.data() + head.size(), length);
  return length;
}

}  // namespace

std::string question(std::size_t number, std::size_t words) {
  return "Please tell me in " + std::to_string(words) + " words how people prepare for change " +
         std::string{mark_begin} + std::to_string(number) + ").";
}

std::string delta_of(std::string_view line) {
  constexpr std::string_view data = "data: {";
  if (line.substr(0, data.size()) != data)
    return {};
  auto document = json::Document::parse(line.substr(data.size() - 1));
  if (!document)
    return {};
  return document->root()["choices"].at(0)["delta"]["content"].string_or("");
}

struct Tap::Pair {
  Pair(Stream a, Stream b) : server(std::move(a)), service(std::move(b)) {}
  void close() {
    boost::system::error_code ignored;
    server.close(ignored);
    service.close(ignored);
  }
  Stream server;
  Stream service;
  std::string request{};  ///< of what has been sent since the last response began
  std::string line{};     ///< begun, of the response
  Answer* answer = nullptr;
  std::size_t text = 0;
  bool answering = false;
};

Done Tap::listen() {
  boost::system::error_code error;
  acceptor_.emplace(io_);
  acceptor_->open(asio::ip::tcp::v4(), error);
  acceptor_->set_option(asio::socket_base::reuse_address(true), error);
  acceptor_->bind({asio::ip::make_address("127.0.0.1"), here_.port}, error);
  if (!error)
    acceptor_->listen(4096, error);
  if (error)
    return fail(Errc::unavailable, "the tap's port: " + error.message());
  asio::co_spawn(io_, accept(), asio::detached);
  return {};
}

task<void> Tap::accept() {
  while (true) {
    boost::system::error_code error;
    Stream stream{io_};
    co_await acceptor_->async_accept(stream, asio::redirect_error(use_task, error));
    if (error)
      co_return;
    stream.set_option(asio::ip::tcp::no_delay(true), error);
    auto service = co_await dial(io_, service_);
    if (!service)
      continue;
    auto pair = std::make_shared<Pair>(std::move(stream), std::move(*service));
    asio::co_spawn(io_, upwards(pair), asio::detached);
    asio::co_spawn(io_, downwards(pair), asio::detached);
  }
}

task<void> Tap::upwards(std::shared_ptr<Pair> pair) {
  std::array<char, 32768> bytes;
  boost::system::error_code error;
  while (true) {
    auto count = co_await pair->server.async_read_some(asio::buffer(bytes),
                                                       asio::redirect_error(use_task, error));
    if (error)
      break;
    auto at = Clock::now();
    co_await asio::async_write(pair->service, asio::buffer(bytes.data(), count),
                               asio::redirect_error(use_task, error));
    if (error)
      break;
    see_request(*pair, {bytes.data(), count}, at);
  }
  pair->close();
}

task<void> Tap::downwards(std::shared_ptr<Pair> pair) {
  std::array<char, 32768> bytes;
  boost::system::error_code error;
  while (true) {
    auto count = co_await pair->service.async_read_some(asio::buffer(bytes),
                                                        asio::redirect_error(use_task, error));
    if (error)
      break;
    auto at = Clock::now();
    co_await asio::async_write(pair->server, asio::buffer(bytes.data(), count),
                               asio::redirect_error(use_task, error));
    if (error)
      break;
    see_response(*pair, {bytes.data(), count}, at);
  }
  pair->close();
}

void Tap::see_request(Pair& pair, std::string_view bytes, Clock::time_point at) {
  if (pair.answering) {
    pair.request.clear();
    pair.line.clear();
    pair.answer = nullptr;
    pair.text = 0;
    pair.answering = false;
  }
  pair.request += bytes;
  // The history repeats earlier questions; the last one counts, so the whole body must be there.
  auto head = pair.request.find("\r\n\r\n");
  auto begin = pair.request.rfind(mark_begin);
  if (head == std::string::npos ||
      pair.request.size() < head + 4 + body_length(pair.request.substr(0, head)))
    return;
  if (pair.answer != nullptr || answers_ == nullptr || begin == std::string::npos ||
      pair.request.find("\"stream\":true") == std::string::npos)
    return;
  begin += mark_begin.size();
  std::size_t number = 0;
  std::from_chars(pair.request.data() + begin, pair.request.data() + pair.request.size(), number);
  if (number >= answers_->size())
    return;
  pair.answer = &(*answers_)[number];
  if (pair.answer->called == Clock::time_point{})
    pair.answer->called = at;
  last_request_ = pair.request;
}

void Tap::see_response(Pair& pair, std::string_view bytes, Clock::time_point at) {
  pair.answering = true;
  if (pair.answer == nullptr)
    return;
  while (!bytes.empty()) {
    auto end = bytes.find('\n');
    pair.line += bytes.substr(0, end);
    if (end == std::string_view::npos)
      return;
    bytes.remove_prefix(end + 1);
    if (auto text = delta_of(pair.line); !text.empty()) {
      pair.text += text.size();
      pair.answer->upstream.push_back({pair.text, at});
    }
    pair.line.clear();
  }
}

}  // namespace jobraker::bench
