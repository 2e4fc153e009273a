#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "messages/fields.hpp"
#include "messages/ids.hpp"
#include "messages/time.hpp"

/// What operators have done.
namespace jobraker {

using AuditId = Id<struct AuditTag>;

/// The query of `GET /admin/audit`.
struct GetAudit {
  static constexpr auto type_name = "GetAudit";
  std::optional<std::string> actor{};  ///< who did it (an id), or a path: what it was done to
  std::optional<std::string> action{};
  std::int64_t limit = 100;
  std::optional<std::string> cursor{};
  static constexpr auto fields() {
    return std::tuple{field("actor", &GetAudit::actor, {.max_length = 400}),
                      field("action", &GetAudit::action, {.max_length = 100}),
                      optional_field("limit", &GetAudit::limit, {.min = 1, .max = 1000}),
                      field("cursor", &GetAudit::cursor, {.max_length = 100})};
  }
};

/// What an operator did.
struct AuditEntry {
  static constexpr auto type_name = "AuditEntry";
  AuditId id{};
  Time at{};
  UserId who{};
  std::string action{};
  std::string target{};
  std::string detail{};
  std::optional<std::string> ip{};
  static constexpr auto fields() {
    return std::tuple{field("id", &AuditEntry::id),         field("at", &AuditEntry::at),
                      field("who", &AuditEntry::who),       field("action", &AuditEntry::action),
                      field("target", &AuditEntry::target), field("detail", &AuditEntry::detail),
                      field("ip", &AuditEntry::ip)};
  }
};

struct AuditPage {
  static constexpr auto type_name = "AuditPage";
  std::vector<AuditEntry> items{};
  std::optional<std::string> next{};
  static constexpr auto fields() {
    return std::tuple{field("items", &AuditPage::items), field("next", &AuditPage::next)};
  }
};

}  // namespace jobraker
