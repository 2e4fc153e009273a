#pragma once

#include <string>
#include <vector>

#include "messages/events.hpp"
#include "storage/session.hpp"
#include "storage/settings.hpp"
#include "tools/analytics/trade.hpp"

/// The schema `analytics` of a PostgreSQL database: what has been counted and as whom.
namespace jobraker::analytics {

/// What has become of some events.
struct Counted {
  std::int64_t counted = 0;
  std::int64_t repeated = 0;  ///< counted before, or twice among them
  std::int64_t ignored = 0;   ///< of types that are not counted
  std::vector<std::string> unreadable{};
};

/// Makes the schema or brings it up to date. Blocks. Errors: those of storage::migrate.
Done prepare_schema(const storage::Settings& settings);

/// Counts events, each once however often it comes and whoever counts at the same time: its id and
/// its effect are stored in one transaction. Errors: those of query().
task<Result<Counted>> count_events(storage::Session& session, std::vector<Event> events,
                                   const Trades& trades);

/// The consumer group that this schema is filled as; on first use one with a name that nobody has
/// used, behind `prefix`, which therefore begins with the first record.
task<Result<std::string>> consumer_group(storage::Session& session, std::string prefix);

/// Forgets all that was counted, and the group. Tables and views stay, with the rights to them.
task<Done> forget_everything(storage::Session& session);

/// Forgets which events were counted more than `days` ago: they would be counted again. Answers how
/// many.
task<Result<std::size_t>> forget_events(storage::Session& session, std::int64_t days);

}  // namespace jobraker::analytics
