#include "storage/pq/errors.hpp"
#include "storage/pq/pool.hpp"

/// Statements and the connections that transactions hold for theirs.
namespace jobraker::storage::pq {
namespace {

tl::unexpected<Error> broken_in_transaction() {
  return fail(Errc::unavailable, "the connection broke in the middle of a transaction");
}

/// A COMMIT that is not answered in time may still be carried out.
Error unknown_if_late(Error error) {
  if (error.code == Errc::timed_out)
    error =
      Error{Errc::unavailable, "COMMIT was not answered in time; its outcome is not known", {}, {}};
  return error;
}

/// What a statement's outcome means for the rest of its transaction.
void note_failure(Lease& lease, const Statement& statement, const Result<Rows>& result) {
  if (!result && !lease.failed)
    lease.failed = result.error();
  if (is_retryable(statement.sqlstate) || needs_new_plan(statement.sqlstate))
    lease.retryable = true;
}

}  // namespace

/// Waits for the answer to a statement that `send() -> bool` puts on a lease's connection.
template <class Send>
task<Result<Rows>> Pool::send_and_wait(StatementPtr statement, Send send) {
  return asio::async_initiate<const asio::use_awaitable_t<IoExecutor>&, void(Result<Rows>)>(
    [this, statement, send](auto handler) {
      statement->waiter = std::make_unique<HandlerWaiter<decltype(handler)>>(std::move(handler));
      sent_.push_back(statement);
      schedule_tick();
      if (!send())
        finish(statement, fail(Errc::unavailable, "the connection to the database broke"));
    },
    use_task);
}

task<Result<Rows>> Pool::run(StatementPtr statement, Lease* lease) {
  if (!lease) {
    auto admitted = admit(*statement);
    if (!admitted)
      co_return fail(std::move(admitted.error()));
    co_return co_await wait(std::move(statement), waiting_);
  }
  auto self = shared_from_this();
  statement->in_transaction = true;
  Result<Rows> result = broken_in_transaction();
  if (lease->committed)
    result = fail(Errc::internal, "a statement came after the transaction's last");
  else if (lease->failed)
    result = fail(*lease->failed);
  else if (auto admitted = lease->alive() ? admit(*statement, false) : Done{}; !admitted)
    result = fail(std::move(admitted.error()));
  else if (lease->alive())
    result = co_await send_and_wait(
      statement, [lease, statement] { return lease->connection->send(statement); });
  note_failure(*lease, *statement, result);
  co_return result;
}

task<Result<Rows>> Pool::run_last(StatementPtr statement, Lease& lease) {
  auto self = shared_from_this();
  auto commit = std::make_shared<Statement>();
  commit->sql = "COMMIT";
  commit->in_transaction = statement->in_transaction = true;
  Result<Rows> result = broken_in_transaction();
  if (lease.failed) {
    result = fail(*lease.failed);
  } else if (auto admitted = lease.alive() ? admit(*statement, false) : Done{}; !admitted) {
    result = fail(std::move(admitted.error()));
  } else if (auto room = lease.alive() ? admit(*commit, false) : Done{}; !room) {
    result = fail(std::move(room.error()));
  } else if (lease.alive()) {
    lease.tried = true;
    result = co_await send_and_wait(commit, [&lease, statement, commit] {
      return lease.connection->send_last(statement, commit);
    });
    if (statement->span)  // nobody waits for the statement apart from its COMMIT
      statement->span->finish(statement->error || !result);
    if (statement->error)
      result = fail(*statement->error);
    else if (!result)
      result = fail(unknown_if_late(std::move(result.error())));
    else if (result->command() != "COMMIT")
      result = fail(Errc::internal, "the transaction was rolled back");
    else if (result)
      result = Rows{std::move(statement->result)};
    lease.ended = lease.committed = result.has_value();
  }
  note_failure(lease, *statement, result);
  note_failure(lease, *commit, result);
  co_return result;
}

task<Done> Pool::commit(Lease& lease) {
  auto self = shared_from_this();
  auto statement = std::make_shared<Statement>();
  statement->sql = "COMMIT";
  statement->in_transaction = true;
  statement->span.emplace(SpanKind::statement, statement->sql);
  if (!lease.alive())
    co_return broken_in_transaction();
  if (auto admitted = admit(*statement, false); !admitted)
    co_return admitted;
  auto result = co_await send_and_wait(statement, [&lease, statement] {
    // From here on it may have been carried out, and there is nothing left to roll back.
    lease.ended = lease.tried = true;
    return lease.connection->send(statement);
  });
  note_failure(lease, *statement, result);
  if (!result)
    co_return fail(unknown_if_late(std::move(result.error())));
  if (result->command() != "COMMIT")
    co_return fail(Errc::internal, "the transaction was rolled back");
  co_return Done{};
}

task<Result<std::unique_ptr<Lease>>> Pool::lease(Deadline deadline) {
  auto self = shared_from_this();
  auto wish = std::make_shared<Statement>();
  wish->deadline = deadline;
  if (auto admitted = admit(*wish); !admitted)
    co_return fail(std::move(admitted.error()));
  auto granted = co_await wait(wish, lease_waiting_);
  if (!granted)
    co_return fail(std::move(granted.error()));
  auto lease = std::make_unique<Lease>();
  lease->connection = wish->leased;
  lease->epoch = wish->leased->epoch();
  if (!lease->connection->up() || !lease->connection->begin()) {
    lease->ended = true;
    release(*lease);
    co_return fail(Errc::unavailable, "the connection to the database broke");
  }
  co_return lease;
}

void Pool::release(Lease& lease) {
  if (!lease.ended && !closed_ && lease.alive()) {
    auto rollback = std::make_shared<Statement>();
    rollback->sql = "ROLLBACK";
    rollback->in_transaction = true;
    lease.connection->send(rollback);
  }
  lease.ended = true;
  lease.connection->leased = false;
  --leases_;
  if (!closed_)
    schedule_pump();
}

}  // namespace jobraker::storage::pq
