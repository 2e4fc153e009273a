#pragma once

#include <string>
#include <string_view>

#include <libpq-fe.h>

#include "messages/result.hpp"

/// libpq stays in this folder.
namespace jobraker::storage::pq {

/// A statement that failed: the SQLSTATE (PostgreSQL manual, appendix A; empty when the connection
/// itself broke) and what callers hear.
struct SqlFailure {
  std::string sqlstate{};
  Error error{};
};

/// What a failed result means. Faults of ours (Errc::internal) are logged here, without any values.
SqlFailure failure_of(const PGresult* result, std::string_view sql);

/// Serialisation failure or deadlock: nothing of it took effect, running it again may succeed.
bool is_retryable(std::string_view sqlstate);

/// The prepared statement is missing or outdated; nothing was executed.
bool needs_new_plan(std::string_view sqlstate);

}  // namespace jobraker::storage::pq
