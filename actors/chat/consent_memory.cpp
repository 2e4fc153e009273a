#include "actors/chat/consent_memory.hpp"

#include "actors/chat/chat_services.hpp"
#include "storage/consents.hpp"
#include "storage/databases.hpp"

namespace jobraker::chat {
namespace {

constexpr std::chrono::minutes kept{1};
constexpr std::size_t people_max = 100'000;

}  // namespace

bool ConsentMemory::agreed(const UserId& user) {
  std::lock_guard guard{mutex_};
  auto found = until_.find(user);
  if (found == until_.end())
    return false;
  if (found->second > Clock::now())
    return true;
  until_.erase(found);
  return false;
}

std::uint64_t ConsentMemory::changes() const {
  std::lock_guard guard{mutex_};
  return changes_;
}

void ConsentMemory::keep(const UserId& user, std::uint64_t changes) {
  std::lock_guard guard{mutex_};
  if (changes != changes_)
    return;
  if (until_.size() >= people_max)
    until_.clear();
  until_[user] = Clock::now() + kept;
}

void ConsentMemory::forget(const UserId& user) {
  std::lock_guard guard{mutex_};
  ++changes_;
  until_.erase(user);
}

task<Done> check_consent(Services& services, Context context, UserId user) {
  auto& memory = services.chat->consents;
  if (memory.agreed(user))
    co_return Done{};
  auto changes = memory.changes();
  storage::Until session{services.databases.here(), context.deadline};
  auto consent = co_await storage::has_consent(session, user, ConsentPurpose::ai_chat);
  if (!consent)
    co_return fail(std::move(consent.error()));
  if (!*consent)
    co_return fail(Errc::forbidden,
                   "this needs your consent: PUT /api/v1/users/me/consents {\"ai_chat\": true}");
  memory.keep(user, changes);
  co_return Done{};
}

}  // namespace jobraker::chat
