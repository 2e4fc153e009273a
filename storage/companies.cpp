#include "storage/companies.hpp"

namespace jobraker::storage {
namespace {

/// Of `companies c`.
#define COMPANY_COLUMNS "c.id, c.name, c.website, c.profile, c.owner, c.created_at, c.updated_at"

constexpr std::string_view find_sql = "SELECT " COMPANY_COLUMNS " FROM companies c WHERE c.id = $1";

constexpr std::string_view named_sql =
  "WITH hits AS (SELECT c.*, company_key(c.name) = company_key($1) AS whole FROM companies c "
  "WHERE company_key($1) <> '' AND strpos(company_key(c.name), company_key($1)) > 0) "
  "SELECT " COMPANY_COLUMNS " FROM hits c WHERE c.whole OR NOT (SELECT bool_or(whole) FROM hits) "
  "ORDER BY c.name, c.id LIMIT 10";

constexpr std::string_view lock_user_sql = R"sql(
  SELECT company_id FROM users WHERE id = $1 FOR UPDATE
)sql";

constexpr std::string_view create_sql =
  "INSERT INTO companies AS c (id, name, name_key, website, profile, owner, created_at, updated_at)"
  " VALUES ($1, $2, job_key($2), $3, $4, $5, $6, $6) RETURNING " COMPANY_COLUMNS;

constexpr std::string_view join_sql = R"sql(
  UPDATE users SET company_id = $2 WHERE id = $1
)sql";

constexpr std::string_view save_sql =
  "UPDATE companies c SET name = $2, name_key = job_key($2), website = $3, profile = $4, "
  "updated_at = $5 WHERE c.id = $1 RETURNING " COMPANY_COLUMNS;

constexpr std::string_view key_sql = "SELECT job_key($1)";

constexpr std::string_view page_sql =
  "SELECT " COMPANY_COLUMNS " FROM companies c WHERE c.id > $1 AND c.profile <> '' "
  "ORDER BY c.id LIMIT $2";

Company to_company(const Row& row) {
  Company c;
  row.read(c.id, c.name, c.website, c.profile, c.owner, c.created_at, c.updated_at);
  return c;
}

tl::unexpected<Error> no_company() { return fail(Errc::not_found, "there is no such company"); }

Result<Company> saved(Result<Rows> rows) {
  if (!rows && rows.error().code == Errc::conflict)
    return fail(Errc::conflict, "there is another company of this name");
  if (!rows)
    return fail(std::move(rows.error()));
  if (rows->empty())
    return no_company();
  return to_company(rows->front());
}

/// A name of nothing but punctuation would be everybody's.
task<Done> check_name(Session& session, std::string name) {
  auto key = co_await session.query(key_sql, {name});
  if (!key)
    co_return fail(std::move(key.error()));
  if (key->front().get<std::string>(0).empty())
    co_return fail(Error{Errc::invalid,
                         "the name has no letter or digit",
                         {{"/name", "needs a letter or digit"}},
                         {}});
  co_return Done{};
}

}  // namespace

task<Result<Company>> find_company(Session& session, CompanyId id) {
  auto rows = co_await session.query(find_sql, {id});
  if (!rows)
    co_return fail(std::move(rows.error()));
  if (rows->empty())
    co_return no_company();
  co_return to_company(rows->front());
}

task<Result<std::vector<Company>>> companies_named(Session& session, std::string name) {
  auto rows = co_await session.query(named_sql, {name});
  if (!rows)
    co_return fail(std::move(rows.error()));
  std::vector<Company> list;
  for (auto row : *rows)
    list.push_back(to_company(row));
  co_return list;
}

task<Result<Company>> save_company_of(Session& session, UserId user, SaveCompany company,
                                      Time now) {
  co_return co_await session.transaction([&](Transaction& inside) -> task<Result<Company>> {
    auto locked = co_await inside.query(lock_user_sql, {user});
    if (!locked)
      co_return fail(std::move(locked.error()));
    if (locked->empty())
      co_return fail(Errc::not_found, "no such user");
    if (auto id = locked->front().get<std::optional<CompanyId>>(0))
      co_return co_await save_company(inside, *id, company, now);
    if (auto good = co_await check_name(inside, company.name); !good)
      co_return fail(std::move(good.error()));
    auto made =
      saved(co_await inside.query(create_sql, {CompanyId::fresh(), company.name, company.website,
                                               company.profile.value_or(""), user, now}));
    if (!made)
      co_return fail(std::move(made.error()));
    auto joined = co_await inside.query(join_sql, {user, made->id});
    if (!joined)
      co_return fail(std::move(joined.error()));
    co_return std::move(*made);
  });
}

task<Result<Company>> save_company(Session& session, CompanyId id, SaveCompany company, Time now) {
  if (auto good = co_await check_name(session, company.name); !good)
    co_return fail(std::move(good.error()));
  co_return saved(co_await session.query(
    save_sql, {id, company.name, company.website, company.profile.value_or(""), now}));
}

task<Result<std::vector<Company>>> companies_page(Session& session, std::optional<CompanyId> after,
                                                  std::size_t limit) {
  auto rows = co_await session.query(page_sql, {after.value_or(CompanyId{}), limit});
  if (!rows)
    co_return fail(std::move(rows.error()));
  std::vector<Company> list;
  for (auto row : *rows)
    list.push_back(to_company(row));
  co_return list;
}

}  // namespace jobraker::storage
