#include <boost/asio/ip/tcp.hpp>

#include "storage/pq/connect_options.hpp"
#include "storage/pq/connection.hpp"
#include "storage/pq/pool.hpp"

/// The life of a connection: opening, waiting for its socket, breaking.
namespace jobraker::storage::pq {
namespace {

using Clock = std::chrono::steady_clock;
using Wait = asio::posix::descriptor_base;

constexpr std::chrono::milliseconds backoff_min{50};
constexpr std::chrono::milliseconds backoff_max{1000};
/// A server that owes an answer this much longer than its own statement_timeout is not there any
/// more.
constexpr std::chrono::seconds grace{5};

bool is_name(const std::string& host) {
  boost::system::error_code error;
  asio::ip::make_address(host, error);
  return error && !host.empty() && host.front() != '/' && host.front() != '@' &&
         host.find(',') == std::string::npos;
}

}  // namespace

Connection::Connection(Pool& pool, const IoExecutor& executor)
    : pool_(pool), socket_(executor), resolver_(executor), jitter_(std::random_device{}()) {}

Connection::~Connection() { close(); }

void Connection::tick(Deadline now) {
  const auto& settings = pool_.settings();
  if (state_ == State::down && now >= retry_at_)
    open(now);
  else if (state_ == State::connecting && now - progress_at_ > settings.connect_timeout)
    broken("connecting took too long");
  else if (state_ == State::up && !ops_.empty() &&
           now - progress_at_ > settings.statement_timeout + grace)
    broken("the server stopped answering");
}

void Connection::open(Deadline now) {
  state_ = State::connecting;
  progress_at_ = now;
  ++epoch_;
  auto options = connect_options(pool_.settings());
  if (!options)
    return broken(options.error().detail);
  auto host = options->get("host");
  if (!is_name(host) || !options->get("hostaddr").empty())
    return connect(*options);
  // libpq would look the name up blocking.
  auto port = options->get("port");
  resolver_.async_resolve(
    host, port.empty() ? "5432" : port,
    [this, pool = pool_.shared_from_this(), epoch = epoch_, options = std::move(*options)](
      boost::system::error_code error, asio::ip::tcp::resolver::results_type found) mutable {
      if (epoch != epoch_ || state_ != State::connecting)
        return;
      auto event = pool_.event();
      if (error || found.empty())
        return broken("the host's name does not resolve");
      options.set("hostaddr", found.begin()->endpoint().address().to_string());
      connect(options);
    });
}

void Connection::connect(const ConnectOptions& options) {
  pg_ = PQconnectStartParams(options.keywords().data(), options.values().data(), 0);
  if (!pg_)
    return broken("out of memory");
  if (PQstatus(pg_) == CONNECTION_BAD)
    return broken(PQerrorMessage(pg_));
  PQsetNoticeProcessor(
    pg_, [](void*, const char*) {}, nullptr);
  wait_poll(Wait::wait_write);
}

void Connection::wait_poll(Wait::wait_type what) {
  boost::system::error_code error;
  socket_.assign(PQsocket(pg_), error);
  if (error)
    return broken(error.message());
  socket_.async_wait(what, [this, pool = pool_.shared_from_this(),
                            epoch = epoch_](boost::system::error_code failed) {
    if (failed || epoch != epoch_)
      return;
    auto event = pool_.event();
    poll();
  });
}

void Connection::poll() {
  // PQconnectPoll may close the socket and open another, even under the same number: Asio must let
  // go of it before, or it would wait for events of a descriptor that epoll has forgotten.
  socket_.release();
  switch (PQconnectPoll(pg_)) {
  case PGRES_POLLING_READING:
    return wait_poll(Wait::wait_read);
  case PGRES_POLLING_WRITING:
    return wait_poll(Wait::wait_write);
  case PGRES_POLLING_OK:
    return opened();
  default:
    return broken(PQerrorMessage(pg_));
  }
}

void Connection::opened() {
  boost::system::error_code error;
  socket_.assign(PQsocket(pg_), error);
  if (error || PQsetnonblocking(pg_, 1) != 0 || PQenterPipelineMode(pg_) != 1)
    return broken("pipeline mode is not to be had");
  state_ = State::up;
  failures_ = 0;
  wait_readable();
  pool_.connection_up();
}

void Connection::wait_readable() {
  socket_.async_wait(Wait::wait_read, [this, pool = pool_.shared_from_this(),
                                       epoch = epoch_](boost::system::error_code failed) {
    if (failed || epoch != epoch_ || state_ != State::up)
      return;
    auto event = pool_.event();
    // Consuming also sends what is buffered: reading never waits for writing or the other way
    // round.
    if (PQconsumeInput(pg_) != 1)
      return read_results_and_break();
    read_results();
    if (state_ != State::up)
      return;
    wait_readable();
    wait_writable();
    if (in_flight_ < refill_below)
      pool_.has_room();
  });
}

void Connection::wait_writable() {
  if (writing_ || state_ != State::up)
    return;
  int rest = PQflush(pg_);
  if (rest < 0)
    return;  // the reading side will see the end, after the answers that are still to come
  if (rest == 0)
    return;
  writing_ = true;
  socket_.async_wait(Wait::wait_write, [this, pool = pool_.shared_from_this(),
                                        epoch = epoch_](boost::system::error_code failed) {
    if (failed || epoch != epoch_ || state_ != State::up)
      return;
    auto event = pool_.event();
    writing_ = false;
    wait_writable();
  });
}

void Connection::read_results_and_break() {
  read_results();
  if (state_ == State::up)
    broken("the server closed the connection");
}

void Connection::broken(std::string_view why) {
  bool was_up = state_ == State::up;
  std::string reason{why};  // may point into the PGconn
  close();
  auto delay = std::min(backoff_max, backoff_min * (1 << std::min(failures_++, 5)));
  auto share = std::uniform_real_distribution<double>{0.5, 1.5}(jitter_);
  retry_at_ = Clock::now() + std::chrono::duration_cast<Clock::duration>(delay * share);
  pool_.connection_down(reason, was_up);
}

void Connection::close() {
  ++epoch_;
  state_ = State::down;
  resolver_.cancel();
  if (socket_.is_open())
    socket_.release();  // libpq closes it
  if (pg_)
    PQfinish(std::exchange(pg_, nullptr));
  prepared_.clear();
  reads_open_ = writing_ = false;
  in_flight_ = 0;
  // It may or may not have taken effect; only the caller knows whether asking again is safe.
  for (auto& op : std::exchange(ops_, {}))
    if (op.statement)
      pool_.finish(op.statement, fail(Errc::unavailable,
                                      "the connection to the database broke before it answered"));
}

}  // namespace jobraker::storage::pq
