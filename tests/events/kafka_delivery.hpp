#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "config/config.hpp"
#include "tests/support/pg.hpp"
#include "tools/bench/events/event_node.hpp"

namespace jobraker::test {

/// Of each key the numbers that its events carry.
using Numbers = std::map<std::string, std::vector<std::int64_t>>;

/// What was committed, as whoever committed it knows it.
struct Told {
  std::map<std::string, std::int64_t> last{};  ///< of each key: its events are 1 … last
  std::set<Uuid> ids{};

  void add(const Told& more);
  Numbers numbers() const;
};

/// Commits one more event of a key, its number in the order of the key, and writes it down in
/// `told`. While PostgreSQL is away it is tried again, until it is known to be there once; throws
/// after two minutes of that.
void tell(Loop& loop, storage::Database& db, Told& told, const std::string& key);

/// From commits through the outbox, a real broker and consumers to effects.
struct KafkaDelivery : PgTest {
  /// Once there is a database: the table of the effects, and names on the broker that nobody has.
  void prepare();

  void tell(const std::string& key) { test::tell(loop, *db, told, key); }

  /// Writes down each handling; `inside` is called in the transaction, after the effect.
  events::Consumer recorder(std::function<Done()> inside = {});
  std::size_t effects();

  /// Every event had one effect, those of each key in their order; the outbox is empty, and the
  /// topic holds every event, the first copies of each key in order.
  void check_all(const std::string& brokers);

  template <class Check>
  void eventually(Check check, const char* what) {
    auto end = std::chrono::steady_clock::now() + std::chrono::minutes{2};
    while (!check()) {
      ASSERT_LT(std::chrono::steady_clock::now(), end) << what;
      std::this_thread::sleep_for(std::chrono::milliseconds{50});
    }
  }

  Config config{};
  Told told{};

private:
  Numbers topic(const std::string& brokers);
};

}  // namespace jobraker::test
