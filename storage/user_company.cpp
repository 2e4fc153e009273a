#include "storage/user_company.hpp"

namespace jobraker::storage {
namespace {

constexpr std::string_view company_sql = R"sql(
  SELECT company_id FROM users WHERE id = $1
)sql";

}  // namespace

task<Result<std::optional<CompanyId>>> company_of(Session& session, UserId user) {
  auto rows = co_await session.query(company_sql, {user});
  if (!rows)
    co_return fail(std::move(rows.error()));
  if (rows->empty())
    co_return fail(Errc::not_found, "no such user");
  co_return rows->front().get<std::optional<CompanyId>>(0);
}

}  // namespace jobraker::storage
