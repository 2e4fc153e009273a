#pragma once

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "messages/result.hpp"
#include "messages/task.hpp"
#include "storage/params.hpp"
#include "storage/row.hpp"

namespace jobraker::storage {

namespace pq {
class Pool;
struct Lease;
}  // namespace pq

class Transaction;

/// Until when an answer is wanted.
using Deadline = std::chrono::steady_clock::time_point;

/// Where statements can be run: a Database (each statement commits by itself) or a Transaction.
/// Repositories take a Session&, so that a caller may join several of their functions in one
/// transaction.
class Session {
public:
  virtual ~Session() = default;

  /// Runs one statement. `sql` must have static storage: it is the key of the prepared statement.
  /// A statement that begins with SELECT must not write: it may share a transaction with other
  /// reads and be repeated. Errors: conflict (unique violation), invalid (check, foreign key,
  /// unreadable value), timed_out (deadline), unavailable (PostgreSQL is away, the queue is full,
  /// or the connection broke while the statement was out, so that its outcome is not known),
  /// internal (logged).
  virtual task<Result<Rows>> query(std::string_view sql, Params params = {},
                                   Deadline deadline = Deadline::max()) = 0;

  /// Something was put into the outbox: whoever tells it is woken after the commit.
  virtual void tell_after_commit() = 0;

  /// Runs `body(Transaction&) -> task<Result<T>>` between BEGIN and COMMIT, on a connection of its
  /// own. An error or exception of the body rolls back. After a serialisation failure or deadlock
  /// the body runs again, up to three times in all, so it must have no other effects. Inside a
  /// transaction it is a savepoint. Errors: the body's, those of query(); unavailable at COMMIT
  /// means outcome unknown.
  template <class Body>
  std::invoke_result_t<Body&, Transaction&> transaction(Body body,
                                                        Deadline deadline = Deadline::max()) {
    using Outcome = typename std::invoke_result_t<Body&, Transaction&>::value_type;
    std::optional<Outcome> outcome;
    auto done = co_await run_transaction(
      [&](Transaction& transaction) -> task<Done> {
        outcome.emplace(co_await body(transaction));
        if (!*outcome)
          co_return fail(outcome->error());
        co_return Done{};
      },
      deadline);
    if (!done)
      co_return fail(std::move(done.error()));
    co_return std::move(*outcome);
  }

protected:
  using Body = std::function<task<Done>(Transaction&)>;
  virtual task<Done> run_transaction(Body body, Deadline deadline) = 0;
  friend class Until;
};

/// A session whose every statement has the same deadline; for a request's Context.
/// `Until session{database, context.deadline};`
class Until final : public Session {
public:
  Until(Session& inner, Deadline deadline) : inner_(inner), deadline_(deadline) {}
  task<Result<Rows>> query(std::string_view sql, Params params = {},
                           Deadline deadline = Deadline::max()) override {
    return inner_.query(sql, std::move(params), std::min(deadline, deadline_));
  }
  void tell_after_commit() override { inner_.tell_after_commit(); }

protected:
  task<Done> run_transaction(Body body, Deadline deadline) override {
    return inner_.run_transaction(std::move(body), std::min(deadline, deadline_));
  }

private:
  Session& inner_;
  Deadline deadline_;
};

/// What a transaction's body runs its statements on. Not to be used after the body has ended.
class Transaction final : public Session {
public:
  ~Transaction() override;
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  /// After one statement has failed all later ones do, too, and the transaction will roll back
  /// (PostgreSQL manual, "current transaction is aborted").
  task<Result<Rows>> query(std::string_view sql, Params params = {},
                           Deadline deadline = Deadline::max()) override;
  void tell_after_commit() override;

protected:
  task<Done> run_transaction(Body body, Deadline deadline) override;

private:
  friend class Database;
  Transaction(std::shared_ptr<pq::Pool> pool, std::unique_ptr<pq::Lease> lease, Deadline deadline);

  std::shared_ptr<pq::Pool> pool_;
  std::unique_ptr<pq::Lease> lease_;
  Deadline deadline_;
};

}  // namespace jobraker::storage
