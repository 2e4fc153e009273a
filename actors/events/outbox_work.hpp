#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "actors/events/core/outbox_cursor.hpp"
#include "actors/system/services.hpp"
#include "messages/actor.hpp"
#include "messages/context.hpp"
#include "messages/result.hpp"
#include "messages/task.hpp"
#include "storage/outbox.hpp"

/// What the outbox actor asks PostgreSQL, on an I/O thread.
namespace jobraker::events {

/// The lead is held for so long at a time, by PostgreSQL's clock, and asked for so often.
inline constexpr std::chrono::milliseconds lease{10'000};
inline constexpr std::chrono::milliseconds renew_every{3'000};

/// Takes or keeps the lead for this node; false while another one has it.
task<Result<bool>> take_lead(Services& services, Context::Clock::time_point deadline);

/// Lets another node lead at once, if PostgreSQL answers within two seconds.
task<Result<Ok>> leave_lead(Services& services);

/// What is to be told next.
task<Result<storage::OutboxPage>> read_rows(Services& services, OutboxRead next);

/// Removes what was told. After a failure it has waited a moment.
task<Result<Ok>> remove_rows(Services& services, std::vector<std::int64_t> seqs);

/// Makes dead letters of rows that are never accepted. A row that is a dead letter's message stays
/// in the table of dead letters only.
task<Result<Ok>> set_aside_rows(Services& services, std::vector<std::int64_t> seqs,
                                std::string why);

}  // namespace jobraker::events
