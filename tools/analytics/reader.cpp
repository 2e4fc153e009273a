#include "tools/analytics/reader.hpp"

#include <deque>

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <spdlog/spdlog.h>

#include "net/kafka/cloud_events.hpp"
#include "net/kafka/consumer.hpp"
#include "tools/analytics/store.hpp"
#include "tools/analytics/tally.hpp"

namespace jobraker::analytics {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
namespace kafka = net::kafka;

constexpr std::size_t batch_max = 1000;
constexpr auto look_every = 100ms;
constexpr auto retry_after = 1s;
constexpr auto speak_every = 60s;
constexpr auto forget_every = 1h;

/// Errors that end by themselves.
bool is_outage(Errc code) {
  return code == Errc::unavailable || code == Errc::timed_out || code == Errc::conflict;
}

std::int64_t records_left(const kafka::Consumer& consumer) {
  std::int64_t left = 0;
  for (const auto& partition : consumer.lag())
    left += partition.records();
  return left;
}

}  // namespace

struct Reader::Impl {
  Impl(IoContext& context, storage::Database& db, const Trades& table, ReaderOptions o)
      : io(context), database(db), trades(table), options(std::move(o)), wake(context) {}

  IoContext& io;
  storage::Database& database;
  const Trades& trades;
  const ReaderOptions options;
  asio::steady_timer wake;
  std::unique_ptr<kafka::Consumer> consumer;
  std::deque<kafka::Received> queue;  // bounded by Group::handed_max
  ReaderFigures figures;
  bool stopping = false;
  Clock::time_point heard_at = Clock::now();
  Clock::time_point spoke_at = Clock::now();
  Clock::time_point forgot_at{};

  Done open();
  task<void> wait(std::chrono::milliseconds time);
  std::vector<kafka::Received> take();
  std::vector<Event> read(const std::vector<kafka::Received>& records);
  task<Done> count(const std::vector<kafka::Received>& records);
  task<Done> housekeeping();
  bool at_end() const;
  Done check_patience() const;
  task<Done> loop();
};

Done Reader::Impl::open() {
  kafka::Group group;
  group.name = options.group;
  for (auto topic : counted_topics)
    group.topics.push_back(kafka::topic_name(options.kafka.topic_prefix, topic));
  group.lag_every = options.once ? 300ms : 5000ms;
  kafka::ConsumerCalls calls;
  calls.on_record = [this](kafka::Received record) {
    asio::post(io, [this, record = std::move(record)]() mutable {
      queue.push_back(std::move(record));
      heard_at = Clock::now();
      wake.cancel();
    });
  };
  auto opened = kafka::Consumer::open(options.kafka, std::move(group), std::move(calls));
  if (!opened)
    return fail(opened.error().code, "Kafka's settings: " + opened.error().detail);
  consumer = std::move(*opened);
  return {};
}

task<void> Reader::Impl::wait(std::chrono::milliseconds time) {
  boost::system::error_code woken;
  wake.expires_after(time);
  co_await wake.async_wait(asio::redirect_error(use_task, woken));
}

std::vector<kafka::Received> Reader::Impl::take() {
  auto size = std::min(queue.size(), batch_max);
  auto end = queue.begin() + static_cast<std::ptrdiff_t>(size);
  std::vector<kafka::Received> records{std::make_move_iterator(queue.begin()),
                                       std::make_move_iterator(end)};
  queue.erase(queue.begin(), end);
  return records;
}

/// The events in records; of those that hold none it is only noted that they were there.
std::vector<Event> Reader::Impl::read(const std::vector<kafka::Received>& records) {
  std::vector<Event> events;
  for (const auto& record : records) {
    auto topic = kafka::topic_of(options.kafka.topic_prefix, record.from.topic);
    auto event = topic ? kafka::from_record(record, *topic)
                       : Result<Event>{fail(Errc::invalid, "an unknown topic")};
    if (event) {
      events.push_back(std::move(*event));
      continue;
    }
    ++figures.unreadable;
    spdlog::warn("event=analytics.unreadable topic={} partition={} offset={} why=\"{}\"",
                 record.from.topic, record.from.partition, record.offset, event.error().detail);
  }
  return events;
}

