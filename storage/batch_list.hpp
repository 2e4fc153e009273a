#pragma once

#include "messages/schedules.hpp"
#include "storage/session.hpp"

namespace jobraker::storage {

/// A page of everybody's scoring runs, the newest first. Errc::invalid for a cursor that is none.
task<Result<BatchPage>> list_batches(Session& session, ListBatches query);

}  // namespace jobraker::storage
