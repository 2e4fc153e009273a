#pragma once

#include <cstdint>
#include <string>

#include "messages/time.hpp"

namespace jobraker {

/// INTERNAL: work that goes on by itself, as its rows say.
struct WorkUnderWay {
  enum class Kind : std::uint8_t {
    application,  ///< a run of Skyvern's; only those that are marked as silent are told
    kit,          ///< the documents of an application
  };
  Kind kind = Kind::application;
  std::string path{};  ///< of its actor, alive or not
  Time moved_at{};     ///< when it went on, or was heard of, last
};

}  // namespace jobraker
