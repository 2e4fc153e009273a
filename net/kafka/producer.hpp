#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "messages/enums.hpp"
#include "messages/result.hpp"
#include "net/kafka/record.hpp"
#include "net/kafka/settings.hpp"

namespace jobraker::net::kafka {

/// What has become of a record.
enum class Outcome : std::uint8_t {
  persisted,           ///< Kafka has it.
  not_persisted,       ///< Kafka does not have it; it may be produced again.
  possibly_persisted,  ///< Unknown; produced again it may be there twice.
  refused,  ///< Kafka will never take the request that held it: too large, against its rules.
  barred    ///< The topic is not there, gives no right, is set up otherwise, or our clock is wrong.
};

}  // namespace jobraker::net::kafka

namespace jobraker {
template <>
inline constexpr std::string_view enum_names<net::kafka::Outcome>[] = {
  "persisted", "not_persisted", "possibly_persisted", "refused", "barred"};
}

namespace jobraker::net::kafka {

/// The report on one record.
struct Delivery {
  std::uint64_t tag = 0;
  Outcome outcome = Outcome::persisted;
  std::string error{};  ///< in words, when it was not persisted
};

/// Writes records, those of one partition in the order in which they were produced and, as long as
/// the producer lives, each once (idempotent producer). It tries until it succeeds: an outage of
/// any length ends in `persisted`; `not_persisted` and `possibly_persisted` come only with a fatal
/// error or with close(). Whoever then opens another producer and produces everything that is not
/// `persisted` again, in order, keeps the order of each key, with repetitions.
///
/// All functions but close() are safe from any thread; nothing may overlap with close().
class Producer {
public:
  /// Called on a thread of librdkafka with the reports in order of the partition. It must neither
  /// block nor close the producer; it may produce.
  using OnDeliveries = std::function<void(std::vector<Delivery>)>;

  /// Opens a producer; brokers are looked for in the background. Errc::invalid for settings that
  /// librdkafka does not accept.
  static Result<std::unique_ptr<Producer>> open(const Settings& settings, OnDeliveries reports);
  /// close(), with two seconds for what waits.
  ~Producer();

  /// Takes a record over, never blocks; exactly one report with `tag` follows. On an error none
  /// does: unavailable (the queue is full, so come back after some reports; or the producer is
  /// closed or has a fatal error), too_large, invalid (never, as it is), upstream_failed (as far as
  /// is known Kafka has no such topic or grants no right to it; it is asked again every ten
  /// seconds).
  Done produce(const Record& record, std::uint64_t tag);

  /// The error after which this producer does nothing any more: close it, open another.
  std::optional<Error> fatal() const;

  /// Nothing of what waits is sent any more; it is reported as not persisted, or possibly, when it
  /// was on its way. Also inside the reports.
  void purge();

  /// Records taken over and not reported yet.
  std::size_t waiting() const;

  /// Blocks until all has been reported. Errc::timed_out when `limit` was not enough.
  Done flush(std::chrono::milliseconds limit);

  /// Gives what waits until `limit`, then drops it, which is reported, too. Blocks for `limit` and
  /// at most four seconds; afterwards nothing is reported any more. A record without a report by
  /// then is possibly persisted.
  void close(std::chrono::milliseconds limit);

private:
  struct Core;
  explicit Producer(std::shared_ptr<Core> core);
  std::shared_ptr<Core> core_;
};

}  // namespace jobraker::net::kafka
