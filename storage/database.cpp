#include "storage/database.hpp"

#include "messages/spans.hpp"
#include "storage/last_statement.hpp"

#include "storage/pq/pool.hpp"

namespace jobraker::storage {
namespace {

constexpr int attempts_max = 3;

/// Whether a statement only reads, by its first word (see Session::query).
bool begins_with_select(std::string_view sql) {
  auto start = sql.find_first_not_of(" \n\t");
  return start != std::string_view::npos && sql.substr(start, 6) == "SELECT";
}

pq::StatementPtr statement_of(std::string_view sql, Params params, Deadline deadline) {
  auto statement = std::make_shared<pq::Statement>();
  statement->sql = sql;
  statement->params = std::move(params);
  statement->deadline = deadline;
  statement->read = begins_with_select(sql);
  statement->span.emplace(SpanKind::statement, sql);
  return statement;
}

}  // namespace

Database::Database(IoContext& io, Settings settings)
    : pool_(std::make_shared<pq::Pool>(io, std::move(settings))) {
  pool_->start();
}

Database::~Database() { pool_->close(); }

task<Result<Rows>> Database::query(std::string_view sql, Params params, Deadline deadline) {
  return pool_->run(statement_of(sql, std::move(params), deadline));
}

task<Done> Database::ping(Deadline deadline) {
  auto rows = co_await query("SELECT 1", {}, deadline);
  if (!rows)
    co_return fail(std::move(rows.error()));
  co_return Done{};
}

void Database::tell_after_commit() {
  if (pool_->settings().on_told)
    pool_->settings().on_told();
}

DatabaseStats Database::stats() const { return pool_->stats(); }

void Database::close() { pool_->close(); }

task<Done> Database::run_transaction(Body body, Deadline deadline) {
  auto pool = pool_;
  for (int attempt = 1;; ++attempt) {
    auto lease = co_await pool->lease(deadline);
    if (!lease)
      co_return fail(std::move(lease.error()));
    // Rolls back when it goes, unless COMMIT was sent.
    Transaction transaction{pool, std::move(*lease), deadline};
    auto& state = *transaction.lease_;
    auto done = co_await body(transaction);
    if (done && state.failed)
      done = fail(*state.failed);  // the body has overlooked it; there is nothing to commit
    if (done && !state.committed)
      done = co_await pool->commit(state);
    if (state.tells && state.tried)  // whatever the answer: it may have been committed
      tell_after_commit();
    if (done || !state.retryable || attempt == attempts_max)
      co_return done;
  }
}

Transaction::Transaction(std::shared_ptr<pq::Pool> pool, std::unique_ptr<pq::Lease> lease,
                         Deadline deadline)
    : pool_(std::move(pool)), lease_(std::move(lease)), deadline_(deadline) {}

Transaction::~Transaction() { pool_->release(*lease_); }

task<Result<Rows>> Transaction::query(std::string_view sql, Params params, Deadline deadline) {
  auto statement = statement_of(sql, std::move(params), std::min(deadline, deadline_));
  if (is_last(sql) && lease_->savepoints == 0)
    return pool_->run_last(std::move(statement), *lease_);
  return pool_->run(std::move(statement), lease_.get());
}

void Transaction::tell_after_commit() { lease_->tells = true; }

task<Done> Transaction::run_transaction(Body body, Deadline deadline) {
  auto saved = std::exchange(deadline_, std::min(deadline, deadline_));
  // One name suffices: a later savepoint hides an earlier one of the same name until it is
  // released.
  auto set = co_await query("SAVEPOINT inner_transaction");
  if (!set) {
    deadline_ = saved;
    co_return fail(std::move(set.error()));
  }
  ++lease_->savepoints;
  auto done = co_await body(*this);
  --lease_->savepoints;
  if (done && lease_->failed)
    done = fail(*lease_->failed);
  deadline_ = saved;
  if (done) {
    if (auto released = co_await query("RELEASE SAVEPOINT inner_transaction"); !released)
      done = fail(std::move(released.error()));
  } else if (!lease_->retryable) {
    lease_->failed.reset();
    (void)co_await query("ROLLBACK TO SAVEPOINT inner_transaction");
    (void)co_await query("RELEASE SAVEPOINT inner_transaction");
  }
  co_return done;
}

}  // namespace jobraker::storage
