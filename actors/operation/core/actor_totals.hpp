#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "actors/operation/core/family.hpp"

namespace jobraker::operation {

/// What one actor has done in its life, as it was when somebody looked.
struct ActorCount {
  std::uint64_t id = 0;     ///< that no other actor of this process ever has
  std::string_view kind{};  ///< of static storage
  std::uint64_t mailbox = 0;
  std::uint64_t messages = 0;
  std::uint64_t failures = 0;
  std::uint64_t busy_ns = 0;
};

/// Sums by kind that only grow, although actors come and go: each look adds what was done since the
/// look before. What an actor did after the last look of its life is missing when it is not among
/// the dead that are still remembered.
class ActorTotals {
public:
  struct Sum {
    std::uint64_t living = 0;   ///< now
    std::uint64_t mailbox = 0;  ///< now
    std::uint64_t messages = 0;
    std::uint64_t failures = 0;
    std::uint64_t busy_ns = 0;
  };

  /// Takes another look; an actor may be in both lists, or in several looks among the dead.
  void look(const std::vector<ActorCount>& living, const std::vector<ActorCount>& dead);

  void add_to(Families& families) const;

private:
  struct Seen {
    std::uint64_t messages = 0, failures = 0, busy_ns = 0;
  };
  void count(const ActorCount& actor, std::unordered_map<std::uint64_t, Seen>& seen);

  std::unordered_map<std::string_view, Sum> sums_;
  std::unordered_map<std::uint64_t, Seen> seen_;  ///< of those in the last look
};

}  // namespace jobraker::operation
