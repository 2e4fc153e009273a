#pragma once

#include <optional>
#include <string>

#include "messages/enums.hpp"
#include "messages/fields.hpp"
#include "messages/ids.hpp"
#include "messages/time.hpp"

namespace jobraker {

/// An employer's company as people see it.
struct Company {
  static constexpr auto type_name = "Company";
  CompanyId id{};
  std::string name{};
  std::optional<std::string> website{};
  std::string profile{};  ///< who they are and what it is like there; Markdown or plain text
  std::optional<UserId> owner{};  ///< who made it; none when that person is gone
  Time created_at{};
  Time updated_at{};

  bool operator==(const Company&) const = default;
  static constexpr auto fields() {
    return std::tuple{field("id", &Company::id),
                      field("name", &Company::name),
                      field("website", &Company::website),
                      field("profile", &Company::profile, {.max_length = 60000}),
                      field("owner", &Company::owner),
                      field("created_at", &Company::created_at),
                      field("updated_at", &Company::updated_at)};
  }
};

/// The query of `GET /company` and `PUT /company`: which one. The caller's own when left out;
/// another one's only for admins.
struct WhichCompany {
  static constexpr auto type_name = "WhichCompany";
  std::optional<CompanyId> company_id{};

  static constexpr auto fields() {
    return std::tuple{field("company_id", &WhichCompany::company_id)};
  }
};

/// The body of `PUT /company`: the whole of it; what is left out is emptied.
struct SaveCompany {
  static constexpr auto type_name = "SaveCompany";
  std::string name{};
  std::optional<std::string> website{};  ///< http or https
  std::optional<std::string> profile{};

  static constexpr auto fields() {
    return std::tuple{
      field("name", &SaveCompany::name, {.max_length = 200, .min_length = 1}),
      field("website", &SaveCompany::website, {.max_length = 2000, .min_length = 8}),
      field("profile", &SaveCompany::profile, {.max_length = 60000})};
  }
};

/// Saves this company.
struct SaveThisCompany {
  static constexpr auto type_name = "SaveThisCompany";
  WhichCompany which{};
  SaveCompany company{};
  static constexpr auto fields() { return std::tuple{}; }
};

}  // namespace jobraker
