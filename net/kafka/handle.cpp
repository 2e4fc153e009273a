#include "net/kafka/handle.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <future>
#include <limits>
#include <thread>

#include <librdkafka/rdkafka.h>
#include <spdlog/spdlog.h>

#include "net/http/log.hpp"
#include "net/kafka/complaints.hpp"

namespace jobraker::net::kafka {
namespace {

std::atomic<std::uint64_t> complained{0};

void on_log(const rd_kafka_t*, int level, const char* facility, const char* text) {
  // syslog's levels: up to 4 is a warning or worse.
  if (level <= 4)
    complained.fetch_add(1, std::memory_order_relaxed);
  log().log(level <= 4 ? spdlog::level::warn : spdlog::level::debug,
            "event=kafka.log facility={} text=\"{}\"", facility, text);
}

Options common_options(const Settings& settings) {
  Options options{
    {"bootstrap.servers", settings.brokers},
    {"client.id", settings.client_id},
    {"security.protocol", settings.security_protocol},
    {"socket.keepalive.enable", "true"},
    // A broker that comes back is to be found soon; the default waits up to ten seconds.
    {"reconnect.backoff.max.ms", "2000"},
    {"log.connection.close", "false"},
  };
  for (const auto& [name, value] : {std::pair{"ssl.ca.location", settings.ca_file},
                                    std::pair{"sasl.mechanisms", settings.sasl_mechanism},
                                    std::pair{"sasl.username", settings.sasl_username},
                                    std::pair{"sasl.password", settings.sasl_password}})
    if (!value.empty())
      options.emplace_back(name, value);
  return options;
}

}  // namespace

std::uint64_t complaints() noexcept { return complained.load(std::memory_order_relaxed); }

void ConfDeleter::operator()(rd_kafka_conf_s* conf) const noexcept { rd_kafka_conf_destroy(conf); }

Result<Conf> make_conf(const Settings& settings, const Options& options) {
  if (settings.brokers.empty())
    return fail(Errc::invalid, "no Kafka brokers are configured");
  Conf conf{rd_kafka_conf_new()};
  auto all = common_options(settings);
  all.insert(all.end(), options.begin(), options.end());
  std::array<char, 512> words{};
  for (const auto& [name, value] : all)
    if (rd_kafka_conf_set(conf.get(), name.c_str(), value.c_str(), words.data(), words.size()) !=
        RD_KAFKA_CONF_OK)
      // Its words may repeat a password.
      return fail(Errc::invalid,
                  "Kafka: " + name + " is not accepted" +
                    (name.starts_with("sasl") ? "" : ": " + std::string{words.data()}));
  rd_kafka_conf_set_log_cb(conf.get(), &on_log);
  return conf;
}

Result<rd_kafka_s*> open_handle(Kind kind, Conf conf) {
  std::array<char, 512> words{};
  auto* handle = rd_kafka_new(kind == Kind::producer ? RD_KAFKA_PRODUCER : RD_KAFKA_CONSUMER,
                              conf.get(), words.data(), words.size());
  if (handle == nullptr)
    return fail(Errc::invalid, "Kafka: " + std::string{words.data()});
  // It is the handle's now.
  static_cast<void>(conf.release());
  return handle;
}

bool destroy_within(rd_kafka_s* handle, std::chrono::milliseconds limit,
                    std::shared_ptr<void> kept) {
  std::promise<void> ended;
  auto end = ended.get_future();
  std::thread([handle, kept = std::move(kept), ended = std::move(ended)]() mutable {
    // A consumer was closed before, as far as that was possible.
    rd_kafka_destroy_flags(handle, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
    kept.reset();
    ended.set_value();
  }).detach();
  if (end.wait_for(limit) == std::future_status::ready)
    return true;
  log().error("event=kafka.handle_stuck");
  return false;
}

std::string describe(int code) {
  const auto error = static_cast<rd_kafka_resp_err_t>(code);
  return std::string{rd_kafka_err2name(error)} + ": " + rd_kafka_err2str(error);
}

std::string fatal_of(rd_kafka_s* handle) {
  std::array<char, 512> words{};
  const auto code = rd_kafka_fatal_error(handle, words.data(), words.size());
  return code == RD_KAFKA_RESP_ERR_NO_ERROR
           ? std::string{}
           : std::string{rd_kafka_err2name(code)} + ": " + words.data();
}

int to_ms(std::chrono::milliseconds time) noexcept {
  return static_cast<int>(
    std::clamp<std::int64_t>(time.count(), 0, std::numeric_limits<int>::max()));
}

}  // namespace jobraker::net::kafka
