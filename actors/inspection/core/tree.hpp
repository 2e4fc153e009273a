#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "actors/inspection/core/sample.hpp"

namespace jobraker::inspection {

/// Sums actors up by the path segment that follows a place: one level of the tree.
class TreeLevel {
public:
  explicit TreeLevel(std::string_view place);

  void offer(const Sample& sample);

  struct Children {
    std::vector<ActorBranch> branches{};  ///< by name, at most `most`
    std::int64_t total = 0;
  };
  Children finish(std::size_t most);

  const std::string& place() const noexcept { return place_; }

private:
  std::string place_;
  std::unordered_map<std::string, ActorBranch> branches_{};
  std::string name_{};  ///< for the look-up, so that a known branch costs no allocation
};

}  // namespace jobraker::inspection
