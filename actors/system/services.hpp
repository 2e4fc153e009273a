#pragma once

#include <atomic>
#include <cstdint>
#include <functional>

#include "actors/system/actor_system.hpp"
#include "config/config.hpp"
#include "messages/handles.hpp"

namespace jobraker {

namespace storage {
class Databases;
}
namespace net {
class HttpClients;
}
class WorkPool;
namespace events {
struct EventServices;
}
namespace applications {
struct ApplicationServices;
}
namespace llm {
struct Gateway;
}
namespace chat {
struct ChatServices;
}

/// What actors work with: the outside world, and how to find each other. Built once by the server's
/// wiring; outlives every actor.
struct Services {
  const Config& config;
  ActorSystem& system;
  IoThreads& io;
  storage::Databases& databases;
  net::HttpClients& http;
  WorkPool& work;
  WorkPool& passwords;  ///< for Argon2 alone, so that a wave of logins holds up nothing else

  /// Grows whenever postings expire, change or merge: what is cached of them is then out of date.
  std::atomic<std::uint64_t> jobs_generation{0};

  llm::Gateway* gateway = nullptr;  ///< to the language models (actors/llm/gateway.hpp)
  chat::ChatServices* chat =
    nullptr;  ///< conversations and sessions (actors/chat/chat_services.hpp)
  /// What is told, and who hears it (actors/events/event_services.hpp).
  events::EventServices* events = nullptr;
  /// Applications and their documents (actors/applications/application_services.hpp).
  applications::ApplicationServices* applications = nullptr;

  std::function<Result<TasksActor>()> tasks{};
  std::function<Result<MatchingActor>()> matching{};
  std::function<Result<SourceActor>(SearchKind)> source{};
  std::function<Result<UserActor>(const UserId&)> user{};
  std::function<Result<BatchActor>(const TaskId&)> batch{};
  /// The user's actor if it is alive; waking one only to tell it something is not worth it.
  std::function<void(const UserId&)> release_user{};
  std::function<void(const TaskId&)> release_batch{};
  std::function<std::uint32_t(const TaskId&)> batch_crashes{};
};

}  // namespace jobraker
