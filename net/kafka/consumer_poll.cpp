#include <algorithm>

#include <librdkafka/rdkafka.h>
#include <spdlog/spdlog.h>

#include "net/http/log.hpp"
#include "net/kafka/consumer_core.hpp"
#include "net/kafka/handle.hpp"

namespace jobraker::net::kafka {
namespace {

using namespace std::chrono_literals;

constexpr auto poll_wait = 100ms;
constexpr auto store_every = 50ms;
// So long a consumer may not poll; a rebalancing group waits for it.
constexpr auto stall_after = 1000ms;

using PartitionList = Owned<rd_kafka_topic_partition_list_t, rd_kafka_topic_partition_list_destroy>;
using MessagePtr = Owned<rd_kafka_message_t, rd_kafka_message_destroy>;

std::string bytes_of(const void* bytes, std::size_t size) {
  return bytes == nullptr ? std::string{} : std::string{static_cast<const char*>(bytes), size};
}

std::vector<Header> headers_of(const rd_kafka_message_t& message) {
  std::vector<Header> headers;
  rd_kafka_headers_t* all = nullptr;
  if (rd_kafka_message_headers(&message, &all) != RD_KAFKA_RESP_ERR_NO_ERROR)
    return headers;
  const char* name = nullptr;
  const void* value = nullptr;
  std::size_t size = 0;
  for (std::size_t i = 0; rd_kafka_header_get_all(all, i, &name, &value, &size) == 0; ++i)
    headers.push_back({name, bytes_of(value, size)});
  return headers;
}

Time timestamp_of(const rd_kafka_message_t& message) {
  rd_kafka_timestamp_type_t type{};
  const auto ms = rd_kafka_message_timestamp(&message, &type);
  return type == RD_KAFKA_TIMESTAMP_NOT_AVAILABLE ? Time{} : Time{std::chrono::milliseconds{ms}};
}

PartitionList list_of(const std::vector<TopicPartition>& partitions) {
  PartitionList list{rd_kafka_topic_partition_list_new(static_cast<int>(partitions.size()))};
  for (const auto& [topic, partition] : partitions)
    rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), partition);
  return list;
}

/// The first (RD_KAFKA_OFFSET_BEGINNING) or the next (_END) offset of each partition; null when
/// nobody answers within a second.
PartitionList offsets_at(rd_kafka_t* handle, const std::vector<TopicPartition>& partitions,
                         std::int64_t which) {
  auto list = list_of(partitions);
  for (int i = 0; i < list->cnt; ++i)
    list->elems[i].offset = which;
  if (rd_kafka_offsets_for_times(handle, list.get(), to_ms(1s)) != 0)
    return {};
  return list;
}

}  // namespace

void Consumer::Core::run() {
  while (!stopping) {
    wait_for_room();
    turn();
    step(poll_wait, true);
    const auto now = Clock::now();
    if (now - stored_at >= store_every) {
      stored_at = now;
      store();
    }
    if (group.lag_every.count() > 0 && now - measured_at >= group.lag_every) {
      measured_at = now;
      measure();
    }
  }
  leave();
}

void Consumer::Core::wait_for_room() {
  std::unique_lock lock{mutex};
  if (assignment.stalled() || !assignment.full())
    return;
  if (!freed.wait_for(lock, stall_after, [this] { return stopping || !assignment.full(); }))
    assignment.stall();
}

bool Consumer::Core::step(std::chrono::milliseconds wait, bool hand_over) {
  const MessagePtr message{rd_kafka_consumer_poll(handle, to_ms(wait))};
  if (!message)
    return false;
  if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR)
    trouble(*message);
  else if (hand_over)
    hand(*message);
  return true;
}

void Consumer::Core::hand(const rd_kafka_message_t& message) {
  Received record;
  record.from = {rd_kafka_topic_name(message.rkt), message.partition};
  record.offset = message.offset;
  {
    const std::lock_guard lock{mutex};
    const auto epoch = assignment.hand(record.from, record.offset);
    if (!epoch)
      return;
    record.epoch = *epoch;
  }
  record.timestamp = timestamp_of(message);
  record.key = bytes_of(message.key, message.key_len);
  record.value = bytes_of(message.payload, message.len);
  record.headers = headers_of(message);
  calls.on_record(std::move(record));
}

void Consumer::Core::trouble(const rd_kafka_message_t& message) {
  log().warn("event=kafka.consumer_error group={} error=\"{}\" text=\"{}\"", group.name,
             rd_kafka_err2name(message.err), rd_kafka_message_errstr(&message));
  if (auto words = fatal_of(handle); !words.empty()) {
    const std::lock_guard lock{mutex};
    fatal = std::move(words);
  }
}

void Consumer::Core::store() {
  std::vector<Assignment::Position> progress;
  {
    const std::lock_guard lock{mutex};
    progress = assignment.take_progress();
  }
  if (progress.empty())
    return;
  const PartitionList list{rd_kafka_topic_partition_list_new(static_cast<int>(progress.size()))};
  for (const auto& [of, offset] : progress)
    rd_kafka_topic_partition_list_add(list.get(), of.topic.c_str(), of.partition)->offset = offset;
  // A partition that has just gone is somebody else's now: nothing to be done.
  rd_kafka_offsets_store(handle, list.get());
}

void Consumer::Core::turn() {
  Assignment::Turn turn;
  {
    const std::lock_guard lock{mutex};
    if (!assignment.turn_due())
      return;
    turn = assignment.turn();
  }
  if (!turn.pause.empty())
    rd_kafka_pause_partitions(handle, list_of(turn.pause).get());
  if (!turn.resume.empty())
    rd_kafka_resume_partitions(handle, list_of(turn.resume).get());
}

void Consumer::Core::measure() {
  std::vector<Assignment::Position> positions;
  {
    const std::lock_guard lock{mutex};
    positions = assignment.positions();
  }
  std::vector<PartitionLag> measured;
  if (!positions.empty()) {
    std::vector<TopicPartition> partitions;
    for (const auto& position : positions)
      partitions.push_back(position.of);
    const auto begins = offsets_at(handle, partitions, RD_KAFKA_OFFSET_BEGINNING);
    const auto ends = offsets_at(handle, partitions, RD_KAFKA_OFFSET_END);
    // Where nothing was handed over yet, what the group has committed is where it stands.
    const auto committed = list_of(partitions);
    if (!begins || !ends || rd_kafka_committed(handle, committed.get(), to_ms(1s)) != 0)
      return;
    for (std::size_t i = 0; i < positions.size(); ++i) {
      const auto& begin = begins->elems[i];
      const auto& end = ends->elems[i];
      if (begin.err != RD_KAFKA_RESP_ERR_NO_ERROR || end.err != RD_KAFKA_RESP_ERR_NO_ERROR ||
          end.offset < 0)
        continue;
      auto position = positions[i].offset;
      if (position < 0)
        position = committed->elems[i].offset;
      // What retention has deleted will not come.
      measured.push_back(
        {partitions[i], std::max({std::int64_t{0}, begin.offset, position}), end.offset});
    }
  }
  const std::lock_guard lock{mutex};
  lags = std::move(measured);
}

}  // namespace jobraker::net::kafka
