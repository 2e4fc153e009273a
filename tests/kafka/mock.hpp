#pragma once

#include <string>
#include <vector>

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

namespace jobraker::net::kafka {

/// librdkafka's own broker in this process: for errors that a real one gives only in bad times.
class MockCluster {
public:
  MockCluster() {
    auto* conf = rd_kafka_conf_new();
    rd_kafka_conf_set(conf, "log_level", "0", nullptr, 0);
    owner_ = rd_kafka_new(RD_KAFKA_PRODUCER, conf, nullptr, 0);
    cluster_ = rd_kafka_mock_cluster_new(owner_, 1);
  }
  ~MockCluster() {
    rd_kafka_mock_cluster_destroy(cluster_);
    rd_kafka_destroy(owner_);
  }
  MockCluster(const MockCluster&) = delete;
  MockCluster& operator=(const MockCluster&) = delete;

  std::string brokers() const { return rd_kafka_mock_cluster_bootstraps(cluster_); }
  void make_topic(const std::string& name, int partitions) {
    rd_kafka_mock_topic_create(cluster_, name.c_str(), partitions, 1);
  }
  /// The next requests of this kind are answered with these errors, one each.
  void answer(std::int16_t api, std::vector<rd_kafka_resp_err_t> errors) {
    rd_kafka_mock_push_request_errors_array(cluster_, api, errors.size(), errors.data());
  }
  /// The next request of this kind is answered late with this error.
  void answer_late(std::int16_t api, rd_kafka_resp_err_t error, int ms) {
    rd_kafka_mock_broker_push_request_error_rtts(cluster_, 1, api, 1, error, ms);
  }
  /// The next request of this kind is answered late.
  void delay(std::int16_t api, int ms) { answer_late(api, RD_KAFKA_RESP_ERR_NO_ERROR, ms); }
  /// How many of them have not been used yet.
  std::size_t left(std::int16_t api) {
    std::size_t count = 0;
    rd_kafka_mock_broker_error_stack_cnt(cluster_, 1, api, &count);
    return count;
  }
  void set_down() { rd_kafka_mock_broker_set_down(cluster_, 1); }
  void set_up() { rd_kafka_mock_broker_set_up(cluster_, 1); }

  // Kafka's numbers of requests (protocol guide, "Api Keys").
  static constexpr std::int16_t produce = 0;
  static constexpr std::int16_t heartbeat = 12;
  static constexpr std::int16_t offset_commit = 8;
  static constexpr std::int16_t sync_group = 14;

private:
  rd_kafka_t* owner_ = nullptr;
  rd_kafka_mock_cluster_t* cluster_ = nullptr;
};

}  // namespace jobraker::net::kafka
