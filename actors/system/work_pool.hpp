#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <utility>

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>

#include "messages/result.hpp"
#include "messages/spans.hpp"
#include "messages/task.hpp"

namespace jobraker {

/// Threads for what needs a processor for longer than a millisecond (password hashes, vectors), so
/// that I/O threads never do. The queue is bounded.
class WorkPool {
public:
  WorkPool(std::size_t threads, std::size_t waiting_max);
  ~WorkPool();
  WorkPool(const WorkPool&) = delete;
  WorkPool& operator=(const WorkPool&) = delete;

  /// Runs `job` on the pool; false when the queue is full or the pool is closing.
  bool post(std::function<void()> job);

  /// Awaits `work()` done on the pool; resumes on the caller's I/O thread. Errc::unavailable when
  /// the queue is full.
  template <class T, class Work>
  task<Result<T>> run(Work work) {
    auto span = std::make_shared<OpenSpan>(SpanKind::work, "work pool");
    auto start = [this, work = std::move(work), span](auto handler) mutable {
      auto shared = std::make_shared<decltype(handler)>(std::move(handler));
      auto executor = asio::get_associated_executor(*shared);
      auto finish = [shared, executor](Result<T> result) {
        asio::post(executor, [shared, result = std::move(result)]() mutable {
          (*shared)(std::move(result));
        });
      };
      auto guard = asio::prefer(executor, asio::execution::outstanding_work.tracked);
      bool taken = post([finish, guard, span, work = std::move(work)]() mutable {
        span->started();
        ActsFor caller{span->cause()};  // what it logs
        Result<T> result = fail(Errc::internal, "the work failed");
        try {
          result = work();
        } catch (const std::exception& error) {
          result = fail(Errc::internal, std::string{"the work failed: "} + error.what());
        }
        finish(std::move(result));
      });
      if (!taken)
        finish(fail(Error{
          Errc::unavailable, "too much work is waiting; try again", {}, std::chrono::seconds{1}}));
    };
    auto result = co_await asio::async_initiate<decltype(use_task), void(Result<T>)>(
      std::move(start), use_task);
    span->finish(!result);
    span->resume();
    co_return result;
  }

private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace jobraker
