#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tl/expected.hpp>

#include "messages/context.hpp"
#include "messages/json.hpp"
#include "messages/result.hpp"
#include "messages/task.hpp"
#include "messages/time.hpp"
#include "net/client/http_client.hpp"

namespace jobraker {
struct SkyvernConfig;
}

/// Skyvern's HTTP protocol: runs of a browser that fills in forms. Facts: Skyvern's source code,
/// version 1.0.50.
namespace jobraker::net {

/// Where a run stands; `other` is a word of a later version. completed, failed, terminated,
/// timed_out and canceled are final, except that a canceled run may still turn out completed.
enum class RunStatus : std::uint8_t {
  created,
  queued,
  running,
  paused,      ///< waits for a person
  completed,   ///< the goal was reached
  failed,      ///< trouble of Skyvern's: a crash, the limit of steps
  terminated,  ///< the agent found that the goal cannot be reached
  timed_out,
  canceled,
  other
};

/// Skyvern's word, e.g. `timed_out`.
std::string_view to_string(RunStatus status) noexcept;
/// Whether the run has ended. `other` has not.
bool is_final(RunStatus status) noexcept;
/// Whether a run known as `known` may be reported as `next`: forward along created, queued, running
/// and paused, from there to an end, and from canceled to completed. Older news, which webhooks may
/// bring late, are not a step, and neither is the same status again.
bool is_step(RunStatus known, RunStatus next) noexcept;

/// Why a run failed, in words that the order asked for or Skyvern's own (`REACH_MAX_STEPS`).
struct RunError {
  std::string code;
  std::string reasoning;
  bool operator==(const RunError&) const = default;
};

/// One run as Skyvern reports it. Texts that were not sent are empty. Addresses of recordings and
/// screenshots are signed and expire after a day.
struct SkyvernRun {
  std::string run_id{};
  RunStatus status = RunStatus::other;
  std::string title{};   ///< the order's; engine 2.0 does not keep it
  std::string output{};  ///< JSON text in the order's schema; empty for null
  std::string failure_reason{};
  std::vector<RunError> errors{};
  std::string webhook_failure_reason{};
  std::string recording_url{};
  std::vector<std::string> screenshot_urls{};  ///< latest first
  std::string app_url{};                       ///< the run in Skyvern's own pages
  std::optional<std::int64_t> step_count{};
  std::optional<Time> created_at{};
  std::optional<Time> finished_at{};

  bool operator==(const SkyvernRun&) const = default;
  /// Whether there is an error of this code.
  bool has_error(std::string_view code) const noexcept;
  /// Whether the run is called failed although the work was done, because its webhook could not be
  /// delivered: there is an output, and the reason says so.
  bool only_webhook_failed() const noexcept;
};

/// What a run is to do. Fields left empty take the settings' values.
struct SkyvernOrder {
  std::string prompt{};  ///< the goal and the applicant's data: Skyvern has no field of its own
  std::string url{};     ///< the page to begin with
  std::string title{};   ///< with engine 1.0 what `find_runs` finds the run by
  std::string engine{};
  std::string proxy_location{};
  std::string webhook_url{};
  std::optional<std::int64_t> max_steps{};
  std::string extraction_schema{};  ///< JSON Schema of the output, as JSON text; empty: none
  std::vector<std::pair<std::string, std::string>> error_codes{};  ///< code, and when to report it
};

/// Where Skyvern is and what orders say unless they say otherwise.
struct SkyvernSettings {
  std::string base_url = "https://api.skyvern.com";
  std::string api_key{};
  std::vector<std::string> signature_keys{};  ///< for `verify_skyvern_signature`: ours, and the old
  std::string webhook_url{};                  ///< empty: runs are only polled
  std::string engine = "skyvern-1.0";
  std::string proxy_location{};  ///< empty: Skyvern's choice
  std::int64_t max_steps = 50;
  std::chrono::milliseconds timeout{60'000};  ///< of one call, within the context's deadline
};

/// The settings that a configuration describes.
SkyvernSettings skyvern_settings(const SkyvernConfig& config);

/// Why a run was not confirmed.
struct CreateFailure {
  /// False: certainly there is none (nothing was sent, or Skyvern refused). True: there may be one,
  /// to be looked for with `find_runs`; asking again could apply a second time.
  bool maybe_created = true;
  int status = 0;  ///< HTTP status; 0 when there was no answer
  Error error{};   ///< rate_limited and unprocessable carry Skyvern's own words
};
using CreateResult = tl::expected<SkyvernRun, CreateFailure>;

/// What became of a wish to cancel.
enum class CancelOutcome : std::uint8_t {
  asked,     ///< taken; the run may still turn out completed
  finished,  ///< there was nothing left to cancel
};

/// The calls. All run on the client's thread, authenticate with `x-api-key` and never repeat
/// themselves. Errors other than creation's: not_found, rate_limited, unprocessable,
/// upstream_failed (refused key, 5xx, unreadable answer), upstream_timed_out, unavailable,
/// cancelled.
using SkyvernSettingsPtr = std::shared_ptr<const SkyvernSettings>;

/// Starts one run. It is never asked for twice: Skyvern knows no idempotency key.
task<CreateResult> create_run(HttpClient& client, SkyvernSettingsPtr settings, SkyvernOrder order,
                              Context context);

/// One run as it is now.
task<Result<SkyvernRun>> get_run(HttpClient& client, SkyvernSettingsPtr settings,
                                 std::string run_id, Context context);

/// The runs whose title or start address contains `search_key` (at least three characters), newest
/// first, at most `limit` (1 to 100). Entries have an id, status, title and created_at only.
task<Result<std::vector<SkyvernRun>>> find_runs(HttpClient& client, SkyvernSettingsPtr settings,
                                                std::string search_key, std::size_t limit,
                                                Context context);

/// Asks for a run to be stopped. Skyvern answers 400 for a finished run and fails with 500 for one
/// that timed out: after such an answer the run is looked at, and `finished` when it is.
task<Result<CancelOutcome>> cancel_run(HttpClient& client, SkyvernSettingsPtr settings,
                                       std::string run_id, Context context);

/// The body of `POST /v1/run/tasks`. Pure. Errc::invalid when the extraction schema is not JSON.
Result<std::string> order_body(const SkyvernSettings& settings, const SkyvernOrder& order);

/// Reads a run in either naming style (`task_id`, `extracted_information`, … beside `run_id`,
/// `output`, …), from an answer, a list or a webhook. Pure. Times without a zone are UTC, an
/// unknown status is `other`, unknown members and values of the wrong type are passed over.
/// Pages that runs read write into it: texts end after 8,000 bytes, addresses are http or https.
/// Errc::malformed when it is no object, or has no id (of 200 bytes at most) or status.
Result<SkyvernRun> parse_run(json::View value);

}  // namespace jobraker::net
