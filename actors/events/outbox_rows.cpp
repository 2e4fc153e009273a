#include <algorithm>

#include <spdlog/spdlog.h>

#include "actors/events/outbox_parts.hpp"
#include "actors/events/outbox_work.hpp"
#include "messages/event_schemas.hpp"

/// How rows come into the outbox actor, and how they leave the outbox.
namespace jobraker::events::outbox {
namespace {

constexpr std::size_t removed_at_once = 2000;

/// Says what breaks its schema. It is told nevertheless: it has happened.
void check(const State& state, const storage::OutboxRow& row) {
  if (!state.services->config.events.validate)
    return;
  if (auto valid = validate_event(row.event); !valid)
    spdlog::error("event=events.invalid id={} type={} why=\"{}\"", to_string(row.event.id),
                  row.event.type, valid.error().detail);
}

void take_rows(State& state, const OutboxRead& read, storage::OutboxPage page) {
  OutboxFound found{{}, page.xmin, page.xmax};
  found.seqs = page.unknown;
  for (const auto& row : page.rows)
    found.seqs.push_back(row.seq);
  std::sort(found.seqs.begin(), found.seqs.end());
  auto fresh = state.cursor.found(read, found);
  state.cursor.removed(page.unknown);
  // Both rise.
  auto wanted = fresh.begin();
  for (auto& row : page.rows) {
    wanted = std::lower_bound(wanted, fresh.end(), row.seq);
    if (wanted == fresh.end() || row.seq != *wanted)
      continue;
    check(state, row);
    state.offered_bytes += row.event.data.size();
    state.offered.push_back(std::move(row));
    // It brought something: there may be more.
    state.look_again = true;
  }
}

}  // namespace

void read(Self* self) {
  auto& state = self->state;
  const auto& config = state.services->config.events;
  if (state.reading || state.offered.size() >= static_cast<std::size_t>(config.batch) ||
      state.cursor.in_hand() >= static_cast<std::size_t>(config.in_flight_max))
    return;
  state.reading = true;
  state.look_again = false;
  auto next = state.cursor.next();
  self->await<storage::OutboxPage>(
    state.services->io, [&s = *state.services, next] { return read_rows(s, next); },
    [self, next](Result<storage::OutboxPage> page) {
      auto& after = self->state;
      after.reading = false;
      if (page)
        take_rows(after, next, std::move(*page));
      else
        spdlog::warn("event=outbox.not_read why=\"{}\"", page.error().detail);
      go_on(self);
    });
}

void remove(Self* self) {
  auto& state = self->state;
  if (state.removing || state.told.empty())
    return;
  state.removing = true;
  auto end = state.told.begin();
  std::advance(end, std::min(state.told.size(), removed_at_once));
  auto seqs = std::make_shared<const std::vector<std::int64_t>>(state.told.begin(), end);
  self->await<Ok>(
    state.services->io, [&s = *state.services, seqs] { return remove_rows(s, *seqs); },
    [self, seqs](Result<Ok> done) {
      auto& after = self->state;
      after.removing = false;
      if (done) {
        for (auto seq : *seqs)
          after.told.erase(seq);
        after.cursor.removed(*seqs);
      } else {
        spdlog::warn("event=outbox.not_removed rows={} why=\"{}\"", seqs->size(),
                     done.error().detail);
      }
      go_on(self);
    });
}

void set_aside(Self* self, const Reported& said) {
  auto& state = self->state;
  self->await<Ok>(
    state.services->io,
    [&s = *state.services, seqs = said.refused, why = said.why] {
      return set_aside_rows(s, seqs, why);
    },
    [self, seqs = said.refused, which = state.publishers](Result<Ok> done) {
      if (which != self->state.publishers)
        return;  // they are in hand no more, and come again
      if (done)
        self->state.told.insert(seqs.begin(), seqs.end());
      else
        start_over(self, "not set aside: " + done.error().detail);
      go_on(self);
    });
}

}  // namespace jobraker::events::outbox
