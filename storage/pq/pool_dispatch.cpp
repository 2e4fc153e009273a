#include <algorithm>

#include <boost/asio/post.hpp>

#include "storage/pq/pool.hpp"

/// What a pool does by itself: hands out connections, sends what waits, keeps deadlines.
namespace jobraker::storage::pq {
namespace {

using Clock = std::chrono::steady_clock;

/// How exactly deadlines are kept. One sweep costs less than a timer for each statement.
constexpr std::chrono::milliseconds tick_every{20};
/// Statements that go to one connection before another is looked for: they share a packet.
constexpr int burst_max = 16;

}  // namespace

void Pool::schedule_pump() {
  if (std::exchange(pump_scheduled_, true))
    return;
  // Later in this turn of the loop, so that statements asked for together travel together.
  asio::post(executor_, [pool = shared_from_this()] {
    pool->pump_scheduled_ = false;
    auto event = pool->event();
    pool->pump();
  });
}

void Pool::pump() {
  if (closed_)
    return;
  grant_leases();
  send_waiting();
  for (auto& connection : connections_)
    connection->flush();
}

Connection* Pool::least_loaded(bool for_lease) const {
  Connection* best = nullptr;
  for (const auto& connection : connections_)
    if (connection->up() && !connection->leased &&
        (for_lease || connection->in_flight() < Connection::refill_below) &&
        (!best || connection->in_flight() < best->in_flight()))
      best = connection.get();
  return best;
}

void Pool::grant_leases() {
  // One connection always stays with the statements that need no transaction.
  auto leases_max = std::max<std::size_t>(connections_.size() - 1, 1);
  while (!lease_waiting_.empty() && leases_ < leases_max) {
    auto* connection = least_loaded(true);
    if (!connection)
      return;
    auto wish = std::move(lease_waiting_.front());
    lease_waiting_.pop_front();
    if (wish->finished)
      continue;
    connection->leased = true;
    ++leases_;
    wish->leased = connection;
    finish(wish, Rows{});
  }
}

void Pool::send_waiting() {
  Connection* connection = nullptr;
  int burst = 0;
  while (!waiting_.empty()) {
    if (!connection || burst == burst_max || connection->in_flight() >= Connection::depth_max) {
      connection = least_loaded(false);
      burst = 0;
      if (!connection)
        return;
    }
    auto statement = std::move(waiting_.front());
    waiting_.pop_front();
    if (statement->finished)
      continue;
    if (connection->send(statement)) {
      sent_.push_back(std::move(statement));
      ++burst;
    } else {
      // Not sent as far as anybody knows: it may wait for the next connection.
      if (!statement->finished)
        waiting_.push_front(std::move(statement));
      connection = nullptr;
    }
  }
}

void Pool::schedule_tick() {
  if (closed_ || std::exchange(ticking_, true))
    return;
  timer_.expires_after(tick_every);
  timer_.async_wait([pool = shared_from_this()](boost::system::error_code error) {
    pool->ticking_ = false;
    if (!error)
      pool->tick();
  });
}

void Pool::tick() {
  if (closed_)
    return;
  auto event = this->event();
  auto now = Clock::now();
  bool all_up = true;
  for (auto& connection : connections_) {
    connection->tick(now);
    all_up = all_up && connection->up();
  }
  expire(waiting_, now);
  expire(lease_waiting_, now);
  expire(sent_, now);
  if (!all_up || !sent_.empty() || !waiting_.empty() || !lease_waiting_.empty())
    schedule_tick();
}

void Pool::expire(std::deque<StatementPtr>& queue, Deadline now) {
  bool away = &queue != &sent_ && !any_up();
  for (auto& statement : queue) {
    if (statement->finished)
      continue;
    if (now >= statement->deadline)
      finish(statement, fail(Errc::timed_out, "the database did not answer in time"));
    else if (away && now - std::max(statement->queued_at, down_since_) > settings_.away_wait)
      finish(statement, fail(Errc::unavailable, "the database is away"));
  }
  std::erase_if(queue, [](const StatementPtr& statement) { return statement->finished; });
}

}  // namespace jobraker::storage::pq
