#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "messages/context.hpp"
#include "messages/fast_clock.hpp"

namespace jobraker {

/// What a span is the time of.
enum class SpanKind : std::uint8_t {
  request,    ///< an HTTP request of ours, until its answer is written
  message,    ///< one message in an actor's handler
  statement,  ///< one SQL statement
  call,       ///< a request to somebody else's server
  work,       ///< a piece of work on the processor pool
  event,      ///< an event written into the outbox
};
std::string_view to_string(SpanKind kind) noexcept;

/// For what the code on this thread is running: the span that what it starts belongs under.
struct Cause {
  std::array<std::uint8_t, 16> trace{};  ///< all zero: no trace
  std::uint64_t span = 0;                ///< 0: none
  std::uint64_t actor = 0;               ///< CAF's id of the actor it is done for; 0: none
  UserId principal{};                    ///< the person it is done for; none: the system itself
};

/// The calling thread's cause. An I/O thread clears it after every handler; whoever suspends a
/// coroutine (SQL, asks, calls, timers) puts it back when the coroutine goes on.
inline Cause& current_cause() noexcept {
  static thread_local constinit Cause cause{};
  return cause;
}

/// Puts the thread's cause back when a scope that suspends ends: for a coroutine's first line.
class CarriesCause {
public:
  CarriesCause() noexcept : cause_(current_cause()) {}
  ~CarriesCause() { current_cause() = cause_; }
  CarriesCause(const CarriesCause&) = delete;
  CarriesCause& operator=(const CarriesCause&) = delete;

private:
  Cause cause_;
};

/// Makes `cause` the thread's for a scope, and puts back what was before.
class ActsFor {
public:
  explicit ActsFor(const Cause& cause) noexcept : before_(current_cause()) {
    current_cause() = cause;
  }
  ~ActsFor() { current_cause() = before_; }
  ActsFor(const ActsFor&) = delete;
  ActsFor& operator=(const ActsFor&) = delete;

private:
  Cause before_;
};

/// One finished span.
struct Span {
  std::uint64_t id = 0;
  std::uint64_t parent = 0;  ///< 0, or a span that may be forgotten or somebody else's
  std::array<std::uint8_t, 16> trace{};
  std::uint64_t actor = 0;    ///< whose handler it was, or for which actor it was done
  std::uint64_t sender = 0;   ///< of a message: CAF's id of its sender, 0 if there is none
  std::int64_t began_ns = 0;  ///< steady clock: when it came into the queue
  std::uint64_t wait_ns = 0;  ///< in a queue
  std::uint64_t run_ns = 0;   ///< from the queue's end to its own
  std::string_view name{};    ///< of static storage: SQL, a mangled message type, an interned name
  SpanKind kind = SpanKind::message;
  bool failed = false;
};

/// An id that no other span of this process has; never 0.
std::uint64_t next_span_id() noexcept;

/// The parent id of a trace as a span's id, and back (W3C Trace Context: 8 bytes).
std::uint64_t span_id_of(const Trace& trace) noexcept;
void set_span_id(Trace& trace, std::uint64_t span) noexcept;

/// Rings there are in a thread; a group is an index below.
inline constexpr unsigned span_groups = 64;
/// Groups of what is no message; kinds of actors have the others.
inline constexpr unsigned first_actor_group = 8;
/// Spans a ring of one thread and group remembers.
inline constexpr std::size_t spans_remembered = 2048;

/// Remembers a span in the calling thread's ring of `group`, without a lock. The oldest goes.
void record_span(const Span& span, unsigned group) noexcept;

/// All remembered spans that `wanted` says yes to, by time. From any thread; what is overwritten
/// meanwhile is left out.
std::vector<Span> find_spans(const std::function<bool(const Span&)>& wanted);

/// Whether spans of this trace are known to have been overwritten: each thread remembers some
/// thousand traces of which it has overwritten any.
bool spans_lost(const std::array<std::uint8_t, 16>& trace);

/// The newest `most` messages of an actor that are still remembered, the newest first.
std::vector<Span> last_messages(std::uint64_t actor, std::size_t most);

/// The same for who knows the actor's group: looks at that group's rings only, which is cheap
/// enough for a scheduler thread (some ten microseconds a thread of the program).
std::vector<Span> last_messages(std::uint64_t actor, std::size_t most, unsigned group);

/// A name with static storage, equal names being one. Of names there should be few: after 4096
/// different ones all further are `(other)`.
std::string_view intern_name(std::string_view name);

/// Something under way that an actor, or a request, waits for.
struct Pending {
  Cause cause{};
  SpanKind kind = SpanKind::statement;
  std::string_view name{};
  std::int64_t began_ns = 0;
};

/// Everything under way in all threads, unordered.
std::vector<Pending> pending_spans();

class SpanThread;

/// An operation from its start to its answer: to be seen while it lasts (`pending_spans`), recorded
/// when it ends. Belongs to the thread that made it, and may be destroyed by any.
class OpenSpan {
public:
  /// `name` must have static storage.
  OpenSpan(SpanKind kind, std::string_view name) noexcept;
  /// Ends it as failed when nobody has ended it.
  ~OpenSpan();
  OpenSpan(const OpenSpan&) = delete;
  OpenSpan& operator=(const OpenSpan&) = delete;

  /// The wait in a queue is over.
  void started() noexcept;
  /// It is over; idempotent. `resume()` is for whoever goes on with the caller.
  void finish(bool failed) noexcept;
  /// Makes the thread's cause what it was when the operation began.
  void resume() const noexcept { current_cause() = pending_.cause; }

  std::uint64_t id() const noexcept { return id_; }
  const Cause& cause() const noexcept { return pending_.cause; }

private:
  friend class SpanThread;
  Pending pending_;
  std::uint64_t id_;
  std::int64_t started_ns_ = 0;
  SpanThread* thread_ = nullptr;  ///< in whose list it is; null once it is over
  OpenSpan* before_ = nullptr;
  OpenSpan* after_ = nullptr;
};

}  // namespace jobraker
