#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "messages/fields.hpp"
#include "messages/time.hpp"

/// The tree of actors, level by level.
namespace jobraker {

/// The query of `GET /admin/actors/tree`.
struct GetActorTree {
  static constexpr auto type_name = "GetActorTree";
  std::optional<std::string> path{};
  static constexpr auto fields() {
    return std::tuple{field("path", &GetActorTree::path, {.max_length = 400})};
  }
};

/// One branch below a place, all of its actors summed up.
struct ActorBranch {
  static constexpr auto type_name = "ActorBranch";
  std::string path{};
  std::string name{};
  bool leaf = true;  ///< nothing is below it
  std::int64_t actors = 0;
  std::int64_t mailbox = 0;
  std::int64_t messages = 0;
  std::int64_t failures = 0;
  std::int64_t restarts = 0;
  std::int64_t running = 0;
  std::optional<std::string> kind{};  ///< when all have the same
  static constexpr auto fields() {
    return std::tuple{
      field("path", &ActorBranch::path),         field("name", &ActorBranch::name),
      field("leaf", &ActorBranch::leaf),         field("actors", &ActorBranch::actors),
      field("mailbox", &ActorBranch::mailbox),   field("messages", &ActorBranch::messages),
      field("failures", &ActorBranch::failures), field("restarts", &ActorBranch::restarts),
      field("running", &ActorBranch::running),   field("kind", &ActorBranch::kind)};
  }
};

/// The answer of `GET /admin/actors/tree`: by name, at most 1,000 children.
struct ActorTree {
  static constexpr auto type_name = "ActorTree";
  std::string path{};
  std::vector<ActorBranch> children{};
  std::int64_t total = 0;  ///< children there are
  Time at{};
  static constexpr auto fields() {
    return std::tuple{field("path", &ActorTree::path), field("children", &ActorTree::children),
                      field("total", &ActorTree::total), field("at", &ActorTree::at)};
  }
};

}  // namespace jobraker
