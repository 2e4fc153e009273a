#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "messages/inspection/under_way.hpp"
#include "storage/session.hpp"

/// What operators watch: counts over whole tables, without anybody's data.
namespace jobraker::storage {

/// A word of a small set (a topic, a state) and how many rows have it.
using Counts = std::vector<std::pair<std::string, std::int64_t>>;

/// Dead letters that were not replayed, by topic; topics without any are left out.
task<Result<Counts>> count_dead_letters(Session& session);

/// Applications by status; those that none has are left out. Reads the whole table.
task<Result<Counts>> count_applications(Session& session);

/// Submissions under way of which nothing was heard for too long.
task<Result<std::int64_t>> count_stale_submissions(Session& session);

/// Those, and kits under way that have made no step since `kits_before`; the fifty of each that
/// have stood still for the longest.
task<Result<std::vector<WorkUnderWay>>> find_stale_work(Session& session, Time kits_before);

}  // namespace jobraker::storage
