#include "tests/events/kafka_delivery.hpp"

#include <mutex>

#include "messages/make_event.hpp"
#include "net/kafka/cloud_events.hpp"
#include "net/kafka/consumer.hpp"
#include "storage/outbox.hpp"
#include "tests/support/kafka.hpp"

namespace jobraker::test {
namespace {

using Clock = std::chrono::steady_clock;

/// Whether an event whose commit had no clear outcome is there.
bool is_there(Loop& loop, storage::Database& db, Uuid id, Clock::time_point until) {
  for (;;) {
    auto rows = loop.run(db.query("SELECT (SELECT count(*) FROM outbox WHERE id = $1) + "
                                  "(SELECT count(*) FROM consumed_events WHERE event = $1)",
                                  {id}));
    if (rows)
      return rows->front().get<int>(0) > 0;
    if (Clock::now() > until)
      throw std::runtime_error("PostgreSQL does not come back: " + rows.error().detail);
    std::this_thread::sleep_for(std::chrono::milliseconds{50});
  }
}

}  // namespace

void Told::add(const Told& more) {
  for (const auto& [key, number] : more.last)
    last[key] = std::max(last[key], number);
  ids.insert(more.ids.begin(), more.ids.end());
}

Numbers Told::numbers() const {
  Numbers all;
  for (const auto& [key, number] : last)
    for (std::int64_t i = 1; i <= number; ++i)
      all[key].push_back(i);
  return all;
}

void tell(Loop& loop, storage::Database& db, Told& told, const std::string& key) {
  const auto until = Clock::now() + std::chrono::minutes{2};
  auto value = ++told.last[key];
  Event event{new_uuid(), Topic::match_found, "jobraker.test.v1", key, now(), std::to_string(value),
              ""};
  told.ids.insert(event.id);
  for (;;) {
    auto done = loop.run(storage::append_events(db, {event}));
    if (done)
      return;
    // Its outcome is not known while PostgreSQL is away: the event is there or it is not.
    if (done.error().code != Errc::unavailable && done.error().code != Errc::timed_out)
      throw std::runtime_error(done.error().detail);
    if (is_there(loop, db, event.id, until))
      return;
    if (Clock::now() > until)
      throw std::runtime_error("nothing can be committed: " + done.error().detail);
  }
}

void KafkaDelivery::prepare() {
  sql("CREATE TABLE effects_seen (n bigint GENERATED ALWAYS AS IDENTITY, key text, value bigint)");
  config.events.poll_ms = 50;
  config.kafka.topic_prefix = unique_word() + "-";
  config.kafka.group_prefix = config.kafka.topic_prefix;
  config.kafka.partitions = 3;
}

events::Consumer KafkaDelivery::recorder(std::function<Done()> inside) {
  return {"recorder",
          {Topic::match_found},
          [inside](const Event& event, const events::Once& once) -> task<Done> {
            auto fresh = co_await once([&](storage::Transaction& t) -> task<Done> {
              auto rows = co_await t.query("INSERT INTO effects_seen (key, value) VALUES ($1, $2)",
                                           {event.key, std::stoll(event.data)});
              if (!rows)
                co_return fail(std::move(rows.error()));
              if (inside)
                co_return inside();
              co_return Done{};
            });
            if (!fresh)
              co_return fail(std::move(fresh.error()));
            co_return Done{};
          }};
}

std::size_t KafkaDelivery::effects() {
  auto rows = run(db->query("SELECT count(*) FROM effects_seen"));
  return rows ? rows->front().get<std::size_t>(0) : 0;
}

void KafkaDelivery::check_all(const std::string& brokers) {
  eventually([&] { return effects() >= told.ids.size(); }, "not every event had its effect");
  Numbers seen;
  for (auto row : sql("SELECT key, value FROM effects_seen ORDER BY n"))
    seen[row.get<std::string>(0)].push_back(row.get<std::int64_t>(1));
  EXPECT_EQ(seen, told.numbers());
  eventually([&] { return must(run(storage::outbox_state(*db))).waiting == 0; },
             "the outbox is not empty");
  EXPECT_EQ(topic(brokers), told.numbers());
}

/// What a stranger reads from the topic, without repetitions.
Numbers KafkaDelivery::topic(const std::string& brokers) {
  std::mutex mutex;
  std::set<Uuid> known;
  Numbers found;
  auto settings = net::kafka::settings_of(config.kafka);
  settings.brokers = brokers;
  net::kafka::Group group;
  group.name = unique_word();
  group.topics = {net::kafka::topic_name(config.kafka.topic_prefix, Topic::match_found)};
  group.handed_max = group.window_max = 10'000'000;  // nothing that it reads is ever finished
  net::kafka::ConsumerCalls calls;
  calls.on_record = [&](net::kafka::Received received) {
    auto event = net::kafka::from_record(received, Topic::match_found);
    std::lock_guard lock{mutex};
    if (event && known.insert(event->id).second)
      found[event->key].push_back(std::stoll(event->data));
  };
  auto reader = must(net::kafka::Consumer::open(settings, group, calls));
  eventually(
    [&] {
      std::lock_guard lock{mutex};
      return known.size() >= told.ids.size();
    },
    "the topic does not hold every event");
  reader->close(std::chrono::seconds{3});
  for (const auto& [key, number] : told.last)
    if (const auto& read = found[key]; read.size() != static_cast<std::size_t>(number))
      ADD_FAILURE() << key << ": " << read.size() << " of " << number << " read, from "
                    << (read.empty() ? 0 : read.front()) << " to "
                    << (read.empty() ? 0 : read.back());
  EXPECT_EQ(known, told.ids);
  return found;
}

}  // namespace jobraker::test
