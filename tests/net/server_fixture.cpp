#include "tests/net/server_fixture.hpp"

#include <stdexcept>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace jobraker::net {

IoThreads::IoThreads(std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    contexts_.push_back(std::make_unique<IoContext>(1));
    guards_.emplace_back(contexts_.back()->get_executor());
  }
  for (auto& io : contexts_)
    threads_.emplace_back([at = io.get()] { at->run(); });
}

void IoThreads::stop() {
  for (auto& io : contexts_)
    io->stop();
  for (auto& thread : threads_)
    thread.join();
  threads_.clear();
}

std::vector<IoContext*> IoThreads::contexts() {
  std::vector<IoContext*> all;
  for (auto& io : contexts_)
    all.push_back(io.get());
  return all;
}

RunningServer::RunningServer(Router router, ServerSettings settings, std::size_t threads,
                             Authenticate authenticate)
    : io_(threads),
      server_(std::make_unique<Server>(io_.contexts(), std::move(router), std::move(settings),
                                       std::move(authenticate))) {
  auto port = server_->listen("127.0.0.1", 0);
  if (!port)
    throw std::runtime_error(port.error().detail);
  port_ = *port;
}

RunningServer::~RunningServer() {
  io_.run(server_->drain(Context::Clock::now() + std::chrono::milliseconds{200}));
  server_.reset();
  io_.stop();
}

std::string RawResponse::header(const std::string& name) const {
  for (std::size_t at = head.find("\r\n"); at != std::string::npos;
       at = head.find("\r\n", at + 2)) {
    const auto colon = head.find(": ", at);
    if (colon != std::string::npos && same_token(head.substr(at + 2, colon - at - 2), name))
      return head.substr(colon + 2, head.find("\r\n", colon) - colon - 2);
  }
  return {};
}

RawConnection::RawConnection(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
  const timeval patience{10, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0)
    throw std::runtime_error("cannot connect");
}

RawConnection::~RawConnection() { ::close(socket_); }

bool RawConnection::send(const std::string& bytes) {
  std::size_t sent = 0;
  while (sent < bytes.size()) {
    const auto count = ::send(socket_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (count <= 0)
      return false;
    sent += static_cast<std::size_t>(count);
  }
  return true;
}

bool RawConnection::more() {
  char buffer[65536];
  const auto count = ::recv(socket_, buffer, sizeof buffer, 0);
  if (count <= 0)
    return false;
  pending_.append(buffer, static_cast<std::size_t>(count));
  return true;
}

void RawConnection::finish_sending() { ::shutdown(socket_, SHUT_WR); }

bool RawConnection::closed_by_peer() {
  char byte = 0;
  return pending_.empty() && ::recv(socket_, &byte, 1, 0) == 0;
}

RawResponse RawConnection::read(bool head_only) {
  RawResponse out;
  std::size_t end = 0;
  while ((end = pending_.find("\r\n\r\n")) == std::string::npos) {
    if (!more())
      return out;
  }
  out.head = pending_.substr(0, end + 2);
  pending_.erase(0, end + 4);
  out.status = std::stoi(out.head.substr(9, 3));
  if (head_only || out.status / 100 == 1 || out.status == 204 || out.status == 304) {
    out.complete = true;
    return out;
  }
  if (out.header("transfer-encoding") == "chunked") {
    while (true) {
      std::size_t line = 0;
      while ((line = pending_.find("\r\n")) == std::string::npos) {
        if (!more())
          return out;
      }
      const auto size = std::stoul(pending_.substr(0, line), nullptr, 16);
      while (pending_.size() < line + 2 + size + 2) {
        if (!more())
          return out;
      }
      out.body += pending_.substr(line + 2, size);
      pending_.erase(0, line + 2 + size + 2);
      if (size == 0) {
        out.complete = true;
        return out;
      }
    }
  }
  const auto length = out.header("content-length");
  const auto size = length.empty() ? std::string::npos : std::stoul(length);
  while (pending_.size() < size) {
    if (!more())
      break;
  }
  out.body = pending_.substr(0, size);
  out.complete = length.empty() || out.body.size() == size;
  pending_.erase(0, out.body.size());
  return out;
}

}  // namespace jobraker::net
