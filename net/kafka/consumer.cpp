#include "net/kafka/consumer.hpp"

#include <algorithm>

#include <librdkafka/rdkafka.h>

#include "net/kafka/consumer_core.hpp"
#include "net/kafka/handle.hpp"

namespace jobraker::net::kafka {
namespace {

Options consumer_options(const Group& group) {
  const auto session = group.session_timeout.count();
  return {
    {"group.id", group.name},
    {"enable.auto.offset.store", "false"},
    {"enable.auto.commit", "true"},
    {"auto.commit.interval.ms", "1000"},
    {"auto.offset.reset", "earliest"},
    {"partition.assignment.strategy", "cooperative-sticky"},
    {"session.timeout.ms", std::to_string(session)},
    {"heartbeat.interval.ms", std::to_string(std::clamp<std::int64_t>(session / 5, 200, 3000))},
    {"max.poll.interval.ms", std::to_string(std::max<std::int64_t>(session, 300000))},
    {"queued.min.messages",
     std::to_string(std::clamp<std::size_t>(group.handed_max, 1000, 100000))},
    {"queued.max.messages.kbytes", "16384"},
    {"topic.metadata.refresh.interval.ms", "60000"},
  };
}

Done subscribe(rd_kafka_t* handle, const std::vector<std::string>& topics) {
  const Owned<rd_kafka_topic_partition_list_t, rd_kafka_topic_partition_list_destroy> list{
    rd_kafka_topic_partition_list_new(static_cast<int>(topics.size()))};
  for (const auto& topic : topics)
    rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), RD_KAFKA_PARTITION_UA);
  if (const auto code = rd_kafka_subscribe(handle, list.get()); code != RD_KAFKA_RESP_ERR_NO_ERROR)
    return fail(Errc::invalid, "Kafka: " + describe(code));
  return {};
}

}  // namespace

Consumer::Consumer(std::shared_ptr<Core> core) : core_(std::move(core)) {}

Consumer::~Consumer() { close(std::chrono::seconds{5}); }

Result<std::unique_ptr<Consumer>> Consumer::open(const Settings& settings, Group group,
                                                 ConsumerCalls calls) {
  auto conf = make_conf(settings, consumer_options(group));
  if (!conf)
    return fail(std::move(conf.error()));
  auto core = std::make_shared<Core>(std::move(group), std::move(calls));
  rd_kafka_conf_set_opaque(conf->get(), core.get());
  rd_kafka_conf_set_rebalance_cb(
    conf->get(),
    [](rd_kafka_t*, rd_kafka_resp_err_t code, rd_kafka_topic_partition_list_t* partitions,
       void* opaque) { static_cast<Core*>(opaque)->on_rebalance(code, partitions); });
  auto handle = open_handle(Kind::consumer, std::move(*conf));
  if (!handle)
    return fail(std::move(handle.error()));
  core->handle = *handle;
  // Events of the whole client then come out of the same poll as the records.
  rd_kafka_poll_set_consumer(core->handle);
  if (auto subscribed = subscribe(core->handle, core->group.topics); !subscribed) {
    destroy_within(core->handle, std::chrono::seconds{2}, core);
    return fail(std::move(subscribed.error()));
  }
  core->wake = rd_kafka_queue_get_consumer(core->handle);
  core->thread = std::thread{[core = core.get()] { core->run(); }};
  return std::unique_ptr<Consumer>(new Consumer(std::move(core)));
}

void Consumer::done(const TopicPartition& from, std::int64_t offset) {
  const std::lock_guard lock{core_->mutex};
  core_->assignment.finish(from, offset);
  core_->freed.notify_one();
  if (core_->assignment.turn_due() && core_->wake != nullptr)
    rd_kafka_queue_yield(core_->wake);
}

std::size_t Consumer::unfinished() const {
  const std::lock_guard lock{core_->mutex};
  return core_->assignment.unfinished();
}

std::vector<PartitionLag> Consumer::lag() const {
  const std::lock_guard lock{core_->mutex};
  return core_->lags;
}

std::optional<Error> Consumer::fatal() const {
  const std::lock_guard lock{core_->mutex};
  if (core_->fatal.empty())
    return std::nullopt;
  return Error{Errc::unavailable, "the Kafka consumer has failed: " + core_->fatal};
}

void Consumer::close(std::chrono::milliseconds limit) {
  if (!core_->thread.joinable())
    return;
  core_->close_limit = limit.count();
  {
    const std::lock_guard lock{core_->mutex};
    core_->stopping = true;
    core_->freed.notify_one();
    if (core_->wake != nullptr)
      rd_kafka_queue_yield(core_->wake);
  }
  core_->thread.join();
}

}  // namespace jobraker::net::kafka
