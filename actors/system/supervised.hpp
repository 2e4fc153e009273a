#pragma once

#include <string>
#include <string_view>

#include "actors/system/directory.hpp"

namespace jobraker {

/// The single actor of a service (`/integrations/openai`). Asked for by name, it is there; after a
/// crash it is started anew with back-off, like an entity whose id is its path.
template <class Handle>
class Supervised {
public:
  using Start = std::function<Handle(const std::string& path)>;

  Supervised(ActorRegistry& registry, std::string path, Start start)
      : directory_(std::make_shared<Directory<std::string, Handle>>(
          registry, "", 1,
          [start = std::move(start)](const std::string&, const std::string& at) {
            return start(at);
          })),
        path_(std::move(path)) {}

  /// Called after a crash with the time to wait before find(); for actors that have work to go on
  /// with although nobody asks. Set before the first find().
  void on_crash(std::function<void(std::chrono::milliseconds)> hook) {
    directory_->on_crash(
      [hook = std::move(hook)](const std::string&, std::chrono::milliseconds wait) { hook(wait); });
  }

  Result<Handle> find() const { return directory_->find(path_); }
  void close() { directory_->close(); }

private:
  std::shared_ptr<Directory<std::string, Handle>> directory_;
  std::string path_;
};

}  // namespace jobraker
