#pragma once

#include "messages/handles.hpp"
#include "messages/submissions.hpp"

/// What may be asked of those who send applications.
namespace jobraker {

/// INTERNAL: look at your rows, something has become due.
struct WakeApplication {
  static constexpr auto type_name = "WakeApplication";
  static constexpr auto fields() { return std::tuple{}; }
};

/// INTERNAL: a webhook told this; its intake is closed in the same transaction.
struct HearReport {
  static constexpr auto type_name = "HearReport";
  RunReport report{};
  EffectPass webhook{};
  static constexpr auto fields() { return std::tuple{}; }
};

/// `/applications/{id}`: one application on its way to the employer. What is somebody else's is
/// not_found.
using ApplicationActor = caf::typed_actor<
  // forbidden without the consent, unprocessable when something is missing, conflict when the
  // documents are others, or it was sent.
  caf::replies_to<Context, ApproveThis>::with<Approval>,
  // Done, or asked for when a run is under way: its end decides.
  caf::replies_to<Context, CancelThis>::with<ApplicationView>,
  // conflict unless certainly nothing was sent and what was approved is what would be sent.
  caf::replies_to<Context, RetryThis>::with<ApplicationView>,
  // conflict when somebody else reads the webhook.
  caf::replies_to<Context, HearReport>::with<Ok>, caf::reacts_to<WakeApplication>,
  caf::reacts_to<Tick>, caf::replies_to<Context, Inspect>::with<StateSummary>>;

/// A webhook whose signature has been verified.
struct TakeInWebhook {
  static constexpr auto type_name = "TakeInWebhook";
  std::string run_id{};
  std::string body{};
  static constexpr auto fields() { return std::tuple{}; }
};

/// `/integrations/skyvern`: takes webhooks in and finds what nobody looks after.
using SubmissionsActor = caf::typed_actor<
  // Answered once it is stored; read afterwards. The same bytes again are no error.
  caf::replies_to<Context, TakeInWebhook>::with<Ok>, caf::reacts_to<Tick>,
  caf::replies_to<Context, Inspect>::with<StateSummary>>;

}  // namespace jobraker
