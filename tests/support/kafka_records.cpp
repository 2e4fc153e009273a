#include "tests/support/kafka_records.hpp"

#include <memory>
#include <stdexcept>

#include <librdkafka/rdkafka.h>

namespace jobraker::test {
namespace {

constexpr int limit_ms = 60'000;

template <auto destroy>
struct Destroy {
  template <class T>
  void operator()(T* thing) const {
    destroy(thing);
  }
};
template <class T, auto destroy>
using Owned = std::unique_ptr<T, Destroy<destroy>>;

Owned<rd_kafka_t, rd_kafka_destroy> connect(const std::string& brokers) {
  auto* conf = rd_kafka_conf_new();
  rd_kafka_conf_set(conf, "bootstrap.servers", brokers.c_str(), nullptr, 0);
  return Owned<rd_kafka_t, rd_kafka_destroy>{rd_kafka_new(RD_KAFKA_PRODUCER, conf, nullptr, 0)};
}

}  // namespace

void delete_records(const std::string& brokers, const std::string& topic, int partition,
                    std::int64_t before) {
  const auto handle = connect(brokers);
  const Owned<rd_kafka_topic_partition_list_t, rd_kafka_topic_partition_list_destroy> list{
    rd_kafka_topic_partition_list_new(1)};
  rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), partition)->offset = before;
  const Owned<rd_kafka_DeleteRecords_t, rd_kafka_DeleteRecords_destroy> wish{
    rd_kafka_DeleteRecords_new(list.get())};
  const Owned<rd_kafka_queue_t, rd_kafka_queue_destroy> queue{rd_kafka_queue_new(handle.get())};
  auto* wishes = wish.get();
  rd_kafka_DeleteRecords(handle.get(), &wishes, 1, nullptr, queue.get());
  const Owned<rd_kafka_event_t, rd_kafka_event_destroy> event{
    rd_kafka_queue_poll(queue.get(), limit_ms)};
  if (!event || rd_kafka_event_error(event.get()) != RD_KAFKA_RESP_ERR_NO_ERROR)
    throw std::runtime_error("the broker deletes no records");
  const auto* done =
    rd_kafka_DeleteRecords_result_offsets(rd_kafka_event_DeleteRecords_result(event.get()));
  if (done->cnt != 1 || done->elems[0].err != RD_KAFKA_RESP_ERR_NO_ERROR)
    throw std::runtime_error("the broker does not delete the records of " + topic);
}

}  // namespace jobraker::test
