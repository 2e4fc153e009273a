#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>

namespace jobraker::events {

/// Under which epoch records of each source (a partition, or the outbox) come. One of an older
/// epoch is forgotten by its source and has come, or will come, again: handling it is waste. Pure.
class Epochs {
public:
  /// A record has come. True: what its source gave before it is old from now on.
  bool note(const std::string& topic, std::int32_t partition, std::uint64_t epoch) {
    auto [at, first] = newest_.try_emplace({topic, partition}, epoch);
    if (first || epoch <= at->second)
      return false;
    at->second = epoch;
    return true;
  }
  bool is_old(const std::string& topic, std::int32_t partition, std::uint64_t epoch) const {
    auto at = newest_.find({topic, partition});
    return at != newest_.end() && epoch < at->second;
  }

private:
  std::map<std::pair<std::string, std::int32_t>, std::uint64_t> newest_{};
};

}  // namespace jobraker::events
