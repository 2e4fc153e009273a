#pragma once

#include <span>

#include "config/embedded.hpp"
#include "messages/result.hpp"
#include "storage/settings.hpp"

namespace jobraker::storage {

/// Brings the database's schema up to date with the binary: applies the embedded files of
/// `storage/migrations` that are not yet in `schema_migrations`, in order, each in a transaction of
/// its own, under an advisory lock so that several servers may start at once. Answers how many were
/// applied. Blocks; call it before the io threads run. Errors: unavailable (no connection),
/// conflict (an applied file has changed since, or the database is newer than this binary),
/// internal (a file failed; nothing of it is left behind, and the detail names it).
Result<int> migrate(const Settings& settings);

/// The same with other files, named `NNNN_name.sql`; for tests.
Result<int> migrate(const Settings& settings, std::span<const EmbeddedFile> files);

}  // namespace jobraker::storage
