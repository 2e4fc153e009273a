#pragma once

#include <optional>
#include <string>
#include <vector>

#include "messages/accounts.hpp"
#include "messages/ids.hpp"

/// What operators ask about accounts. No names, and no address by which somebody can be reached.
namespace jobraker {

/// The query of `GET /profiles/users`. The newest accounts first.
struct ListUsers {
  static constexpr auto type_name = "ListUsers";
  std::optional<Role> role{};
  std::optional<std::string> q{};  ///< an account's id, or its whole e-mail address
  std::int64_t limit = 50;
  std::optional<std::string> cursor{};
  static constexpr auto fields() {
    return std::tuple{field("role", &ListUsers::role),
                      field("q", &ListUsers::q, {.max_length = 254}),
                      optional_field("limit", &ListUsers::limit, {.min = 1, .max = 200}),
                      field("cursor", &ListUsers::cursor, {.max_length = 100})};
  }
};

/// An account as an operator sees it.
struct ListedUser {
  static constexpr auto type_name = "ListedUser";
  UserId id{};
  Role role = Role::seeker;
  std::string email{};  ///< masked: `a***@example.com`
  Time created_at{};
  std::optional<Time> last_seen_at{};  ///< signed in, or renewed a session that is not forgotten
  std::optional<CompanyId> company_id{};
  std::optional<std::int64_t> profile_version{};  ///< nothing before there is a profile
  static constexpr auto fields() {
    return std::tuple{field("id", &ListedUser::id),
                      field("role", &ListedUser::role),
                      field("email", &ListedUser::email),
                      field("created_at", &ListedUser::created_at),
                      field("last_seen_at", &ListedUser::last_seen_at),
                      field("company_id", &ListedUser::company_id),
                      field("profile_version", &ListedUser::profile_version)};
  }
};

/// The answer of `GET /profiles/users`.
struct ListedUserPage {
  static constexpr auto type_name = "ListedUserPage";
  std::vector<ListedUser> items{};
  std::optional<std::string> next{};
  static constexpr auto fields() {
    return std::tuple{field("items", &ListedUserPage::items), field("next", &ListedUserPage::next)};
  }
};

}  // namespace jobraker
