#include "storage/pq/errors.hpp"

#include <spdlog/spdlog.h>

namespace jobraker::storage::pq {
namespace {

std::string field(const PGresult* result, int code) {
  const char* text = PQresultErrorField(result, code);
  return text ? text : "";
}

Errc code_of(std::string_view state) {
  if (state.empty() || state.starts_with("08") || state.starts_with("53") || state == "57P01" ||
      state == "57P02" || state == "57P03" || state == "57P05" || state == "25P03")
    return Errc::unavailable;
  if (state == "23505" || state == "23P01")
    return Errc::conflict;
  if (state.starts_with("23") || state.starts_with("22"))
    return Errc::invalid;
  if (state == "57014" || state == "55P03")
    return Errc::timed_out;
  if (is_retryable(state))
    return Errc::unavailable;
  return Errc::internal;
}

/// The statement's first line that says something, for the log: its text is ours, without values.
std::string_view first_words(std::string_view sql) {
  auto start = sql.find_first_not_of(" \n\t");
  if (start == std::string_view::npos)
    return {};
  sql.remove_prefix(start);
  return sql.substr(0, std::min<std::size_t>(sql.find('\n'), 80));
}

}  // namespace

SqlFailure failure_of(const PGresult* result, std::string_view sql) {
  SqlFailure failure;
  failure.sqlstate = field(result, PG_DIAG_SQLSTATE);
  auto constraint = field(result, PG_DIAG_CONSTRAINT_NAME);
  auto& error = failure.error;
  error.code = code_of(failure.sqlstate);
  switch (error.code) {
  case Errc::conflict:
    error.detail = "there is one like it already (" + constraint + ")";
    break;
  case Errc::invalid:
    error.detail = constraint.empty() ? "the database cannot store one of the values"
                                      : "a value breaks the rule " + constraint;
    break;
  case Errc::timed_out:
    error.detail = "the database took too long";
    break;
  case Errc::unavailable:
    error.detail = failure.sqlstate.empty() ? "the connection to the database broke"
                                            : "the database cannot do this at the moment";
    break;
  default:
    error.detail = "the database refused a statement";
    // Only messages about the statement itself (class 42) are sure to hold no values.
    spdlog::error("statement_failed sqlstate={} sql=\"{}\" message=\"{}\"", failure.sqlstate,
                  first_words(sql),
                  failure.sqlstate.starts_with("42") ? field(result, PG_DIAG_MESSAGE_PRIMARY) : "");
  }
  return failure;
}

bool is_retryable(std::string_view sqlstate) { return sqlstate == "40001" || sqlstate == "40P01"; }

bool needs_new_plan(std::string_view sqlstate) {
  // 0A000 is "cached plan must not change result type" here: nothing else we send is unsupported.
  return sqlstate == "26000" || sqlstate == "0A000";
}

}  // namespace jobraker::storage::pq
