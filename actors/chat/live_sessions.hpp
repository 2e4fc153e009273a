#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "actors/chat/handles.hpp"

namespace jobraker::chat {

/// Who is connected right now: the way from a person to their live sessions. Any thread; the lock
/// is held for a look-up.
class LiveSessions {
public:
  /// `per_user` and `total` bound how many sessions may live at once.
  LiveSessions(std::size_t per_user, std::size_t total) : per_user_(per_user), total_(total) {}

  /// Reserves a place; rate_limited when this person has too many, unavailable when everybody has.
  Done reserve(const UserId& user, const SessionId& session);
  /// The session is there.
  void enter(const UserId& user, const SessionId& session, SessionActor actor);
  void leave(const UserId& user, const SessionId& session);

  /// Sends a frame without number to every live session of a person but `except`; answers to how
  /// many.
  std::size_t notify(const UserId& user, std::shared_ptr<const std::string> frame,
                     std::string_view type, const SessionId& except = {});

  std::size_t size() const;

  /// Ends all sessions' actors; for shutdown.
  void close();

private:
  struct Entry {
    SessionId id{};
    SessionActor actor{};
  };
  const std::size_t per_user_;
  const std::size_t total_;
  mutable std::mutex mutex_;
  std::unordered_map<UserId, std::vector<Entry>> users_;
  std::size_t count_ = 0;
};

}  // namespace jobraker::chat
