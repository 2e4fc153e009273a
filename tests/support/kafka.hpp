#pragma once

#include <filesystem>
#include <string>

namespace jobraker::test {

/// The brokers that tests share: JOBRAKER_TEST_KAFKA when it is set, else the broker that CTest's
/// fixture `kafka` has started, else one that is started here and ends with this process.
/// Throws when there is none to be had.
std::string kafka_brokers();

/// A word that no other test uses, for the names of topics and groups.
std::string unique_word();

/// A broker of one's own, to be maltreated (tools/dev/kafka); gone afterwards, with its data.
class KafkaBroker {
public:
  KafkaBroker();
  ~KafkaBroker();
  KafkaBroker(const KafkaBroker&) = delete;
  KafkaBroker& operator=(const KafkaBroker&) = delete;

  const std::string& address() const noexcept { return address_; }
  void pause();
  void resume();
  void kill();
  /// After kill(), at the same address.
  void start();

private:
  std::filesystem::path directory_;
  std::string address_;
};

}  // namespace jobraker::test
