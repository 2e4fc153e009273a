#include "actors/chat/live_sessions.hpp"

#include <algorithm>

#include <caf/actor_cast.hpp>
#include <caf/exit_reason.hpp>
#include <caf/send.hpp>

namespace jobraker::chat {

Done LiveSessions::reserve(const UserId& user, const SessionId& session) {
  std::lock_guard guard{mutex_};
  if (count_ >= total_)
    return fail(Error{
      Errc::unavailable, "too many sessions are open; try again", {}, std::chrono::seconds{5}});
  auto& entries = users_[user];
  if (entries.size() >= per_user_)
    return fail(Error{Errc::rate_limited,
                      "you have " + std::to_string(entries.size()) +
                        " sessions open, which is the most one person may have",
                      {},
                      std::chrono::seconds{30}});
  entries.push_back({session, {}});
  ++count_;
  return {};
}

void LiveSessions::enter(const UserId& user, const SessionId& session, SessionActor actor) {
  std::lock_guard guard{mutex_};
  for (auto& entry : users_[user])
    if (entry.id == session)
      entry.actor = std::move(actor);
}

void LiveSessions::leave(const UserId& user, const SessionId& session) {
  SessionActor last;  // destroyed after the lock is gone
  std::lock_guard guard{mutex_};
  auto found = users_.find(user);
  if (found == users_.end())
    return;
  auto& entries = found->second;
  auto it = std::find_if(entries.begin(), entries.end(),
                         [&](const Entry& entry) { return entry.id == session; });
  if (it == entries.end())
    return;
  last = std::move(it->actor);
  entries.erase(it);
  --count_;
  if (entries.empty())
    users_.erase(found);
}

std::size_t LiveSessions::notify(const UserId& user, std::shared_ptr<const std::string> frame,
                                 std::string_view type, const SessionId& except) {
  std::lock_guard guard{mutex_};
  auto found = users_.find(user);
  if (found == users_.end())
    return 0;
  std::size_t told = 0;
  for (auto& entry : found->second)
    if (entry.actor && entry.id != except) {
      caf::anon_send(entry.actor, Notify{frame, std::string{type}});
      ++told;
    }
  return told;
}

std::size_t LiveSessions::size() const {
  std::lock_guard guard{mutex_};
  return count_;
}

void LiveSessions::close() {
  std::unordered_map<UserId, std::vector<Entry>> last;
  {
    std::lock_guard guard{mutex_};
    last.swap(users_);
    count_ = 0;
  }
  for (auto& [user, entries] : last)
    for (auto& entry : entries)
      if (entry.actor)
        caf::anon_send_exit(caf::actor_cast<caf::actor>(entry.actor),
                            caf::exit_reason::user_shutdown);
}

}  // namespace jobraker::chat
