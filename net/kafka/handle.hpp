#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "messages/result.hpp"
#include "net/kafka/settings.hpp"

struct rd_kafka_s;
struct rd_kafka_conf_s;

/// What producer, consumer and topics share; not for others. librdkafka's types are only named
/// here.
namespace jobraker::net::kafka {

struct ConfDeleter {
  void operator()(rd_kafka_conf_s* conf) const noexcept;
};
using Conf = std::unique_ptr<rd_kafka_conf_s, ConfDeleter>;

/// A thing of librdkafka's with the function that destroys it.
template <auto destroy>
struct Destroy {
  template <class T>
  void operator()(T* thing) const noexcept {
    destroy(thing);
  }
};
template <class T, auto destroy>
using Owned = std::unique_ptr<T, Destroy<destroy>>;

/// Names and values of librdkafka's configuration.
using Options = std::vector<std::pair<std::string, std::string>>;

/// A configuration with what every handle needs, and `options`. What librdkafka says goes to the
/// log of net/. Errc::invalid names the setting that is not accepted.
Result<Conf> make_conf(const Settings& settings, const Options& options);

enum class Kind : std::uint8_t { producer, consumer };

/// A handle, whose threads now run. Errc::invalid when the settings contradict each other.
Result<rd_kafka_s*> open_handle(Kind kind, Conf conf);

/// Destroys a handle on a thread of its own, since librdkafka may wait for ever there. False when
/// it has not ended after `limit`: it then goes on, and keeps `kept` alive, which its callbacks
/// use.
bool destroy_within(rd_kafka_s* handle, std::chrono::milliseconds limit,
                    std::shared_ptr<void> kept);

/// What a code of librdkafka says: `name: words`.
std::string describe(int code);

/// The fatal error of a handle, after which it does nothing any more; else empty.
std::string fatal_of(rd_kafka_s* handle);

/// For librdkafka's waits, which are int.
int to_ms(std::chrono::milliseconds time) noexcept;

}  // namespace jobraker::net::kafka
