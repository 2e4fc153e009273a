#include "net/kafka/topics.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <thread>

#include <librdkafka/rdkafka.h>

#include "net/kafka/handle.hpp"

namespace jobraker::net::kafka {
namespace {

using Queue = Owned<rd_kafka_queue_t, rd_kafka_queue_destroy>;
using Event = Owned<rd_kafka_event_t, rd_kafka_event_destroy>;
using AdminOptions = Owned<rd_kafka_AdminOptions_t, rd_kafka_AdminOptions_destroy>;
using NewTopic = Owned<rd_kafka_NewTopic_t, rd_kafka_NewTopic_destroy>;
using Topic = Owned<rd_kafka_topic_t, rd_kafka_topic_destroy>;
using Clock = std::chrono::steady_clock;
using Stop = std::function<bool()>;

// So long nobody asks `stop`.
constexpr int slice = 200;

Error stopped() { return {Errc::cancelled, "stopped before the topics were there"}; }

Result<std::vector<NewTopic>> new_topics(const std::vector<std::string>& names, int partitions,
                                         int replication) {
  std::vector<NewTopic> topics;
  std::array<char, 512> words{};
  for (const auto& name : names) {
    topics.emplace_back(
      rd_kafka_NewTopic_new(name.c_str(), partitions, replication, words.data(), words.size()));
    if (!topics.back())
      return fail(Errc::invalid, "topic " + name + ": " + words.data());
  }
  return topics;
}

AdminOptions admin_options(rd_kafka_t* handle, int limit) {
  AdminOptions options{rd_kafka_AdminOptions_new(handle, RD_KAFKA_ADMIN_OP_CREATETOPICS)};
  std::array<char, 512> words{};
  rd_kafka_AdminOptions_set_request_timeout(options.get(), limit, words.data(), words.size());
  // How long the broker may take until all of Kafka knows them.
  rd_kafka_AdminOptions_set_operation_timeout(options.get(), limit, words.data(), words.size());
  return options;
}

bool exists(rd_kafka_t* handle, const char* name, int limit) {
  const Topic topic{rd_kafka_topic_new(handle, name, nullptr)};
  const rd_kafka_metadata_t* found = nullptr;
  if (!topic || rd_kafka_metadata(handle, 0, topic.get(), &found, limit) != 0)
    return false;
  const bool there =
    found->topic_cnt == 1 && found->topics[0].err == 0 && found->topics[0].partition_cnt > 0;
  rd_kafka_metadata_destroy(found);
  return there;
}

// The answer, or nothing when there is none in time.
Result<Event> answer(rd_kafka_queue_t* queue, int limit, const Stop& stop) {
  const auto until = Clock::now() + std::chrono::milliseconds{limit};
  while (Clock::now() < until) {
    if (stop && stop())
      return fail(stopped());
    if (Event event{rd_kafka_queue_poll(queue, std::min(slice, limit))})
      return event;
  }
  return fail(Errc::unavailable, "no Kafka broker answers");
}

Done check(rd_kafka_t* handle, const rd_kafka_topic_result_t* result, int limit) {
  const auto code = rd_kafka_topic_result_error(result);
  const auto* name = rd_kafka_topic_result_name(result);
  if (code == RD_KAFKA_RESP_ERR_NO_ERROR || code == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS)
    return {};
  const bool no_right = code == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED ||
                        code == RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED;
  if (no_right && exists(handle, name, limit))
    return {};
  const auto* words = rd_kafka_topic_result_error_string(result);
  return fail(code == RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT ? Errc::unavailable
                                                          : Errc::upstream_failed,
              std::string{"Kafka did not make topic "} + name + ": " +
                (words != nullptr ? words : describe(code)));
}

Done create(rd_kafka_t* handle, const std::vector<NewTopic>& topics, int limit, const Stop& stop) {
  std::vector<rd_kafka_NewTopic_t*> list;
  for (const auto& topic : topics)
    list.push_back(topic.get());
  const Queue queue{rd_kafka_queue_new(handle)};
  const auto options = admin_options(handle, limit);
  rd_kafka_CreateTopics(handle, list.data(), list.size(), options.get(), queue.get());
  const auto answered = answer(queue.get(), limit + 1000, stop);
  if (!answered)
    return fail(answered.error());
  const auto& event = *answered;
  if (const auto code = rd_kafka_event_error(event.get()); code != RD_KAFKA_RESP_ERR_NO_ERROR)
    return fail(Errc::unavailable,
                std::string{"Kafka made no topics: "} + rd_kafka_event_error_string(event.get()));
  std::size_t count = 0;
  const auto* results =
    rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event.get()), &count);
  for (std::size_t i = 0; i < count; ++i)
    if (auto done = check(handle, results[i], limit); !done)
      return done;
  return {};
}

// A controller that has made a topic has not told every broker yet, and a consumer that asks too
// early takes a minute to ask again.
Done await(rd_kafka_t* handle, const std::vector<std::string>& names, int limit, const Stop& stop) {
  const auto until = Clock::now() + std::chrono::milliseconds{limit};
  for (const auto& name : names)
    while (!exists(handle, name.c_str(), std::min(limit, 1000))) {
      if (stop && stop())
        return fail(stopped());
      if (Clock::now() >= until)
        return fail(Errc::unavailable, "topic " + name + " was made and is not there yet");
      std::this_thread::sleep_for(std::chrono::milliseconds{20});
    }
  return {};
}

}  // namespace

Done ensure_topics(const Settings& settings, const std::vector<std::string>& names, int partitions,
                   int replication, std::chrono::milliseconds limit, const Stop& stop) {
  if (names.empty())
    return {};
  auto topics = new_topics(names, partitions, replication);
  if (!topics)
    return fail(std::move(topics.error()));
  auto conf = make_conf(settings, {});
  if (!conf)
    return fail(std::move(conf.error()));
  auto handle = open_handle(Kind::producer, std::move(*conf));
  if (!handle)
    return fail(std::move(handle.error()));
  auto done = create(*handle, *topics, to_ms(limit), stop);
  if (done)
    done = await(*handle, names, to_ms(limit), stop);
  destroy_within(*handle, std::chrono::seconds{2}, nullptr);
  return done;
}

}  // namespace jobraker::net::kafka
