#pragma once

#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/use_future.hpp>

#include "net/http/server.hpp"

namespace jobraker::net {

/// Contexts with a thread each.
class IoThreads {
public:
  explicit IoThreads(std::size_t count);
  ~IoThreads() { stop(); }
  void stop();
  std::vector<IoContext*> contexts();
  IoContext& front() { return *contexts_.front(); }

  /// Runs a coroutine to its end on the first thread and answers what it answers.
  template <class T>
  T run(task<T> work) {
    return asio::co_spawn(front().get_executor(), std::move(work), asio::use_future).get();
  }

private:
  using Guard = asio::executor_work_guard<IoExecutor>;
  std::vector<std::unique_ptr<IoContext>> contexts_;
  std::vector<Guard> guards_;
  std::vector<std::thread> threads_;
};

/// A server on a free loopback port.
class RunningServer {
public:
  explicit RunningServer(Router router, ServerSettings settings = {}, std::size_t threads = 1,
                         Authenticate authenticate = {});
  ~RunningServer();

  std::uint16_t port() const { return port_; }
  Server& server() { return *server_; }
  IoThreads& io() { return io_; }
  std::string url(const std::string& target) const {
    return "http://127.0.0.1:" + std::to_string(port_) + target;
  }

private:
  IoThreads io_;
  std::unique_ptr<Server> server_;
  std::uint16_t port_ = 0;
};

/// What a raw connection read.
struct RawResponse {
  int status = 0;
  std::string head;
  std::string body;
  bool complete = false;  ///< the whole body came

  /// The value of a field, or empty.
  std::string header(const std::string& name) const;
};

/// A blocking connection that sends and reads bytes as they are. A read that hears nothing for ten
/// seconds gives up, so that a hanging server fails the test instead of stopping it.
class RawConnection {
public:
  explicit RawConnection(std::uint16_t port);
  ~RawConnection();
  RawConnection(const RawConnection&) = delete;

  /// False when the peer has closed.
  bool send(const std::string& bytes);
  RawResponse read(bool head_only = false);
  /// Whether the peer closes without another byte.
  bool closed_by_peer();
  void finish_sending();

private:
  bool more();
  int socket_ = -1;
  std::string pending_;
};

}  // namespace jobraker::net
