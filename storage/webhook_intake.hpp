#pragma once

#include <optional>
#include <string>
#include <vector>

#include "storage/effects.hpp"
#include "storage/session.hpp"

/// Webhooks of Skyvern's, stored before they are answered and read afterwards. What has the same
/// bytes is the same webhook, whenever it comes: the effect of having read it happens once.
namespace jobraker::storage {

inline constexpr EffectKind webhook_effect{"webhook", LapseRule::run_again};

/// The content of a body. `sender` keeps those of different services apart.
EffectKey webhook_key(std::string_view sender, std::string_view body);

/// A webhook to be read under this fence.
struct OpenWebhook {
  EffectKey key{};
  std::int64_t fence = 0;
  std::string run_id{};
  std::string body{};
  Time received_at{};
};

/// Stores a webhook and gives it to the caller to read, for `lease`. Nothing when it is known
/// already: whoever has it reads it, or has.
task<Result<std::optional<OpenWebhook>>> take_in_webhook(Session& session, EffectKey key,
                                                         std::string run_id, std::string body,
                                                         std::chrono::milliseconds lease, Time now);

/// Webhooks that whoever had them did not read, given to the caller; at most `limit`.
task<Result<std::vector<OpenWebhook>>>
open_webhooks(Session& session, std::chrono::milliseconds lease, Time now, std::int64_t limit);

/// It is read, together with what follows from it in this transaction. Errc::conflict when somebody
/// else has it now.
task<Done> close_webhook(Session& session, const OpenWebhook& webhook, std::string outcome,
                         Time now);

/// Nobody knows its run yet: to be looked at again after `wait`.
task<Done> put_off_webhook(Session& session, const OpenWebhook& webhook,
                           std::chrono::milliseconds wait, Time now);

/// Whether a webhook of this run waits to be read.
task<Result<bool>> has_open_webhook(Session& session, std::string run_id);

/// Deletes up to `limit` webhooks that were read before `before`, their effects too. Sent once
/// more after that, they are read again, and change nothing that is not still under way.
task<Result<std::size_t>> forget_webhooks(Session& session, Time before, std::int64_t limit);

}  // namespace jobraker::storage
