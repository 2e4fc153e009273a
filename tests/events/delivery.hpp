#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "storage/outbox.hpp"
#include "tests/support/pg.hpp"
#include "tools/bench/events/event_node.hpp"

namespace jobraker::test {

using bench::EventNode;
using events::Consumer;
using events::Once;

/// Events from the outbox to consumers of the same process. The effect of the test's consumer is
/// one that shows repetitions: a row for each handling.
struct DeliveryTest : PgTest {
  void SetUp() override {
    PgTest::SetUp();
    if (!db)
      return;
    sql(
      "CREATE TABLE effects_seen (n bigint GENERATED ALWAYS AS IDENTITY, consumer text, key text, "
      "value bigint)");
    config.events.poll_ms = 50;
    config.events.attempts_max = 3;
  }

  Event event_of(const std::string& key, int value, Topic topic = Topic::match_found) {
    return {new_uuid(), topic, "jobraker.test.v1", key, now(), std::to_string(value), ""};
  }

  void tell(std::vector<Event> events) {
    must(run(storage::append_events(*db, std::move(events))));
  }

  /// Writes down what it handles; `before` may fail, `inside` may fail in the transaction.
  Consumer recorder(std::string name, std::vector<Topic> topics,
                    std::function<Done(const Event&)> before = {},
                    std::function<Done(const Event&)> inside = {}) {
    return {name, std::move(topics),
            [name, before, inside](const Event& event, const Once& once) -> task<Done> {
              if (before)
                if (auto good = before(event); !good)
                  co_return good;
              auto fresh = co_await once([&](storage::Transaction& t) -> task<Done> {
                auto rows = co_await t.query(
                  "INSERT INTO effects_seen (consumer, key, value) VALUES ($1, $2, $3)",
                  {name, event.key, std::stoll(event.data)});
                if (!rows)
                  co_return fail(std::move(rows.error()));
                if (inside)
                  if (auto good = inside(event); !good)
                    co_return good;
                co_return Done{};
              });
              if (!fresh)
                co_return fail(std::move(fresh.error()));
              co_return Done{};
            }};
  }

  /// Waits until the outbox is empty.
  void drained() {
    auto end = std::chrono::steady_clock::now() + std::chrono::minutes{1};
    while (must(run(storage::outbox_state(*db))).waiting > 0) {
      ASSERT_LT(std::chrono::steady_clock::now(), end) << "the outbox was not told";
      std::this_thread::sleep_for(std::chrono::milliseconds{20});
    }
  }
  std::map<std::string, std::vector<std::int64_t>> seen(const std::string& consumer) {
    std::map<std::string, std::vector<std::int64_t>> by_key;
    for (auto row :
         sql("SELECT key, value FROM effects_seen WHERE consumer = $1 ORDER BY n", {consumer}))
      by_key[row.get<std::string>(0)].push_back(row.get<std::int64_t>(1));
    return by_key;
  }

  template <class Check>
  void eventually(Check check, const char* what) {
    auto end = std::chrono::steady_clock::now() + std::chrono::minutes{1};
    while (!check()) {
      ASSERT_LT(std::chrono::steady_clock::now(), end) << what;
      std::this_thread::sleep_for(std::chrono::milliseconds{10});
    }
  }

  Config config{};
};

}  // namespace jobraker::test
