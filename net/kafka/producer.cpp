#include "net/kafka/producer.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>

#include <librdkafka/rdkafka.h>
#include <spdlog/spdlog.h>

#include "net/http/log.hpp"
#include "net/kafka/handle.hpp"
#include "net/kafka/outcomes.hpp"

namespace jobraker::net::kafka {
namespace {

using namespace std::chrono_literals;

constexpr auto grace = 2000ms;
// No record is given up because of its age: the one behind it could overtake it then. 0 would say
// the same, but makes 2.0.2 compute nonsense time-outs for requests (librdkafka issue 1876).
constexpr auto never = "2147483647";

static_assert(sizeof(void*) >= sizeof(std::uint64_t), "a tag travels as a pointer");

Options producer_options(const Settings& settings) {
  const auto timeout =
    std::to_string(std::clamp<std::int64_t>(settings.delivery_timeout.count(), 1000, 300000));
  return {
    {"enable.idempotence", "true"},
    {"compression.codec", settings.compression},
    {"linger.ms", std::to_string(settings.linger.count())},
    {"message.timeout.ms", never},
    {"socket.timeout.ms", timeout},
    // So long a topic stays refused after a right was given.
    {"topic.metadata.refresh.interval.ms", "10000"},
    // As Java's clients choose: empty keys anywhere.
    {"partitioner", "murmur2_random"},
    {"queue.buffering.max.messages", std::to_string(settings.queue_records)},
    {"queue.buffering.max.kbytes", std::to_string(settings.queue_bytes / 1024)},
  };
}

Delivery report_of(const rd_kafka_message_t& message) {
  Delivery report{reinterpret_cast<std::uintptr_t>(message._private)};
  if (message.err == RD_KAFKA_RESP_ERR_NO_ERROR)
    return report;
  report.error = describe(message.err);
  report.outcome =
    outcome_of(message.err, rd_kafka_message_status(&message) == RD_KAFKA_MSG_STATUS_NOT_PERSISTED);
  return report;
}

using Headers = Owned<rd_kafka_headers_t, rd_kafka_headers_destroy>;

// Given to produceva() one by one they would be freed twice by 2.0.2 when the topic is barred.
Headers headers_of(const Record& record) {
  if (record.headers.empty())
    return nullptr;
  Headers headers{rd_kafka_headers_new(record.headers.size())};
  for (const auto& [name, value] : record.headers)
    rd_kafka_header_add(headers.get(), name.data(), static_cast<ssize_t>(name.size()), value.data(),
                        static_cast<ssize_t>(value.size()));
  return headers;
}

// The library copies key and value; its interface only lacks the const.
rd_kafka_vu_t bytes_value(rd_kafka_vtype_t type, const std::string& bytes) {
  rd_kafka_vu_t value{type, {}};
  value.u.mem.ptr = const_cast<char*>(bytes.data());
  value.u.mem.size = bytes.size();
  return value;
}

std::vector<rd_kafka_vu_t> values_of(const Record& record, std::uint64_t tag,
                                     rd_kafka_headers_t* headers) {
  std::vector<rd_kafka_vu_t> values;
  values.reserve(6);
  values.push_back({RD_KAFKA_VTYPE_TOPIC, {}});
  values.back().u.cstr = record.topic.c_str();
  values.push_back({RD_KAFKA_VTYPE_MSGFLAGS, {}});
  values.back().u.i = RD_KAFKA_MSG_F_COPY;
  values.push_back({RD_KAFKA_VTYPE_OPAQUE, {}});
  values.back().u.ptr = reinterpret_cast<void*>(static_cast<std::uintptr_t>(tag));
  values.push_back(bytes_value(RD_KAFKA_VTYPE_VALUE, record.value));
  if (!record.key.empty())
    values.push_back(bytes_value(RD_KAFKA_VTYPE_KEY, record.key));
  if (headers != nullptr) {
    values.push_back({RD_KAFKA_VTYPE_HEADERS, {}});
    values.back().u.headers = headers;
  }
  return values;
}

using Queue = Owned<rd_kafka_queue_t, rd_kafka_queue_destroy>;

// Reports and errors go to the thread that serves the background queue.
void serve_in_background(rd_kafka_t* handle) {
  const Queue main{rd_kafka_queue_get_main(handle)};
  const Queue background{rd_kafka_queue_get_background(handle)};
  rd_kafka_queue_forward(main.get(), background.get());
}

}  // namespace

struct Producer::Core {
  OnDeliveries reports;
  std::atomic<rd_kafka_t*> handle{nullptr};
  std::atomic<std::size_t> waiting{0};
  std::mutex calling;  // held during `reports`, so that close() can put an end to it
  bool closed = false;

