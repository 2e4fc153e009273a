#include <atomic>
#include <future>

#include <gtest/gtest.h>

#include "storage/migrate.hpp"
#include "tests/events/kafka_delivery.hpp"
#include "tests/support/kafka.hpp"
#include "tests/support/pg_cluster.hpp"

namespace jobraker {
namespace {

using bench::EventNode;

/// Several who commit events at the same time, each of keys of its own, until finish().
class Writers {
public:
  Writers(const storage::Settings& settings, int count) {
    for (int i = 0; i < count; ++i)
      running_.push_back(std::async(std::launch::async, [this, settings, i] {
        return write(settings, "w" + std::to_string(i) + "-");
      }));
  }
  ~Writers() { stop_ = true; }
  Writers(const Writers&) = delete;
  Writers& operator=(const Writers&) = delete;

  int committed() const { return committed_; }

  /// All that they have committed; throws what went wrong.
  test::Told finish() {
    stop_ = true;
    test::Told all;
    for (auto& one : running_)
      all.add(one.get());
    return all;
  }

private:
  test::Told write(storage::Settings settings, const std::string& who) {
    test::Told told;
    test::Loop loop;
    settings.connections = 1;
    storage::Database db{loop.io, settings};
    for (int i = 0; !stop_; ++i) {
      test::tell(loop, db, told, who + std::to_string(i % 5));
      ++committed_;
    }
    return told;
  }

  std::atomic<bool> stop_{false};
  std::atomic<int> committed_{0};
  std::vector<std::future<test::Told>> running_;  // last: their destructors wait
};

/// A PostgreSQL that crashes and recovers while events are committed, published and consumed.
struct PostgresCrashTest : test::KafkaDelivery {
  void SetUp() override {
    if (!test::PgCluster::possible())
      GTEST_SKIP() << "PostgreSQL 15 is not installed: no cluster to crash (tools/dev/setup)";
    cluster = std::make_unique<test::PgCluster>();
    settings.url = cluster->url();
    test::must(storage::migrate(settings));
    db = std::make_unique<storage::Database>(loop.io, settings);
    prepare();
  }
  void TearDown() override {
    PgTest::TearDown();
    cluster.reset();
  }

  /// Until so many more were committed, and so many more had their effect: all is under way.
  void under_way(const Writers& writers, int more) {
    auto commits = writers.committed() + more;
    auto handlings = handled->load() + more;
    eventually([&] { return writers.committed() >= commits && *handled >= handlings; },
               "nothing is committed or nothing is handled any more");
  }

  events::Consumer counting() {
    return recorder([count = handled]() -> Done {
      ++*count;
      return {};
    });
  }

  std::unique_ptr<test::PgCluster> cluster;
  std::shared_ptr<std::atomic<int>> handled = std::make_shared<std::atomic<int>>(0);
};

TEST_F(PostgresCrashTest, ThreeCrashesUnderLoadLoseNothingAndRepeatNothing) {
  config.kafka.brokers = test::kafka_brokers();
  EventNode node{config, settings, {counting()}};
  Writers writers{settings, 3};
  for (int round = 0; round < 3; ++round) {
    under_way(writers, 100);
    cluster->crash();
    cluster->start();
  }
  under_way(writers, 100);
  told = writers.finish();
  check_all(config.kafka.brokers);
  node.stop(true);
}

TEST_F(PostgresCrashTest, ACrashTogetherWithTheBrokersLosesNothingEither) {
  test::KafkaBroker broker;
  config.kafka.brokers = broker.address();
  EventNode node{config, settings, {counting()}};
  Writers writers{settings, 2};
  under_way(writers, 50);
  broker.kill();
  cluster->crash();
  cluster->start();
  broker.start();
  under_way(writers, 50);
  cluster->crash();
  broker.kill();
  broker.start();
  cluster->start();
  under_way(writers, 50);
  told = writers.finish();
  check_all(broker.address());
  node.stop(true);
}

}  // namespace
}  // namespace jobraker
