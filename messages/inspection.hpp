#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "messages/enums.hpp"
#include "messages/fields.hpp"
#include "messages/ids.hpp"
#include "messages/time.hpp"

/// What operators ask about the actors of this node, and what they are told. Paths are places in
/// the tree: `/users/018f…`.
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
};
template <>
inline constexpr std::string_view enum_names<ActorSort>[] = {
  "path", "mailbox", "messages", "rate", "busy", "wait", "failures", "restarts", "running", "born"};

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
  static constexpr auto fields() {
    return std::tuple{field("path", &GetActors::path, {.max_length = 400}),
                      field("kind", &GetActors::kind, {.max_length = 100}),
                      field("state", &GetActors::state),
                      field("q", &GetActors::q, {.max_length = 200}),
                      optional_field("sort", &GetActors::sort),
                      field("order", &GetActors::order),
                      optional_field("limit", &GetActors::limit, {.min = 1, .max = 1000}),
                      field("cursor", &GetActors::cursor, {.max_length = 1000})};
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
  std::optional<std::int64_t> bytes{};  ///< not known at present
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

/// What an operator may do to an actor.
enum class ActorAction : std::uint8_t { stop, restart, drain, pause, resume, trace };
template <>
inline constexpr std::string_view enum_names<ActorAction>[] = {"stop",  "restart", "drain",
                                                               "pause", "resume",  "trace"};

/// The body of `POST /admin/actors/{path...}/{action}`.
struct ConfirmAction {
  static constexpr auto type_name = "ConfirmAction";
  std::string confirm{};  ///< the path again
  bool subtree = false;   ///< all below it, too
  std::optional<std::string> reason{};
  std::int64_t messages = 100;  ///< of `trace`: how many are logged
  static constexpr auto fields() {
    return std::tuple{
      field("confirm", &ConfirmAction::confirm, {.max_length = 400}),
      optional_field("subtree", &ConfirmAction::subtree),
      field("reason", &ConfirmAction::reason, {.max_length = 500}),
      optional_field("messages", &ConfirmAction::messages, {.min = 1, .max = 10000})};
  }
};

/// An operator wants something done to an actor.
struct ActOnActor {
  static constexpr auto type_name = "ActOnActor";
  std::string path{};
  ActorAction action = ActorAction::stop;
  ConfirmAction confirmed{};
  std::string remote{};  ///< address of the operator
  static constexpr auto fields() { return std::tuple{}; }
};

/// What was done: to whom (the first hundred), and to how many.
struct ActionDone {
  static constexpr auto type_name = "ActionDone";
  ActorAction action = ActorAction::stop;
  std::vector<std::string> paths{};
  std::int64_t count = 0;
  static constexpr auto fields() {
    return std::tuple{field("action", &ActionDone::action), field("paths", &ActionDone::paths),
                      field("count", &ActionDone::count)};
  }
};

enum class AlarmKind : std::uint8_t { long_mailbox, long_handler, restart_storm, stale_workflow };
template <>
inline constexpr std::string_view enum_names<AlarmKind>[] = {"long_mailbox", "long_handler",
                                                             "restart_storm", "stale_workflow"};
enum class AlarmLevel : std::uint8_t { warning, critical };
template <>
inline constexpr std::string_view enum_names<AlarmLevel>[] = {"warning", "critical"};

/// Something about an actor that is not as it should be.
struct Alarm {
  static constexpr auto type_name = "Alarm";
  std::string id{};
  AlarmKind kind = AlarmKind::long_mailbox;
  std::string path{};
  std::string detail{};
  Time since{};
  AlarmLevel level = AlarmLevel::warning;
  bool operator==(const Alarm&) const = default;
  static constexpr auto fields() {
    return std::tuple{field("id", &Alarm::id),       field("kind", &Alarm::kind),
                      field("path", &Alarm::path),   field("detail", &Alarm::detail),
                      field("since", &Alarm::since), field("level", &Alarm::level)};
  }
};

struct GetAlarms {
  static constexpr auto type_name = "GetAlarms";
  static constexpr auto fields() { return std::tuple{}; }
};

struct AlarmList {
  static constexpr auto type_name = "AlarmList";
  std::vector<Alarm> items{};
  static constexpr auto fields() { return std::tuple{field("items", &AlarmList::items)}; }
};

/// The query of `GET /admin/traces`: requests that are still remembered.
struct GetTraces {
  static constexpr auto type_name = "GetTraces";
  std::optional<bool> slowest{};  ///< the slowest first instead of the latest
  std::optional<bool> failed{};
  std::optional<std::string> name{};  ///< part of the name
  std::int64_t limit = 100;
  static constexpr auto fields() {
    return std::tuple{field("slowest", &GetTraces::slowest), field("failed", &GetTraces::failed),
                      field("name", &GetTraces::name, {.max_length = 200}),
                      optional_field("limit", &GetTraces::limit, {.min = 1, .max = 1000})};
  }
};

/// One trace in short.
struct TraceRow {
  static constexpr auto type_name = "TraceRow";
  std::string trace_id{};
  std::string name{};
  Time at{};
  std::int64_t duration_us = 0;
  std::int64_t spans = 0;
  bool failed = false;
  static constexpr auto fields() {
    return std::tuple{field("trace_id", &TraceRow::trace_id),
                      field("name", &TraceRow::name),
                      field("at", &TraceRow::at),
                      field("duration_us", &TraceRow::duration_us),
                      field("spans", &TraceRow::spans),
                      field("failed", &TraceRow::failed)};
  }
};

struct TraceList {
  static constexpr auto type_name = "TraceList";
  std::vector<TraceRow> items{};
  static constexpr auto fields() { return std::tuple{field("items", &TraceList::items)}; }
};

struct GetTrace {
  static constexpr auto type_name = "GetTrace";
  std::string trace_id{};
  static constexpr auto fields() { return std::tuple{field("trace_id", &GetTrace::trace_id)}; }
};

/// One span of a trace.
struct TraceSpan {
  static constexpr auto type_name = "TraceSpan";
  std::string id{};
  std::optional<std::string> parent{};
  std::string kind{};
  std::string name{};
  std::optional<std::string> actor{};   ///< path, while it lives
  std::optional<std::string> sender{};  ///< likewise
  std::int64_t start_us = 0;            ///< from the trace's first
  std::int64_t wait_us = 0;
  std::int64_t run_us = 0;
  bool failed = false;
  std::int64_t depth = 0;
  static constexpr auto fields() {
    return std::tuple{field("id", &TraceSpan::id),
                      field("parent", &TraceSpan::parent),
                      field("kind", &TraceSpan::kind),
                      field("name", &TraceSpan::name),
                      field("actor", &TraceSpan::actor),
                      field("sender", &TraceSpan::sender),
                      field("start_us", &TraceSpan::start_us),
                      field("wait_us", &TraceSpan::wait_us),
                      field("run_us", &TraceSpan::run_us),
                      field("failed", &TraceSpan::failed),
                      field("depth", &TraceSpan::depth)};
  }
};

/// A model call of a trace, from the log of calls.
struct TraceCall {
  static constexpr auto type_name = "TraceCall";
  std::string operation{};
  std::string provider{};
  std::string model{};
  std::int64_t tokens_in = 0;
  std::int64_t tokens_cached = 0;
  std::int64_t tokens_out = 0;
  double cost_usd = 0;
  std::int64_t ms = 0;
  std::string outcome{};
  Time at{};
  static constexpr auto fields() {
    return std::tuple{field("operation", &TraceCall::operation),
                      field("provider", &TraceCall::provider),
                      field("model", &TraceCall::model),
                      field("tokens_in", &TraceCall::tokens_in),
                      field("tokens_cached", &TraceCall::tokens_cached),
                      field("tokens_out", &TraceCall::tokens_out),
                      field("cost_usd", &TraceCall::cost_usd),
                      field("ms", &TraceCall::ms),
                      field("outcome", &TraceCall::outcome),
                      field("at", &TraceCall::at)};
  }
};

/// An event that a trace wrote into the outbox. What is told is deleted there: then only the topic
/// is known.
struct TraceEvent {
  static constexpr auto type_name = "TraceEvent";
  std::string topic{};
  std::optional<std::string> type{};
  std::optional<std::string> key{};
  Time at{};
  static constexpr auto fields() {
    return std::tuple{field("topic", &TraceEvent::topic), field("type", &TraceEvent::type),
                      field("key", &TraceEvent::key), field("at", &TraceEvent::at)};
  }
};

/// The answer of `GET /admin/traces/{trace_id}`: spans in the order of the tree.
struct TraceView {
  static constexpr auto type_name = "TraceView";
  std::string trace_id{};
  Time at{};
  std::vector<TraceSpan> spans{};
  std::vector<TraceCall> model_calls{};
  std::vector<TraceEvent> events{};
  bool truncated = false;  ///< spans are missing: forgotten, or too many
  static constexpr auto fields() {
    return std::tuple{
      field("trace_id", &TraceView::trace_id), field("at", &TraceView::at),
      field("spans", &TraceView::spans),       field("model_calls", &TraceView::model_calls),
      field("events", &TraceView::events),     field("truncated", &TraceView::truncated)};
  }
};

using AuditId = Id<struct AuditTag>;

/// The query of `GET /admin/audit`.
struct GetAudit {
  static constexpr auto type_name = "GetAudit";
  std::optional<std::string> actor{};  ///< who did it (an id), or a path: what it was done to
  std::optional<std::string> action{};
  std::int64_t limit = 100;
  std::optional<std::string> cursor{};
  static constexpr auto fields() {
    return std::tuple{field("actor", &GetAudit::actor, {.max_length = 400}),
                      field("action", &GetAudit::action, {.max_length = 100}),
                      optional_field("limit", &GetAudit::limit, {.min = 1, .max = 1000}),
                      field("cursor", &GetAudit::cursor, {.max_length = 100})};
  }
};

/// What an operator did.
struct AuditEntry {
  static constexpr auto type_name = "AuditEntry";
  AuditId id{};
  Time at{};
  UserId who{};
  std::string action{};
  std::string target{};
  std::string detail{};
  std::optional<std::string> ip{};
  static constexpr auto fields() {
    return std::tuple{field("id", &AuditEntry::id),         field("at", &AuditEntry::at),
                      field("who", &AuditEntry::who),       field("action", &AuditEntry::action),
                      field("target", &AuditEntry::target), field("detail", &AuditEntry::detail),
                      field("ip", &AuditEntry::ip)};
  }
};

struct AuditPage {
  static constexpr auto type_name = "AuditPage";
  std::vector<AuditEntry> items{};
  std::optional<std::string> next{};
  static constexpr auto fields() {
    return std::tuple{field("items", &AuditPage::items), field("next", &AuditPage::next)};
  }
};

struct GetOverview {
  static constexpr auto type_name = "GetOverview";
  static constexpr auto fields() { return std::tuple{}; }
};

/// What a console says on its WebSocket: from now on it wants these rows, that often.
struct WatchActors {
  static constexpr auto type_name = "WatchActors";
  std::string type{};  ///< `watch`
  GetActors query{};
  std::int64_t interval_ms = 1000;
  static constexpr auto fields() {
    return std::tuple{
      field("type", &WatchActors::type, {.max_length = 20}),
      optional_field("query", &WatchActors::query),
      optional_field("interval_ms", &WatchActors::interval_ms, {.min = 250, .max = 10000})};
  }
};

}  // namespace jobraker
