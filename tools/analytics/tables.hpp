#pragma once

#include "storage/session.hpp"
#include "tools/analytics/tally.hpp"

namespace jobraker::analytics {

/// Adds a tally to the tables of the schema, inside the caller's transaction. Errors: those of
/// query().
task<Done> add_to_tables(storage::Session& session, const Tally& tally);

}  // namespace jobraker::analytics
