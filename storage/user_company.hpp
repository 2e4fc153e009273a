#pragma once

#include <optional>

#include "storage/session.hpp"

namespace jobraker::storage {

/// The company a person belongs to, if any. Errc::not_found for a person that does not exist.
task<Result<std::optional<CompanyId>>> company_of(Session& session, UserId user);

}  // namespace jobraker::storage
