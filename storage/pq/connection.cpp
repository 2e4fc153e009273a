#include "storage/pq/connection.hpp"

#include "storage/pq/errors.hpp"
#include "storage/pq/pool.hpp"

namespace jobraker::storage::pq {
namespace {

using Clock = std::chrono::steady_clock;

std::shared_ptr<const void> owned(PGresult* result) {
  return {result, [](const void* r) { PQclear(static_cast<PGresult*>(const_cast<void*>(r))); }};
}

}  // namespace

bool Connection::send(const StatementPtr& statement) {
  bool shares = statement->read && !statement->alone && !statement->in_transaction;
  if (!shares && reads_open_ && !sync(nullptr))
    return false;
  if (!execute(statement))
    return false;
  if (shares) {
    reads_open_ = true;
    return true;
  }
  return sync(statement);
}

bool Connection::begin() {
  auto statement = std::make_shared<Statement>();
  statement->sql = "BEGIN";
  statement->in_transaction = true;
  if (reads_open_ && !sync(nullptr))
    return false;
  return execute(statement);
}

bool Connection::send_last(const StatementPtr& statement, const StatementPtr& commit) {
  return execute(statement) && execute(commit) && sync(commit);
}

bool Connection::execute(const StatementPtr& statement) {
  if (ops_.empty())
    progress_at_ = Clock::now();
  if (statement->span)
    statement->span->started();
  std::string name;
  if (!prepare(statement, name)) {
    broken("sending failed");
    return false;
  }
  const auto& items = statement->params.items();
  std::vector<const char*> values;
  std::vector<int> lengths;
  std::vector<int> formats;
  values.reserve(items.size());
  lengths.reserve(items.size());
  formats.reserve(items.size());
  for (const auto& item : items) {
    values.push_back(item.null ? nullptr : statement->params.data() + item.offset);
    lengths.push_back(item.length);
    formats.push_back(item.binary ? 1 : 0);
  }
  if (PQsendQueryPrepared(pg_, name.c_str(), static_cast<int>(items.size()), values.data(),
                          lengths.data(), formats.data(), 0) != 1) {
    broken("sending failed");
    return false;
  }
  ops_.push_back({Step::execute, statement});
  ++in_flight_;
  return true;
}

bool Connection::prepare(const StatementPtr& statement, std::string& name) {
  if (auto known = prepared_.find(statement->sql); known != prepared_.end()) {
    name = known->second;
    return true;
  }
  // A new name each time: after an error nobody knows for sure whether the old one exists.
  name = "p" + std::to_string(++names_);
  std::string sql{statement->sql};
  if (PQsendPrepare(pg_, name.c_str(), sql.c_str(), 0, nullptr) != 1)
    return false;
  prepared_.emplace(std::move(sql), name);
  ops_.push_back({Step::prepare, statement});
  return true;
}

bool Connection::sync(StatementPtr write) {
  reads_open_ = false;
  if (PQpipelineSync(pg_) != 1) {
    broken("sending failed");
    return false;
  }
  ops_.push_back({Step::sync, std::move(write)});
  wait_writable();
  return true;
}

void Connection::flush() {
  if (state_ == State::up && reads_open_)
    sync(nullptr);
}

void Connection::read_results() {
  int stray = 0;
  while (!ops_.empty() && !PQisBusy(pg_)) {
    auto* result = PQgetResult(pg_);
    if (result) {
      stray = 0;
      progress_at_ = Clock::now();
      take(result);
      if (state_ != State::up)
        return;
      continue;
    }
    auto& op = ops_.front();
    if (op.step == Step::sync || !op.seen) {
      // One NULL may be left from before; a second in a row means that our books and libpq's
      // differ.
      if (++stray > 1)
        return broken("unexpected end of results");
      continue;
    }
    end_of(op);
    ops_.pop_front();
  }
  if (PQstatus(pg_) == CONNECTION_BAD)
    broken("the server closed the connection");
}

void Connection::take(PGresult* result) {
  auto owner = owned(result);
  auto& op = ops_.front();
  op.seen = true;
  auto& statement = op.statement;
  switch (PQresultStatus(result)) {
  case PGRES_PIPELINE_SYNC:
    if (op.step != Step::sync)
      return broken("unexpected sync");
    {
      auto write = std::move(statement);
      ops_.pop_front();
      if (write)
        settle(write);
    }
    return;
  case PGRES_COMMAND_OK:
  case PGRES_TUPLES_OK:
    if (op.step == Step::execute)
      statement->result = std::move(owner);
    return;
  case PGRES_PIPELINE_ABORTED:
    if (statement)
      statement->aborted = true;
    return;
  case PGRES_FATAL_ERROR:
  case PGRES_BAD_RESPONSE:
    if (statement) {
      // At a sync this is the commit that failed, e.g. a deferred constraint.
      auto failure = failure_of(result, statement->sql);
      statement->error = std::move(failure.error);
      statement->sqlstate = std::move(failure.sqlstate);
    }
    return;
  default:
    // COPY in pipeline mode would answer for ever.
    return broken("a result of a kind that is never asked for");
  }
}

void Connection::end_of(Op& op) {
  auto statement = op.statement;
  if (op.step == Step::prepare) {
    if (statement->error || statement->aborted)
      prepared_.erase(std::string{statement->sql});
    return;
  }
  --in_flight_;
  if (statement->error && needs_new_plan(statement->sqlstate))
    prepared_.erase(std::string{statement->sql});
  // A write counts once its sync is through: that is where it commits.
  if (statement->read && !statement->alone && !statement->in_transaction)
    settle(statement);
}

void Connection::settle(const StatementPtr& statement) {
  if (statement->finished)
    return;
  bool repeat = statement->error
                  ? is_retryable(statement->sqlstate) || needs_new_plan(statement->sqlstate)
                  : statement->aborted;
  if (repeat && !statement->in_transaction && ++statement->attempts < 3) {
    statement->alone = true;
    statement->aborted = false;
    statement->error.reset();
    return pool_.again(statement);
  }
  if (statement->error)
    return pool_.finish(statement, fail(*statement->error));
  if (statement->aborted || !statement->result)
    return pool_.finish(statement, fail(Errc::unavailable, "the statement was not carried out"));
  pool_.finish(statement, Rows{std::move(statement->result)});
}

}  // namespace jobraker::storage::pq
