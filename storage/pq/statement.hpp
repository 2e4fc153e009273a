#pragma once

#include <memory>
#include <optional>
#include <string>

#include <boost/asio/any_completion_handler.hpp>

#include "storage/params.hpp"
#include "storage/row.hpp"
#include "storage/session.hpp"

namespace jobraker::storage::pq {

class Connection;

/// Whoever waits for an answer; called once, from the event loop, never from within the call that
/// waits.
using Waiter = asio::any_completion_handler<void(Result<Rows>)>;

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

  Waiter waiter{};               ///< empty: nobody wants to know
  Connection* leased = nullptr;  ///< the answer to the wish
};

using StatementPtr = std::shared_ptr<Statement>;

}  // namespace jobraker::storage::pq