/// Stores what records add up to, however long PostgreSQL is away; then they are done for Kafka.
task<Done> Reader::Impl::count(const std::vector<kafka::Received>& records) {
  const auto events = read(records);
  for (;;) {
    auto counted = co_await count_events(database, events, trades);
    if (counted) {
      figures.counted += counted->counted;
      figures.repeated += counted->repeated;
      figures.ignored += counted->ignored;
      figures.unreadable += static_cast<std::int64_t>(counted->unreadable.size());
      for (const auto& why : counted->unreadable)
        spdlog::warn("event=analytics.unreadable why=\"{}\"", why);
      break;
    }
    if (!is_outage(counted.error().code))
      co_return fail(std::move(counted.error()));
    if (stopping)
      co_return Done{};
    spdlog::warn("event=analytics.not_stored why=\"{}\"", counted.error().detail);
    co_await wait(retry_after);
  }
  for (const auto& record : records)
    consumer->done(record.from, record.offset);
  co_return Done{};
}

task<Done> Reader::Impl::housekeeping() {
  const auto now = Clock::now();
  if (!options.once && now - spoke_at >= speak_every) {
    spoke_at = now;
    spdlog::info("event=analytics.progress counted={} repeated={} unreadable={} left={}",
                 figures.counted, figures.repeated, figures.unreadable, records_left(*consumer));
  }
  if (forgot_at == Clock::time_point{} || now - forgot_at >= forget_every) {
    forgot_at = now;
    if (auto done = co_await forget_events(database, options.remember_days);
        !done && !is_outage(done.error().code))
      co_return fail(std::move(done.error()));
  }
  co_return Done{};
}

/// All partitions that are ours have been read to their ends.
bool Reader::Impl::at_end() const {
  return queue.empty() && consumer->unfinished() == 0 && !consumer->lag().empty() &&
         records_left(*consumer) == 0;
}

/// With `once` somebody waits for the end.
Done Reader::Impl::check_patience() const {
  if (!options.once || Clock::now() - heard_at < options.patience)
    return {};
  if (consumer->lag().empty())
    return fail(Errc::upstream_timed_out,
                "Kafka at " + options.kafka.brokers +
                  " has given us no partition: is it there, do the topics " +
                  options.kafka.topic_prefix +
                  "… exist, or does another instance read all of them?");
  return fail(Errc::upstream_timed_out, "Kafka says that " +
                                          std::to_string(records_left(*consumer)) +
                                          " records are left and gives none of them");
}

task<Done> Reader::Impl::loop() {
  while (!stopping) {
    if (auto done = co_await housekeeping(); !done)
      co_return done;
    if (auto fatal = consumer->fatal()) {
      spdlog::warn("event=analytics.consumer_lost why=\"{}\"", fatal->detail);
      consumer->close(5s);
      queue.clear();
      co_await wait(retry_after);
      if (auto opened = open(); !opened)
        co_return opened;
    }
    if (!queue.empty()) {
      if (auto done = co_await count(take()); !done)
        co_return done;
      continue;
    }
    if (options.once && at_end())
      co_return Done{};
    if (auto patient = check_patience(); !patient)
      co_return patient;
    co_await wait(look_every);
  }
  co_return Done{};
}

Reader::Reader(IoContext& io, storage::Database& database, const Trades& trades,
               ReaderOptions options)
    : impl_(std::make_unique<Impl>(io, database, trades, std::move(options))) {}

Reader::~Reader() = default;

task<Result<ReaderFigures>> Reader::run() {
  if (auto opened = impl_->open(); !opened)
    co_return fail(std::move(opened.error()));
  auto done = co_await impl_->loop();
  impl_->consumer->close(10s);
  if (!done)
    co_return fail(std::move(done.error()));
  co_return impl_->figures;
}

void Reader::stop() {
  impl_->stopping = true;
  impl_->wake.cancel();
}

}  // namespace jobraker::analytics
