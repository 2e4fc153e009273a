#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/events/consumer.hpp"
#include "config/config.hpp"
#include "storage/settings.hpp"

namespace jobraker::events {
class EventSystem;
}

namespace jobraker::bench {

/// One node that tells and hears events: I/O threads, database, actors, outbox, consumers.
class EventNode {
public:
  EventNode(Config config, storage::Settings settings, std::vector<events::Consumer> consumers);
  ~EventNode();
  EventNode(const EventNode&) = delete;
  EventNode& operator=(const EventNode&) = delete;

  /// Something was committed to the outbox through another connection of this process.
  void wake();

  /// Its actors of events.
  const events::EventSystem& events() const noexcept;
  /// The id of the actor that lives at this path; nothing when none does.
  std::optional<std::uint64_t> living(std::string_view path) const;

  /// Ends it; without `orderly` nothing is waited for and nobody says good-bye.
  void stop(bool orderly);

private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace jobraker::bench
