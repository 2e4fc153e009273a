#pragma once

#include <optional>
#include <string>

#include "messages/chat_commands.hpp"
#include "storage/session.hpp"

/// Messages that people report, and what reviewers make of them. A report goes when its message or
/// its reporter is erased.
namespace jobraker::storage {

/// Reports a message in one of the reporter's own conversations; Errc::not_found for any other. One
/// report a person and message: a repeated one changes it, and opens it again when it was decided
/// and says something new.
task<Result<ReportView>> report_message(Session& session, MessageId message, UserId reporter,
                                        ReportMessage report);

/// A page of reports, the oldest first, at most 100. Errc::invalid for a cursor that is none.
task<Result<ReportPage>> list_reports(Session& session, ListReports query);

/// The report, or Errc::not_found.
task<Result<ReportView>> find_report(Session& session, ReportId id);

/// Decides an open report. Repeating one's own decision answers it again; Errc::conflict when it
/// was decided otherwise or by another, Errc::not_found when there is none.
task<Result<ReportView>> decide_report(Session& session, ReportId id, UserId reviewer,
                                       DecideReport decision);

}  // namespace jobraker::storage
