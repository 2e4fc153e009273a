#include "storage/consents.hpp"

#include <utility>
#include <vector>

namespace jobraker::storage {
namespace {

constexpr std::string_view find_consents_sql = R"sql(
  SELECT purpose, granted FROM consents WHERE user_id = $1
)sql";

// The last SELECT sees the rows as they were before; what is set is laid over them.
constexpr std::string_view set_consents_sql = R"sql(
  WITH changed AS (
    INSERT INTO consents AS c (user_id, purpose, granted)
    SELECT $1, g.purpose, g.granted FROM unnest($2::text[], $3::boolean[]) g (purpose, granted)
    ORDER BY g.purpose
    ON CONFLICT (user_id, purpose) DO UPDATE SET granted = excluded.granted, changed_at = now()
    WHERE c.granted <> excluded.granted
    RETURNING user_id, purpose, granted, changed_at),
  logged AS (
    INSERT INTO consent_log (user_id, purpose, granted, changed_at)
    SELECT user_id, purpose, granted, changed_at FROM changed)
  SELECT purpose, granted FROM consents WHERE user_id = $1
)sql";

constexpr std::string_view has_consent_sql = R"sql(
  SELECT EXISTS (SELECT FROM consents WHERE user_id = $1 AND purpose = $2 AND granted)
)sql";

/// Every purpose with its flag in Consents and in SetConsents.
struct PurposeFlags {
  ConsentPurpose purpose;
  bool Consents::*flag;
  std::optional<bool> SetConsents::*change;
};
constexpr PurposeFlags purposes[] = {
  {ConsentPurpose::resume_parsing, &Consents::resume_parsing, &SetConsents::resume_parsing},
  {ConsentPurpose::ai_chat, &Consents::ai_chat, &SetConsents::ai_chat},
  {ConsentPurpose::embeddings, &Consents::embeddings, &SetConsents::embeddings},
  {ConsentPurpose::digest_email, &Consents::digest_email, &SetConsents::digest_email},
  {ConsentPurpose::auto_apply, &Consents::auto_apply, &SetConsents::auto_apply}};
static_assert(std::size(purposes) == std::size(enum_names<ConsentPurpose>));

Consents to_consents(const Rows& rows) {
  Consents consents;
  for (auto row : rows) {
    auto purpose = row.get<ConsentPurpose>(0);
    for (const auto& p : purposes)
      if (p.purpose == purpose)
        consents.*p.flag = row.get<bool>(1);
  }
  return consents;
}

}  // namespace

task<Result<Consents>> find_consents(Session& session, UserId user) {
  auto rows = co_await session.query(find_consents_sql, {user});
  if (!rows)
    co_return fail(std::move(rows.error()));
  co_return to_consents(*rows);
}

task<Result<Consents>> set_consents(Session& session, UserId user, SetConsents changes) {
  std::vector<ConsentPurpose> names;
  std::vector<bool> flags;
  for (const auto& p : purposes) {
    if (auto change = changes.*p.change) {
      names.push_back(p.purpose);
      flags.push_back(*change);
    }
  }
  auto rows = co_await session.query(set_consents_sql, {user, names, flags});
  if (!rows && rows.error().code == Errc::invalid)
    co_return fail(Errc::not_found, "there is no such account");
  if (!rows)
    co_return fail(std::move(rows.error()));
  auto consents = to_consents(*rows);
  for (const auto& p : purposes)
    if (auto change = changes.*p.change)
      consents.*p.flag = *change;
  co_return consents;
}

task<Result<bool>> has_consent(Session& session, UserId user, ConsentPurpose purpose) {
  auto rows = co_await session.query(has_consent_sql, {user, purpose});
  if (!rows)
    co_return fail(std::move(rows.error()));
  co_return rows->front().get<bool>(0);
}

}  // namespace jobraker::storage
