#pragma once

#include <optional>
#include <string>
#include <vector>

#include "messages/companies.hpp"
#include "storage/session.hpp"

/// Employers' companies. The company a person belongs to is in user_company.hpp.
namespace jobraker::storage {

/// The company, or Errc::not_found.
task<Result<Company>> find_company(Session& session, CompanyId id);

/// Companies as people name them: the one whose name is the same but for case and punctuation, or
/// else those whose names contain it; in order of name, at most 10.
task<Result<std::vector<Company>>> companies_named(Session& session, std::string name);

/// Saves the company of this person, made at the first time and theirs from then on (`users.
/// company_id`). Errc::conflict when another company has this name, Errc::invalid for a name
/// without letters and digits, Errc::not_found for a person that does not exist.
task<Result<Company>> save_company_of(Session& session, UserId user, SaveCompany company, Time now);

/// Replaces what a company says of itself, under the same rules.
task<Result<Company>> save_company(Session& session, CompanyId id, SaveCompany company, Time now);

/// Up to `limit` companies that have a profile, with ids above `after`, in order of id.
task<Result<std::vector<Company>>> companies_page(Session& session, std::optional<CompanyId> after,
                                                  std::size_t limit);

}  // namespace jobraker::storage
