#include "storage/webhook_intake.hpp"

#include "messages/json.hpp"
#include "storage/effect_rows.hpp"

namespace jobraker::storage {
namespace {

constexpr std::string_view store_sql = R"sql(
  INSERT INTO webhook_intake (key, run_id, body, received_at) VALUES ($1::bytea, $2, $3, $4)
  ON CONFLICT (key) DO NOTHING
)sql";

constexpr std::string_view find_sql = R"sql(
  SELECT run_id, body, received_at FROM webhook_intake WHERE key = $1::bytea
)sql";

// What was in it is kept where it belongs; the body may hold a person's data.
constexpr std::string_view close_sql = R"sql(
  UPDATE webhook_intake SET processed_at = $2, outcome = $3, body = '' WHERE key = $1::bytea
)sql";

constexpr std::string_view has_open_sql = R"sql(
  SELECT EXISTS (SELECT FROM webhook_intake WHERE processed_at IS NULL AND run_id = $1)
)sql";

constexpr std::string_view forget_sql = R"sql(
  WITH old AS (
    DELETE FROM webhook_intake WHERE key IN (
      SELECT key FROM webhook_intake WHERE processed_at < $2 ORDER BY processed_at LIMIT $3)
    RETURNING key)
  DELETE FROM effects e USING old WHERE e.kind = $1 AND e.key = old.key AND e.state = 'settled'
)sql";

}  // namespace

EffectKey webhook_key(std::string_view sender, std::string_view body) {
  return effect_key({"webhook", sender, body});
}

task<Result<std::optional<OpenWebhook>>> take_in_webhook(Session& session, EffectKey key,
                                                         std::string run_id, std::string body,
                                                         std::chrono::milliseconds lease,
                                                         Time now) {
  using Taken = Result<std::optional<OpenWebhook>>;
  co_return co_await session.transaction([&](Transaction& inside) -> task<Taken> {
    auto reserved = co_await reserve_effect(inside, webhook_effect, key, lease, now);
    if (!reserved)
      co_return fail(std::move(reserved.error()));
    const auto* granted = reserved->granted();
    if (granted == nullptr)
      co_return std::nullopt;
    auto stored = co_await inside.query(store_sql, {bytea_text(key), run_id, body, now});
    if (!stored)
      co_return fail(std::move(stored.error()));
    co_return OpenWebhook{key, granted->fence, run_id, body, now};
  });
}

task<Result<std::vector<OpenWebhook>>>
open_webhooks(Session& session, std::chrono::milliseconds lease, Time now, std::int64_t limit) {
  auto lapsed = co_await lapsed_effects(session, webhook_effect, now, limit);
  if (!lapsed)
    co_return fail(std::move(lapsed.error()));
  std::vector<OpenWebhook> open;
  for (const auto& effect : *lapsed) {
    auto reserved = co_await reserve_effect(session, webhook_effect, effect.key, lease, now);
    if (!reserved)
      co_return fail(std::move(reserved.error()));
    const auto* granted = reserved->granted();
    if (granted == nullptr)
      continue;
    auto rows = co_await session.query(find_sql, {bytea_text(effect.key)});
    if (!rows)
      co_return fail(std::move(rows.error()));
    if (rows->empty())
      continue;
    auto& webhook = open.emplace_back();
    webhook.key = effect.key;
    webhook.fence = granted->fence;
    rows->front().read(webhook.run_id, webhook.body, webhook.received_at);
  }
  co_return open;
}

task<Done> close_webhook(Session& session, const OpenWebhook& webhook, std::string outcome,
                         Time now) {
  co_return co_await session.transaction([&](Transaction& inside) -> task<Done> {
    json::Writer w;
    w.begin_object().member("outcome", std::string_view{outcome}).end_object();
    auto settled =
      co_await settle_effect(inside, webhook_effect, webhook.key, webhook.fence, w.text());
    if (!settled)
      co_return settled;
    auto closed = co_await inside.query(close_sql, {bytea_text(webhook.key), now, outcome});
    if (!closed)
      co_return fail(std::move(closed.error()));
    co_return Done{};
  });
}

task<Done> put_off_webhook(Session& session, const OpenWebhook& webhook,
                           std::chrono::milliseconds wait, Time now) {
  co_return co_await renew_effect(session, webhook_effect, webhook.key, webhook.fence, wait, now);
}

task<Result<bool>> has_open_webhook(Session& session, std::string run_id) {
  auto rows = co_await session.query(has_open_sql, {run_id});
  if (!rows)
    co_return fail(std::move(rows.error()));
  co_return rows->front().get<bool>(0);
}

task<Result<std::size_t>> forget_webhooks(Session& session, Time before, std::int64_t limit) {
  auto rows = co_await session.query(forget_sql, {webhook_effect.name, before, limit});
  if (!rows)
    co_return fail(std::move(rows.error()));
  co_return rows->affected();
}

}  // namespace jobraker::storage
