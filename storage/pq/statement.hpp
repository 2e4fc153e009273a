#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "messages/spans.hpp"
#include "storage/params.hpp"
#include "storage/row.hpp"
#include "storage/session.hpp"

namespace jobraker::storage::pq {

class Connection;

/// Whoever waits for an answer; resumed once, from the event loop, never from within the call that
/// waits. (Asio's any_completion_handler recurses without end in Boost 1.81 when its memory is
/// recycled.)
class Waiter {
public:
  virtual ~Waiter() = default;
  virtual void resume(Result<Rows> result) = 0;
};

/// One for a coroutine's handler.
template <class Handler>
class HandlerWaiter final : public Waiter {
public:
  explicit HandlerWaiter(Handler handler) : handler_(std::move(handler)), cause_(current_cause()) {}
  void resume(Result<Rows> result) override {
    current_cause() = cause_;
    std::move(handler_)(std::move(result));
  }

private:
  Handler handler_;
  Cause cause_;  ///< of the coroutine that waits
};

/// One statement on its way, or the wish for a connection of one's own.
struct Statement {
  std::string_view sql{};
  Params params{};
  Deadline deadline = Deadline::max();
  Deadline queued_at{};
  bool read = false;            ///< may share a sync with other reads and be sent again
  bool alone = false;           ///< a neighbour's error aborted it once; not again
  bool in_transaction = false;  ///< never sent again by itself
  bool finished = false;        ///< the waiter has its answer; a later result is dropped
  int attempts = 0;

  std::shared_ptr<const void> result{};  ///< of the execution, once it is there
  std::optional<Error> error{};
  std::string sqlstate{};
  bool aborted = false;  ///< an earlier statement of the same sync failed

  std::optional<OpenSpan> span{};    ///< from being asked for until the answer
  std::unique_ptr<Waiter> waiter{};  ///< empty: nobody wants to know
  Connection* leased = nullptr;      ///< the answer to the wish
};

using StatementPtr = std::shared_ptr<Statement>;

}  // namespace jobraker::storage::pq