  void deliver(rd_kafka_event_t* event) {
    std::vector<Delivery> batch;
    batch.reserve(rd_kafka_event_message_count(event));
    while (const auto* message = rd_kafka_event_message_next(event))
      batch.push_back(report_of(*message));
    const auto count = batch.size();
    const std::lock_guard lock{calling};
    if (!closed && count > 0)
      reports(std::move(batch));
    waiting -= count;
  }

  static void on_event(rd_kafka_t*, rd_kafka_event_t* event, void* opaque) {
    if (rd_kafka_event_type(event) == RD_KAFKA_EVENT_DR)
      static_cast<Core*>(opaque)->deliver(event);
    else if (rd_kafka_event_type(event) == RD_KAFKA_EVENT_ERROR)
      log().warn("event=kafka.producer_error error=\"{}\" text=\"{}\"",
                 rd_kafka_err2name(rd_kafka_event_error(event)),
                 rd_kafka_event_error_string(event));
    rd_kafka_event_destroy(event);
  }
};

Producer::Producer(std::shared_ptr<Core> core) : core_(std::move(core)) {}

Producer::~Producer() { close(grace); }

Result<std::unique_ptr<Producer>> Producer::open(const Settings& settings, OnDeliveries reports) {
  auto conf = make_conf(settings, producer_options(settings));
  if (!conf)
    return fail(std::move(conf.error()));
  auto core = std::make_shared<Core>();
  core->reports = std::move(reports);
  rd_kafka_conf_set_opaque(conf->get(), core.get());
  rd_kafka_conf_set_events(conf->get(), RD_KAFKA_EVENT_DR | RD_KAFKA_EVENT_ERROR);
  rd_kafka_conf_set_background_event_cb(conf->get(), &Core::on_event);
  auto handle = open_handle(Kind::producer, std::move(*conf));
  if (!handle)
    return fail(std::move(handle.error()));
  core->handle = *handle;
  serve_in_background(*handle);
  return std::unique_ptr<Producer>(new Producer(std::move(core)));
}

Done Producer::produce(const Record& record, std::uint64_t tag) {
  if (core_->handle == nullptr)
    return fail(Errc::unavailable, "the Kafka producer is closed");
  auto headers = headers_of(record);
  const auto values = values_of(record, tag, headers.get());
  ++core_->waiting;
  auto* error = rd_kafka_produceva(core_->handle, values.data(), values.size());
  if (error == nullptr) {
    // They are the library's now.
    static_cast<void>(headers.release());
    return {};
  }
  --core_->waiting;
  const auto code = rd_kafka_error_code(error);
  rd_kafka_error_destroy(error);
  // After a fatal error the code is any.
  if (auto failed = fatal())
    return fail(std::move(*failed));
  return fail(produce_error(code, record.topic));
}

std::optional<Error> Producer::fatal() const {
  if (core_->handle == nullptr)
    return std::nullopt;
  if (auto words = fatal_of(core_->handle); !words.empty())
    return Error{Errc::unavailable, "the Kafka producer has failed: " + words};
  return std::nullopt;
}

std::size_t Producer::waiting() const { return core_->waiting; }

Done Producer::flush(std::chrono::milliseconds limit) {
  if (core_->handle != nullptr && rd_kafka_flush(core_->handle, to_ms(limit)) != 0)
    return fail(Errc::timed_out, std::to_string(waiting()) + " records are not acknowledged yet");
  return {};
}

void Producer::purge() {
  // Inside the reports the handle lives as long as they last, even when close() has let go of it.
  if (auto* handle = core_->handle.load(); handle != nullptr)
    rd_kafka_purge(handle, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT |
                             RD_KAFKA_PURGE_F_NON_BLOCKING);
}

void Producer::close(std::chrono::milliseconds limit) {
  auto* handle = core_->handle.load();
  if (handle == nullptr)
    return;
  rd_kafka_flush(handle, to_ms(limit));
  if (rd_kafka_outq_len(handle) > 0) {
    purge();
    rd_kafka_flush(handle, to_ms(grace));
  }
  core_->handle = nullptr;
  destroy_within(handle, grace, core_);
  const std::lock_guard lock{core_->calling};
  core_->closed = true;
}

}  // namespace jobraker::net::kafka
