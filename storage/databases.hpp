#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "storage/database.hpp"

namespace jobraker::storage {

/// One Database for each io thread.
class Databases {
public:
  /// `contexts[i]` is the context of io thread i. No connection opens before its context runs.
  Databases(const std::vector<IoContext*>& contexts, const Settings& settings);

  /// Tells the calling thread which io thread it is. Each io thread calls it once, before it runs
  /// its context.
  static void bind(std::size_t index) noexcept;

  /// The calling io thread's Database. Calling it on any other thread is a fault in the program
  /// (assert).
  Database& here();

  /// The Database of io thread `index`, to be used on that thread only.
  Database& at(std::size_t index) { return *databases_[index]; }
  std::size_t size() const noexcept { return databases_.size(); }

private:
  std::vector<std::unique_ptr<Database>> databases_;
};

}  // namespace jobraker::storage
