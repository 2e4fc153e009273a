#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "messages/events.hpp"
#include "storage/session.hpp"

/// The transactional outbox: events are stored with the rows they tell of, in one transaction, and
/// told afterwards (microservices.io, "Transactional outbox").
namespace jobraker::storage {

/// Stores events inside the caller's transaction. Two transactions that tell something of the same
/// key take their sequence numbers in the order in which they commit: the second waits here until
/// the first has ended. Call it last, so that it waits for nobody long. Errors: those of query().
task<Done> append_events(Session& session, std::vector<Event> events);

/// An event waiting to be told.
struct OutboxRow {
  std::int64_t seq = 0;
  Event event{};
  /// For the topic's dead letters, with who could not handle it and why: a JSON object of consumer,
  /// reason, attempts and failed_at.
  std::optional<std::string> dead{};
};

/// A look into the outbox: every transaction below `xmin` had ended, and none from `xmax` on had
/// its id when it was taken.
struct OutboxPage {
  std::vector<OutboxRow> rows{};
  std::int64_t xmin = 0;
  std::int64_t xmax = 0;
  /// Numbers of rows of topics that this binary does not know: a newer one's, who will tell them.
  std::vector<std::int64_t> unknown{};
};

/// Up to `limit` events above `after`, and those of `gaps`, by rising sequence number. Of one key
/// the sequence is that of commits; a number below one seen may still appear, of another key, while
/// its transaction, whose id is older than the number, has not ended. A topic that is not known is
/// logged once in the life of the process.
task<Result<OutboxPage>> read_outbox(Session& session, std::int64_t after,
                                     std::vector<std::int64_t> gaps, std::int64_t limit);

/// Told: they go.
task<Done> remove_from_outbox(Session& session, std::vector<std::int64_t> seqs);

/// How much waits, and since when.
struct OutboxState {
  std::int64_t waiting = 0;
  std::optional<Time> oldest{};
};
task<Result<OutboxState>> outbox_state(Session& session);

/// Takes or keeps the right to tell what is in the outbox, for `lease` by PostgreSQL's clock. False
/// while another node has it.
task<Result<bool>> lead_outbox(Session& session, Uuid node, std::chrono::milliseconds lease);

/// Lets another node take over at once.
task<Done> leave_outbox(Session& session, Uuid node);

/// Whether this consumer handles the event for the first time; if so it is remembered, with the
/// caller's transaction. False: its effect has happened, do nothing.
task<Result<bool>> first_time(Session& session, std::string group, Uuid event, Time now);

/// Deletes up to `limit` marks of `first_time` older than `before`.
task<Result<std::size_t>> forget_consumed(Session& session, Time before, std::int64_t limit);

/// An event that a consumer could not handle.
struct DeadLetter {
  Uuid id{};
  std::string group{};
  Event event{};
  std::string reason{};
  std::int64_t attempts = 0;
  Time failed_at{};
  std::optional<Time> replayed_at{};
};

/// Sets an event aside: a row, a message for the topic's dead letters in the outbox, and the mark
/// of `first_time`. Once for each group and event, whatever happens.
task<Done> add_dead_letter(Session& session, DeadLetter letter);

/// The latest first; with `group` only that consumer's, with `before` those that failed earlier.
task<Result<std::vector<DeadLetter>>> list_dead_letters(Session& session,
                                                        std::optional<std::string> group,
                                                        std::optional<Time> before,
                                                        std::int64_t limit);

/// The dead letter, marked as replayed, its event in the outbox again under its old id and free for
/// the consumer that failed. Errc::not_found; Errc::conflict when it was replayed already.
task<Result<DeadLetter>> replay_dead_letter(Session& session, Uuid id, Time now);

task<Result<std::size_t>> forget_dead_letters(Session& session, Time before, std::int64_t limit);

}  // namespace jobraker::storage
