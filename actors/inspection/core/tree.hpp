#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "actors/inspection/core/sample.hpp"
#include "messages/inspection/tree.hpp"

namespace jobraker::inspection {

/// Sums actors up by the path segment that follows a place: one level of the tree. Of a hundred
/// thousand branches it keeps the first by name, and counts the rest.
class TreeLevel {
public:
  /// Keeps at most `most` branches, at least one.
  TreeLevel(std::string_view place, std::size_t most);

  void offer(const Sample& sample);

  struct Children {
    std::vector<ActorBranch> branches{};  ///< by name
    std::int64_t total = 0;               ///< those left out, too
  };
  Children finish();

  const std::string& place() const noexcept { return place_; }

private:
  ActorBranch* branch(std::string_view name, const Sample& sample);

  std::string place_;
  std::size_t most_;
  /// Those with the smallest names so far. Whoever is among the first in the end is so all the
  /// time, so what it has summed up is complete.
  std::map<std::string, ActorBranch, std::less<>> first_{};
  std::vector<std::uint64_t> left_out_{};  ///< hashes of names, some more than once
};

}  // namespace jobraker::inspection
