#include "storage/pq/pool.hpp"

#include <algorithm>

#include <boost/asio/post.hpp>
#include <spdlog/spdlog.h>

namespace jobraker::storage::pq {
namespace {

using Clock = std::chrono::steady_clock;

}  // namespace

Pool::Pool(IoContext& io, Settings settings)
    : executor_(io.get_executor()), settings_(std::move(settings)), timer_(executor_),
      down_since_(Clock::now()) {
  for (std::size_t i = 0; i < std::max<std::size_t>(settings_.connections, 1); ++i)
    connections_.push_back(std::make_unique<Connection>(*this, executor_));
  counters_.connections = connections_.size();
}

void Pool::start() {
  asio::post(executor_, [pool = shared_from_this()] {
    pool->down_since_ = Clock::now();
    pool->tick();
  });
}

void Pool::close() {
  closed_ = true;
  auto event = this->event();
  timer_.cancel();
  for (auto& connection : connections_)
    connection->close();
  for (auto* queue : {&waiting_, &lease_waiting_})
    for (auto& statement : std::exchange(*queue, {}))
      finish(statement, fail(Errc::unavailable, "the database is being closed"));
}

Pool::Event::~Event() {
  if (!outer_) {
    pool_->in_event_ = false;
    // Whoever closes is still on the stack and must not be overtaken by what it ends.
    if (!pool_->closed_)
      pool_->resume_finished();
    else if (!pool_->finished_.empty())
      asio::post(pool_->executor_, [pool = pool_] { pool->resume_finished(); });
  }
}

void Pool::resume_finished() {
  auto self = shared_from_this();
  while (!finished_.empty())
    for (auto& [waiter, result] : std::exchange(finished_, {}))
      waiter->resume(std::move(result));
}

void Pool::finish(const StatementPtr& statement, Result<Rows> result) {
  if (statement->finished)
    return;
  statement->finished = true;
  if (statement->span)
    statement->span->finish(!result);
  if (!statement->waiter)
    return;
  ++counters_.statements;
  counters_.failures += result ? 0 : 1;
  finished_.emplace_back(std::move(statement->waiter), std::move(result));
  statement->params = {};
  if (!in_event_)
    schedule_pump();
}

void Pool::again(StatementPtr statement) {
  waiting_.push_front(std::move(statement));
  schedule_pump();
}

bool Pool::any_up() const {
  return std::any_of(connections_.begin(), connections_.end(), [](auto& c) { return c->up(); });
}

void Pool::connection_up() {
  if (reported_down_)
    spdlog::info("database_up");
  reported_down_ = false;
  schedule_pump();
}

void Pool::connection_down(std::string_view why, bool was_up) {
  if (was_up)
    ++counters_.reconnects;
  if (!any_up() && !reported_down_) {
    if (was_up)
      down_since_ = Clock::now();
    reported_down_ = true;
    spdlog::warn("database_down why=\"{}\"", why.substr(0, why.find('\n')));
  }
  if (!in_event_)
    schedule_pump();
  schedule_tick();
}

void Pool::has_room() {
  if (!waiting_.empty())
    schedule_pump();
}

Done Pool::admit(Statement& statement, bool queues) const {
  auto now = Clock::now();
  statement.queued_at = now;
  statement.deadline = std::min(statement.deadline, now + settings_.statement_timeout);
  if (statement.params.has_nul())
    return fail(Errc::invalid, "a text holds a NUL character");
  if (statement.deadline <= now)
    return fail(Errc::timed_out, "the deadline had passed before the database was asked");
  if (closed_)
    return fail(Errc::unavailable, "the database is being closed");
  if (!any_up() && now - down_since_ > settings_.away_wait)
    return fail(Errc::unavailable, "the database is away");
  if (queues && waiting_.size() + lease_waiting_.size() >= settings_.max_waiting)
    return fail(Errc::unavailable, "too many statements wait for the database");
  return {};
}

task<Result<Rows>> Pool::wait(StatementPtr statement, std::deque<StatementPtr>& queue) {
  return asio::async_initiate<const asio::use_awaitable_t<IoExecutor>&, void(Result<Rows>)>(
    [this, statement, &queue](auto handler) {
      statement->waiter = std::make_unique<HandlerWaiter<decltype(handler)>>(std::move(handler));
      queue.push_back(statement);
      schedule_pump();
      schedule_tick();
    },
    use_task);
}

DatabaseStats Pool::stats() const {
  auto stats = counters_;
  stats.waiting = waiting_.size() + lease_waiting_.size();
  for (const auto& connection : connections_) {
    stats.connections_up += connection->up() ? 1 : 0;
    stats.in_flight += connection->in_flight();
  }
  return stats;
}

}  // namespace jobraker::storage::pq
