#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

#include "messages/task.hpp"

namespace jobraker {

/// The I/O threads: one io_context each, one thread each. Sockets, SQL and (with the `io`
/// scheduler) actors all run here, so a request meets its actor without a thread switch.
class IoThreads {
public:
  /// `count` contexts; 0 means one per core. No thread runs before `start`.
  explicit IoThreads(std::size_t count);
  ~IoThreads();
  IoThreads(const IoThreads&) = delete;
  IoThreads& operator=(const IoThreads&) = delete;

  std::size_t size() const noexcept { return contexts_.size(); }
  IoContext& context(std::size_t index) noexcept { return *contexts_[index]; }
  std::vector<IoContext*> contexts();

  /// Starts the threads; each first runs `prepare(index)`.
  void start(std::function<void(std::size_t index)> prepare);

  /// Lets the contexts run dry and joins the threads. Idempotent.
  void stop();

  /// After `stop`: destroys the contexts and with them every coroutine that never came to its end.
  /// What those refer to must still be there; sockets that live outside of them must be gone.
  void destroy();

  /// The index of the calling I/O thread, or `npos` on any other thread.
  static std::size_t here() noexcept;
  static constexpr std::size_t npos = static_cast<std::size_t>(-1);

  /// The calling I/O thread's context; from elsewhere one after the other.
  IoContext& any() noexcept;

private:
  struct Impl;
  std::vector<std::unique_ptr<IoContext>> contexts_;
  std::unique_ptr<Impl> impl_;
};

}  // namespace jobraker
