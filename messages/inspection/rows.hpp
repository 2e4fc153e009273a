#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "messages/enums.hpp"
#include "messages/fields.hpp"
#include "messages/time.hpp"

/// Lists of the actors of this node. Paths are places in the tree: `/users/018f…`.
namespace jobraker {

/// What an actor is at. The first that holds, in this order: paused, draining, running, queued,
/// waiting, idle.
enum class ActorState : std::uint8_t {
  idle,
  queued,    ///< messages are in its mailbox and nobody runs it
  running,   ///< a handler runs
  waiting,   ///< effects are under way whose results come back to it
  paused,    ///< by an operator
  draining,  ///< by an operator
};
template <>
inline constexpr std::string_view enum_names<ActorState>[] = {"idle",    "queued", "running",
                                                              "waiting", "paused", "draining"};

/// What a list of actors is ordered by.
enum class ActorSort : std::uint8_t {
  path,
  mailbox,
  messages,
  rate,
  busy,
  wait,
  failures,
  restarts,
  running,
  born,
  bytes,
};
template <>
inline constexpr std::string_view enum_names<ActorSort>[] = {
  "path",     "mailbox",  "messages", "rate", "busy", "wait",
  "failures", "restarts", "running",  "born", "bytes"};

enum class SortOrder : std::uint8_t { asc, desc };
template <>
inline constexpr std::string_view enum_names<SortOrder>[] = {"asc", "desc"};

/// The query of `GET /admin/actors`, and what a console watches.
struct GetActors {
  static constexpr auto type_name = "GetActors";
  std::optional<std::string> path{};  ///< only this actor and those below it
  std::optional<std::string> kind{};
  std::optional<ActorState> state{};
  std::optional<std::string> q{};  ///< part of the path
  ActorSort sort = ActorSort::path;
  std::optional<SortOrder> order{};  ///< without it: paths ascending, figures descending
  std::int64_t limit = 100;
  std::optional<std::string> cursor{};
  std::int64_t skip = 0;  ///< so many of those that would come are left out: to look at the middle
  static constexpr auto fields() {
    return std::tuple{field("path", &GetActors::path, {.max_length = 400}),
                      field("kind", &GetActors::kind, {.max_length = 100}),
                      field("state", &GetActors::state),
                      field("q", &GetActors::q, {.max_length = 200}),
                      optional_field("sort", &GetActors::sort),
                      field("order", &GetActors::order),
                      optional_field("limit", &GetActors::limit, {.min = 1, .max = 1000}),
                      field("cursor", &GetActors::cursor, {.max_length = 1000}),
                      optional_field("skip", &GetActors::skip, {.min = 0, .max = 1000000})};
  }
};

/// The message an actor took last.
struct TakenMessage {
  static constexpr auto type_name = "TakenMessage";
  std::string type{};
  Time at{};
  static constexpr auto fields() {
    return std::tuple{field("type", &TakenMessage::type), field("at", &TakenMessage::at)};
  }
};

/// One actor as it was at the moment of asking. It is not asked itself, so one that is stuck is
/// shown like any other.
struct ActorRow {
  static constexpr auto type_name = "ActorRow";
  std::string path{};
  std::string kind{};
  std::string parent{};
  ActorState state = ActorState::idle;
  std::optional<std::string> waiting_on{};  ///< the oldest effect under way
  std::int64_t mailbox = 0;
  std::int64_t messages = 0;
  std::optional<double> rate{};  ///< messages/s since somebody looked before
  std::int64_t failures = 0;
  std::int64_t dropped = 0;
  std::int64_t restarts = 0;
  std::int64_t busy_us = 0;
  std::int64_t wait_us_mean = 0;
  std::optional<TakenMessage> last_message{};
  std::optional<std::int64_t> running_us{};  ///< how long the handler has been running
  Time born_at{};
  std::optional<std::int64_t> bytes{};  ///< about what its state holds, where it says so
  static constexpr auto fields() {
    return std::tuple{field("path", &ActorRow::path),
                      field("kind", &ActorRow::kind),
                      field("parent", &ActorRow::parent),
                      field("state", &ActorRow::state),
                      field("waiting_on", &ActorRow::waiting_on),
                      field("mailbox", &ActorRow::mailbox),
                      field("messages", &ActorRow::messages),
                      field("rate", &ActorRow::rate),
                      field("failures", &ActorRow::failures),
                      field("dropped", &ActorRow::dropped),
                      field("restarts", &ActorRow::restarts),
                      field("busy_us", &ActorRow::busy_us),
                      field("wait_us_mean", &ActorRow::wait_us_mean),
                      field("last_message", &ActorRow::last_message),
                      field("running_us", &ActorRow::running_us),
                      field("born_at", &ActorRow::born_at),
                      field("bytes", &ActorRow::bytes)};
  }
};

/// The answer of `GET /admin/actors`.
struct ActorPage {
  static constexpr auto type_name = "ActorPage";
  std::vector<ActorRow> items{};
  std::optional<std::string> next{};
  std::int64_t total = 0;  ///< that match, on all pages
  Time at{};
  static constexpr auto fields() {
    return std::tuple{field("items", &ActorPage::items), field("next", &ActorPage::next),
                      field("total", &ActorPage::total), field("at", &ActorPage::at)};
  }
};

}  // namespace jobraker
