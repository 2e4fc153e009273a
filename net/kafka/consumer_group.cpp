#include <cstdlib>
#include <cstring>

#include <librdkafka/rdkafka.h>
#include <spdlog/spdlog.h>

#include "net/http/log.hpp"
#include "net/kafka/consumer_core.hpp"
#include "net/kafka/handle.hpp"

/// How a consumer's partitions come and go, and how it leaves its group.
namespace jobraker::net::kafka {
namespace {

using namespace std::chrono_literals;

constexpr auto serve_wait = 50ms;
constexpr auto destroy_limit = 2000ms;

using Queue = Owned<rd_kafka_queue_t, rd_kafka_queue_destroy>;
using Event = Owned<rd_kafka_event_t, rd_kafka_event_destroy>;

std::vector<TopicPartition> partitions_of(const rd_kafka_topic_partition_list_t* list) {
  std::vector<TopicPartition> partitions;
  for (int i = 0; i < list->cnt; ++i)
    partitions.push_back({list->elems[i].topic, list->elems[i].partition});
  return partitions;
}

bool is_cooperative(rd_kafka_t* handle) {
  const auto* protocol = rd_kafka_rebalance_protocol(handle);
  return protocol != nullptr && std::strcmp(protocol, "COOPERATIVE") == 0;
}

void note(rd_kafka_error_t* error, std::string_view what) {
  if (error == nullptr)
    return;
  log().warn("event=kafka.rebalance_error what={} text=\"{}\"", what, rd_kafka_error_string(error));
  rd_kafka_error_destroy(error);
}

}  // namespace

void Consumer::Core::on_rebalance(int code, List* partitions) {
  if (code == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS)
    assign(partitions);
  else if (code == RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS)
    revoke(partitions);
  else
    rd_kafka_assign(handle, nullptr);
}

void Consumer::Core::assign(List* partitions) {
  was_assigned = true;
  {
    const std::lock_guard lock{mutex};
    for (const auto& partition : partitions_of(partitions))
      assignment.add(partition);
  }
  if (is_cooperative(handle))
    note(rd_kafka_incremental_assign(handle, partitions), "assign");
  else
    rd_kafka_assign(handle, partitions);
  // Before one of their records comes.
  turn();
}

void Consumer::Core::revoke(List* partitions) {
  // Partitions that were lost have another reader already, whose progress ours would turn back.
  if (rd_kafka_assignment_lost(handle) == 0)
    store();
  const auto gone = partitions_of(partitions);
  const Owned<rd_kafka_topic_partition_list_t, rd_kafka_topic_partition_list_destroy> paused{
    rd_kafka_topic_partition_list_new(partitions->cnt)};
  {
    const std::lock_guard lock{mutex};
    for (const auto& partition : gone)
      if (assignment.remove(partition))
        rd_kafka_topic_partition_list_add(paused.get(), partition.topic.c_str(),
                                          partition.partition);
  }
  // librdkafka would remember it until the partition comes back.
  if (paused->cnt > 0)
    rd_kafka_resume_partitions(handle, paused.get());
  if (calls.on_revoked && !gone.empty())
    calls.on_revoked(gone);
  // What is stored is committed by the library now.
  if (is_cooperative(handle))
    note(rd_kafka_incremental_unassign(handle, partitions), "unassign");
  else
    rd_kafka_assign(handle, nullptr);
}

bool Consumer::Core::wait_for_assignment(Clock::time_point until) {
  while (!was_assigned && Clock::now() < until)
    step(serve_wait, false);
  return was_assigned;
}

bool Consumer::Core::close_handle(Clock::time_point until) {
  const Queue queue{rd_kafka_queue_new(handle)};
  note(rd_kafka_consumer_close_queue(handle, queue.get()), "close");
  while (rd_kafka_consumer_closed(handle) == 0) {
    if (Clock::now() >= until)
      return false;
    const Event event{rd_kafka_queue_poll(queue.get(), to_ms(serve_wait))};
    if (event && rd_kafka_event_type(event.get()) == RD_KAFKA_EVENT_REBALANCE)
      on_rebalance(rd_kafka_event_error(event.get()),
                   rd_kafka_event_topic_partition_list(event.get()));
  }
  return true;
}

void Consumer::Core::leave() {
  const auto begin = Clock::now();
  const std::chrono::milliseconds limit{close_limit.load()};
  // 2.0.2 aborts the process when a cooperative consumer is destroyed between joining and its first
  // assignment (librdkafka issue 4312), so that one is waited for.
  const bool assigned = wait_for_assignment(begin + limit / 2);
  store();
  {
    const std::lock_guard lock{mutex};
    rd_kafka_queue_destroy(wake);
    wake = nullptr;
  }
  if (!assigned) {
    const Owned<char, std::free> member{rd_kafka_memberid(handle)};
    if (member && *member != '\0') {
      // It has joined, and no broker answers: safer to leave the handle where it is.
      log().error("event=kafka.consumer_abandoned group={}", group.name);
      rd_kafka_unsubscribe(handle);
      static_cast<void>(new std::shared_ptr<Core>(shared_from_this()));
      return;
    }
  }
  // It may also wait for ever when partitions arrive just now (issue 4527), hence the limit.
  if (!close_handle(begin + limit))
    log().warn("event=kafka.consumer_not_closed group={}", group.name);
  destroy_within(handle, destroy_limit, shared_from_this());
}

}  // namespace jobraker::net::kafka
