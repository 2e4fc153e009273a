#pragma once

#include <mutex>
#include <string_view>
#include <vector>

#include "messages/operation.hpp"

namespace jobraker::operation {

/// How what the server depends on stands, as whoever used it last has seen it. From any thread.
class Dependencies {
public:
  /// Begins to know one; nothing is known of its state yet.
  void add(std::string name, bool required);

  /// It was used, with or without success. A change is logged.
  void saw(std::string_view name, bool up);

  /// Providers of models are as their last call was.
  void saw_models();

  /// In the order in which they were added.
  std::vector<Dependency> list() const;

private:
  mutable std::mutex mutex_;
  std::vector<Dependency> list_;
};

}  // namespace jobraker::operation
