#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "messages/json.hpp"
#include "messages/time.hpp"
#include "tools/sandbox/faults.hpp"
#include "tools/sandbox/skyvern_order.hpp"
#include "tools/sandbox/skyvern_verdict.hpp"

namespace jobraker::sandbox {

/// How the service behaves; `/control/skyvern/settings` changes it.
struct RunSettings {
  std::int64_t step_ms = 200;    ///< between two statuses of a run
  std::int64_t retry_ms = 1000;  ///< before a webhook's second attempt; twice that before the third
  bool loopback = true;          ///< this machine's addresses are no blocked hosts
  bool pause_on_missing = false;  ///< missing answers pause a run instead of ending it
};

/// What faults have in store for one run.
struct RunPlan {
  std::string outcome;  ///< it ends like this, whatever the form says; empty: as it should
  bool pause = false, stuck = false, blames_webhook = false, cancel_loses = false;
  std::int64_t unlisted_ms = 0;
  std::int64_t webhook_ms = 0, webhook_repeats = 0;
  bool webhook_stale = false, webhook_forged = false, webhook_lost = false;
};

/// Adds a fault to a plan; false when it is none of a run's.
bool plan_fault(RunPlan& plan, const Fault& fault);

/// One delivery of a webhook.
struct Delivery {
  Time at{};
  std::string status;  ///< of the run, as told
  std::string kind;    ///< first, repeat, stale, or replay (asked for)
  bool forged = false;
  std::vector<int> answers;  ///< HTTP status of each attempt; 0 for none
};

/// One run. Only runs that were really made are ever kept.
struct SkyvernRunRecord {
  std::string id, type, base, key;
  RunOrder order;
  RunPlan plan;
  std::string status = "created";
  std::vector<std::pair<std::string, Time>> history;  ///< each status, and since when
  RunVerdict verdict{.status = {}};                   ///< filled in when it ends or pauses
  std::optional<std::string> webhook_failure;         ///< empty: delivered
  std::vector<Delivery> deliveries;
  bool helped = false;  ///< a person has resumed it
  bool cancelled = false;

  bool has_ended() const;
  /// Goes to another status, as Skyvern allows it; false when it does not.
  bool advance(std::string_view to, Time at);
  std::optional<Time> since(std::string_view status) const;
};

/// All runs, newest last, ten thousand at most. Safe from several threads.
class SkyvernRuns {
public:
  explicit SkyvernRuns(const RunSettings& settings = {});

  /// Keeps a new run and gives it an id.
  SkyvernRunRecord add(SkyvernRunRecord run);
  std::optional<SkyvernRunRecord> find(std::string_view id) const;
  /// Changes a run under the lock; false when there is none, or when `change` says so.
  bool change(std::string_view id, const std::function<bool(SkyvernRunRecord&)>& change);
  /// Copies, newest first.
  std::vector<SkyvernRunRecord> all() const;

  /// Keeps an uploaded file, a hundred at most; answers its id.
  std::string add_file(std::string name, std::string type, std::string bytes);
  struct File {
    std::string id, name, type, bytes;
  };
  std::optional<File> file(std::string_view id) const;

  RunSettings settings() const;
  void set(const RunSettings& settings);
  /// Forgets runs and files; settings as at the start.
  void clear();

private:
  mutable std::mutex mutex_;
  std::deque<SkyvernRunRecord> runs_;
  std::deque<File> files_;
  RunSettings settings_;
  const RunSettings first_;
  std::uint64_t next_;
};

/// A run as `GET /v1/runs/{id}` answers it; with `webhook` as its webhook tells it, with both
/// styles of names and without the request.
std::string run_json(const SkyvernRunRecord& run, bool webhook);
/// A run in the list of `GET /v1/runs`.
void write_listed_run(json::Writer& out, const SkyvernRunRecord& run);
/// A run as `GET /control/skyvern/runs` shows it; never with its key.
void write_controlled_run(json::Writer& out, const SkyvernRunRecord& run);

}  // namespace jobraker::sandbox
