#pragma once

#include <string>
#include <vector>

#include "messages/context.hpp"
#include "messages/inspection.hpp"
#include "storage/session.hpp"

/// What operators did, and what is stored of one request.
namespace jobraker::storage {

/// What `by` does now, for write_audit; `detail` holds no personal data.
AuditEntry audit_entry(const Principal& by, std::string action, std::string target,
                       std::string detail = {});

/// Writes down what is about to be done. Errc::conflict when the id is there already.
task<Done> write_audit(Session& session, AuditEntry entry);

/// A page of what was done, the latest first. `actor` is who did it when it is an id, else whom it
/// was done to: that path and all below it. Errc::invalid for a cursor that is none.
task<Result<AuditPage>> list_audit(Session& session, GetAudit query);

/// The model calls of a trace that began between the two times, the earliest first, at most 200.
task<Result<std::vector<TraceCall>>> calls_of_trace(Session& session, std::string trace_id,
                                                    Time from, Time to);

}  // namespace jobraker::storage
