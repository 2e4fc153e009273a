#include <atomic>
#include <iostream>
#include <mutex>
#include <thread>
#include <unordered_map>

#include <CLI/CLI.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <spdlog/spdlog.h>

#include "actors/events/event_system.hpp"
#include "messages/make_event.hpp"
#include "messages/task.hpp"
#include "net/kafka/cloud_events.hpp"
#include "net/kafka/consumer.hpp"
#include "net/kafka/producer.hpp"
#include "net/kafka/topics.hpp"
#include "storage/database.hpp"
#include "storage/migrate.hpp"
#include "storage/outbox.hpp"
#include "tools/bench/events/event_node.hpp"

/// How fast events get from a commit to Kafka, beside a producer that does nothing else.
namespace jobraker::bench {
namespace {

using Clock = std::chrono::steady_clock;
using net::kafka::Producer;

struct Options {
  std::string database{};
  std::string brokers{};
  int events = 100'000;
  int rounds = 3;
  int rate = 1000;
  int seconds = 10;
};

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

template <class T>
T must(Result<T> result) {
  if (!result)
    throw std::runtime_error(std::string{to_string(result.error().code)} + ": " +
                             result.error().detail);
  if constexpr (!std::is_void_v<T>)
    return std::move(*result);
}

MatchFound match(int i) {
  return {UserId::of("user " + std::to_string(i % 5000)), JobId::of("job " + std::to_string(i)),
          81.5, 0.7, "posting"};
}

/// One thread with one database: what the writers of the events are.
class Writer {
public:
  explicit Writer(const std::string& url) {
    storage::Settings settings;
    settings.url = url;
    settings.connections = 4;
    settings.on_told = [this] {
      if (on_told)
        on_told();
    };
    database_ = std::make_unique<storage::Database>(io_, settings);
  }
  ~Writer() { database_->close(); }

  std::function<void()> on_told{};  ///< as the server's own commits wake its outbox
  storage::Database& database() { return *database_; }
  IoContext& io() { return io_; }

