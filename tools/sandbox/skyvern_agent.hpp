#pragma once

#include <string>

#include "messages/task.hpp"
#include "tools/sandbox/app.hpp"
#include "tools/sandbox/skyvern_runs.hpp"

/// What goes on without anybody asking: runs advance, webhooks are sent. All of it runs on the
/// executor given, and ends by itself when the run is forgotten.
namespace jobraker::sandbox {

/// Lets time pass.
task<void> pause_for(std::int64_t ms);

/// Takes a new run through its life.
void start_run(IoExecutor executor, App& app, std::string id);

/// A person has filled in what a paused run waited for; false when it waits for nobody.
bool resume_run(IoExecutor executor, App& app, const std::string& id);

/// Ends a run with that status, whatever it is doing, a cancelled one too when its plan is that the
/// cancellation loses; false when it has ended or there is none.
bool end_run(IoExecutor executor, App& app, const std::string& id, const std::string& status);

/// Tells of a run as it is now, as often and as late as its plan says.
void tell_run(IoExecutor executor, App& app, std::string id);
task<void> tell(App& app, std::string id);

/// What became of one delivery.
struct Sent {
  Delivery delivery;
  bool delivered = false;
  std::string failure;      ///< in words; empty when delivered
  std::string answer;       ///< the receiver's body
  std::int64_t millis = 0;  ///< the last attempt took
};

/// Posts one body, signed with the run's key: up to `attempts` times, as Skyvern repeats it.
task<Sent> deliver(App& app, const SkyvernRunRecord& run, const std::string& url,
                   const std::string& body, std::string kind, int attempts);

/// Lower-case hexadecimal HMAC-SHA256.
std::string skyvern_signature(std::string_view key, std::string_view body);

}  // namespace jobraker::sandbox
