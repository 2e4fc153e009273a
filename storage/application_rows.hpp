#pragma once

#include "messages/applications.hpp"
#include "messages/result.hpp"
#include "storage/row.hpp"

/// Columns and readers that the repositories of applications share.
namespace jobraker::storage {

/// Of `applications a`.
#define APPLICATION_COLUMNS                                                                        \
  "a.id, a.user_id, a.job_id, a.company, a.job_title, a.status, a.url, a.notes, a.created_at, "    \
  "a.updated_at"
inline constexpr std::size_t application_columns = 10;

inline Application to_application(const Row& row) {
  Application a;
  row.read(a.id, a.user_id, a.job_id, a.company, a.job_title, a.status, a.url, a.notes,
           a.created_at, a.updated_at);
  return a;
}

inline tl::unexpected<Error> no_application() {
  return fail(Errc::not_found, "there is no such application");
}

}  // namespace jobraker::storage
