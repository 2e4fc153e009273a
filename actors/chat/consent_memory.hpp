#pragma once

#include <cstdint>
#include <mutex>
#include <unordered_map>

#include "messages/context.hpp"
#include "messages/ids.hpp"
#include "messages/task.hpp"

namespace jobraker {
struct Services;
}

namespace jobraker::chat {

/// Who has agreed to chat, remembered for a minute. A consent that is taken back through this
/// process is forgotten before that is acknowledged; one taken back through another node holds for
/// the rest of the minute. Who has not agreed is not remembered. Any thread.
class ConsentMemory {
public:
  bool agreed(const UserId& user);
  /// To be asked before the rows are read, and shown to `keep`.
  std::uint64_t changes() const;
  /// The rows said yes. Ignored when a consent has changed since `changes` was asked.
  void keep(const UserId& user, std::uint64_t changes);
  /// To be called after a change of this person's consents, whatever came of it.
  void forget(const UserId& user);

private:
  using Clock = Context::Clock;
  mutable std::mutex mutex_;
  std::uint64_t changes_ = 0;
  std::unordered_map<UserId, Clock::time_point> until_;
};

/// What a person writes goes to a model only with their consent: Errc::forbidden without it.
task<Done> check_consent(Services& services, Context context, UserId user);

}  // namespace jobraker::chat
