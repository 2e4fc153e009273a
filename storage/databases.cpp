#include "storage/databases.hpp"

#include <cassert>
#include <limits>

namespace jobraker::storage {
namespace {

thread_local std::size_t this_thread = std::numeric_limits<std::size_t>::max();

}  // namespace

Databases::Databases(const std::vector<IoContext*>& contexts, const Settings& settings) {
  for (auto* context : contexts)
    databases_.push_back(std::make_unique<Database>(*context, settings));
}

void Databases::bind(std::size_t index) noexcept { this_thread = index; }

Database& Databases::here() {
  assert(this_thread < databases_.size() &&
         "not an io thread: Databases::bind was not called here");
  return *databases_.at(this_thread);
}

}  // namespace jobraker::storage
