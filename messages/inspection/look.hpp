#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "messages/fields.hpp"
#include "messages/time.hpp"

/// What single actors have done: living and dead.
namespace jobraker {

/// A message that an actor has handled.
struct SeenMessage {
  static constexpr auto type_name = "SeenMessage";
  Time at{};  ///< when it came
  std::string type{};
  std::optional<std::string> sender{};  ///< path, while the sender lives
  std::int64_t bytes = 0;               ///< without what it points to; 0: not known
  std::int64_t wait_us = 0;
  std::int64_t run_us = 0;
  std::optional<std::string> trace_id{};
  bool failed = false;
  static constexpr auto fields() {
    return std::tuple{field("at", &SeenMessage::at),
                      field("type", &SeenMessage::type),
                      field("sender", &SeenMessage::sender),
                      field("bytes", &SeenMessage::bytes),
                      field("wait_us", &SeenMessage::wait_us),
                      field("run_us", &SeenMessage::run_us),
                      field("trace_id", &SeenMessage::trace_id),
                      field("failed", &SeenMessage::failed)};
  }
};

/// An effect of an actor that is under way.
struct PendingEffect {
  static constexpr auto type_name = "PendingEffect";
  std::string kind{};
  std::string name{};
  std::int64_t since_us = 0;
  std::optional<std::string> trace_id{};
  static constexpr auto fields() {
    return std::tuple{field("kind", &PendingEffect::kind), field("name", &PendingEffect::name),
                      field("since_us", &PendingEffect::since_us),
                      field("trace_id", &PendingEffect::trace_id)};
  }
};

/// How long an actor's handlers took: `counts[i]` took less than `bounds_us[i]`, the last more.
struct HandlerTimes {
  static constexpr auto type_name = "HandlerTimes";
  std::vector<std::int64_t> bounds_us{};
  std::vector<std::int64_t> counts{};
  static constexpr auto fields() {
    return std::tuple{field("bounds_us", &HandlerTimes::bounds_us),
                      field("counts", &HandlerTimes::counts)};
  }
};

/// One actor: `GET /admin/actors/{path...}`. `summary` is JSON of the actor's own.
struct GetActor {
  static constexpr auto type_name = "GetActor";
  std::string path{};
  static constexpr auto fields() {
    return std::tuple{field("path", &GetActor::path, {.max_length = 400})};
  }
};

/// The query of `GET /admin/actors/dead`.
struct GetDeadActors {
  static constexpr auto type_name = "GetDeadActors";
  std::optional<bool> crashed{};
  std::int64_t limit = 100;
  std::optional<std::string> cursor{};
  static constexpr auto fields() {
    return std::tuple{field("crashed", &GetDeadActors::crashed),
                      optional_field("limit", &GetDeadActors::limit, {.min = 1, .max = 1000}),
                      field("cursor", &GetDeadActors::cursor, {.max_length = 100})};
  }
};

/// An actor that has ended.
struct DeadActorRow {
  static constexpr auto type_name = "DeadActorRow";
  std::string path{};
  std::string kind{};
  std::string reason{};
  bool crashed = false;
  Time born_at{};
  Time died_at{};
  std::int64_t messages = 0;
  std::int64_t failures = 0;
  std::vector<SeenMessage> last_messages{};  ///< of a crashed one, the newest first
  static constexpr auto fields() {
    return std::tuple{field("path", &DeadActorRow::path),
                      field("kind", &DeadActorRow::kind),
                      field("reason", &DeadActorRow::reason),
                      field("crashed", &DeadActorRow::crashed),
                      field("born_at", &DeadActorRow::born_at),
                      field("died_at", &DeadActorRow::died_at),
                      field("messages", &DeadActorRow::messages),
                      field("failures", &DeadActorRow::failures),
                      field("last_messages", &DeadActorRow::last_messages)};
  }
};

/// The answer of `GET /admin/actors/dead`, the latest first.
struct DeadActorPage {
  static constexpr auto type_name = "DeadActorPage";
  std::vector<DeadActorRow> items{};
  std::optional<std::string> next{};
  static constexpr auto fields() {
    return std::tuple{field("items", &DeadActorPage::items), field("next", &DeadActorPage::next)};
  }
};

}  // namespace jobraker