  template <class T>
  T run(task<T> work) {
    std::optional<T> value;
    asio::co_spawn(io_, std::move(work), [&](std::exception_ptr error, T result) {
      if (error)
        std::rethrow_exception(error);
      value.emplace(std::move(result));
    });
    while (!value) {
      io_.restart();
      io_.run_one();
    }
    return std::move(*value);
  }

private:
  IoContext io_{1};
  std::unique_ptr<storage::Database> database_;
};

Config config_of(const Options& options) {
  Config config;
  config.kafka.brokers = options.brokers;
  config.kafka.topic_prefix = "bench-";
  config.database.url = options.database;
  return config;
}

storage::Settings settings_of(const Options& options) {
  storage::Settings settings;
  settings.url = options.database;
  return settings;
}

/// Records a second of the producer alone: the same records, nothing before and after it.
double plain(const Options& options) {
  std::atomic<int> reported{0};
  auto producer = must(Producer::open(net::kafka::settings_of(config_of(options).kafka),
                                      [&](std::vector<net::kafka::Delivery> reports) {
                                        reported += static_cast<int>(reports.size());
                                      }));
  auto begin = Clock::now();
  for (int i = 0; i < options.events; ++i) {
    auto record = net::kafka::to_record(make_event(match(i), now()), "bench-match-found");
    while (!producer->produce(record, static_cast<std::uint64_t>(i)))
      std::this_thread::sleep_for(std::chrono::milliseconds{1});
  }
  must(producer->flush(std::chrono::minutes{2}));
  return options.events / seconds_since(begin);
}

/// Events a second from a full outbox to Kafka, until the outbox is empty.
double drain(const Options& options, Writer& writer) {
  constexpr int batch = 1000;
  for (int i = 0; i < options.events; i += batch) {
    std::vector<Event> events;
    for (int j = i; j < std::min(i + batch, options.events); ++j)
      events.push_back(make_event(match(j), now()));
    must(writer.run(storage::append_events(writer.database(), std::move(events))));
  }
  auto begin = Clock::now();
  EventNode node{config_of(options), settings_of(options), {}};
  // Counting the rows that wait costs PostgreSQL more than telling them, so only the last are.
  while (node.events().shared().outbox.told < options.events)
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  while (must(writer.run(storage::outbox_state(writer.database()))).waiting > 0)
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
  auto rate = options.events / seconds_since(begin);
  node.stop(true);
  return rate;
}

/// Waits from the answer to a commit until somebody else reads the record, at a steady rate.
std::vector<double> delays(const Options& options, Writer& writer) {
  std::mutex mutex;
  std::unordered_map<Uuid, Clock::time_point> committed;
  std::unordered_map<Uuid, Clock::time_point> read;
  EventNode node{config_of(options), settings_of(options), {}};
  writer.on_told = [&] { node.wake(); };
  net::kafka::Group group;
  group.name = "bench-" + to_string(new_uuid());
  group.topics = {"bench-match-found"};
  group.handed_max = 1'000'000;
  std::unique_ptr<net::kafka::Consumer> consumer;
  std::atomic<bool> there{false};
  net::kafka::ConsumerCalls calls;
  calls.on_record = [&](net::kafka::Received received) {
    auto at = Clock::now();
    if (auto event = net::kafka::from_record(received, Topic::match_found)) {
      std::lock_guard lock{mutex};
      read.emplace(event->id, at);
      there = true;
    }
    while (!consumer)
      std::this_thread::yield();
    consumer->done(received.from, received.offset);
  };
  consumer = must(
    net::kafka::Consumer::open(net::kafka::settings_of(config_of(options).kafka), group, calls));
  auto write_one = [&](int i) -> task<bool> {
    auto event = make_event(match(i), now());
    auto id = event.id;
    must(co_await storage::append_events(writer.database(), {std::move(event)}));
    auto at = Clock::now();
    std::lock_guard lock{mutex};
    committed.emplace(id, at);
    co_return true;
  };
  // The group has joined once the first event of this run has been read.
  writer.run(write_one(-1));
  auto first = committed.begin()->first;
  for (;;) {
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
    std::lock_guard lock{mutex};
    if (read.contains(first))
      break;
  }
  {
    std::lock_guard lock{mutex};
    committed.clear();
  }
  auto begin = Clock::now();
  for (int i = 0; i < options.rate * options.seconds; ++i) {
    auto due = begin + std::chrono::microseconds{1'000'000LL * i / options.rate};
    while (Clock::now() < due) {
      writer.io().restart();
      writer.io().run_for(std::chrono::microseconds{200});
    }
    asio::co_spawn(writer.io(), write_one(i), asio::detached);
  }
  auto end = Clock::now() + std::chrono::seconds{30};
  auto wanted = static_cast<std::size_t>(options.rate) * static_cast<std::size_t>(options.seconds);
  for (bool all = false; !all && Clock::now() < end;) {
    writer.io().restart();
    writer.io().run_for(std::chrono::milliseconds{20});
    std::lock_guard lock{mutex};
    all = committed.size() == wanted;
    for (const auto& [id, at] : committed)
      all = all && read.contains(id);
  }
  consumer->close(std::chrono::seconds{3});
  writer.on_told = {};
  node.stop(true);
  std::vector<double> waits;
  for (const auto& [id, at] : committed)
    if (auto found = read.find(id); found != read.end())
      waits.push_back(std::chrono::duration<double, std::milli>(found->second - at).count());
  std::sort(waits.begin(), waits.end());
  return waits;
}

int run(const Options& options) {
  must(storage::migrate(settings_of(options)));
  must(net::kafka::ensure_topics(net::kafka::settings_of(config_of(options).kafka),
                                 {"bench-match-found"}, 6, 1, std::chrono::seconds{30}));
  Writer writer{options.database};
  for (int round = 0; round < options.rounds; ++round) {
    auto alone = plain(options);
    auto outbox = drain(options, writer);
    std::cout << "producer " << static_cast<int>(alone) << "/s   outbox "
              << static_cast<int>(outbox) << "/s   ratio " << outbox / alone << std::endl;
  }
  auto waits = delays(options, writer);
  auto at = [&](double part) {
    return waits[static_cast<std::size_t>(part * static_cast<double>(waits.size() - 1))];
  };
  std::cout << "commit to reader at " << options.rate << "/s: " << waits.size() << " of "
            << options.rate * options.seconds << " read, p50 " << at(0.5) << " ms, p99 " << at(0.99)
            << " ms, max " << at(1) << " ms" << std::endl;
  return waits.size() == static_cast<std::size_t>(options.rate * options.seconds) ? 0 : 1;
}

}  // namespace
}  // namespace jobraker::bench

int main(int argc, char** argv) {
  jobraker::bench::Options options;
  CLI::App app{"Events from a commit to Kafka, beside a plain producer"};
  app.add_option("--database", options.database, "an empty database")->required();
  app.add_option("--brokers", options.brokers, "host:port")->required();
  app.add_option("--events", options.events, "in each round");
  app.add_option("--rounds", options.rounds);
  app.add_option("--rate", options.rate, "events a second while delays are measured");
  app.add_option("--seconds", options.seconds, "of that");
  CLI11_PARSE(app, argc, argv);
  spdlog::set_level(spdlog::level::warn);
  try {
    return jobraker::bench::run(options);
  } catch (const std::exception& error) {
    std::cerr << error.what() << "\n";
    return 2;
  }
}
