#include "actors/profile/resume_run.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include "actors/operation/core/work_figures.hpp"
#include "actors/profile/core/merge.hpp"
#include "actors/profile/resume_reader.hpp"
#include "actors/profile/user_state.hpp"
#include "actors/tasks/tasks_actor.hpp"
#include "messages/codec.hpp"
#include "messages/json.hpp"
#include "net/ask.hpp"
#include "storage/databases.hpp"
#include "storage/profiles.hpp"

namespace jobraker::user {
namespace {

/// Tries to lay a résumé over a profile that others write, too.
constexpr int store_attempts = 5;
/// Tries to have the person's actor read what was stored, and how long it may take in all.
constexpr int show_attempts = 3;
constexpr std::chrono::seconds show_budget{10};

/// Lays the résumé over the profile as it is stored: others may have written since it was handed
/// in, and the row's version tells.
task<Result<Profile>> store(Services& services, UserId owner, const ParsedResume& resume) {
  auto lay_over = [&](storage::Transaction& transaction) -> task<Result<Profile>> {
    Profile current;
    current.user_id = owner;
    auto found = co_await storage::find_profile(transaction, owner);
    if (found)
      current = std::move(*found);
    else if (found.error().code != Errc::not_found)
      co_return fail(std::move(found.error()));
    co_return co_await save_and_tell(transaction, merge(current, resume, now()), current.version);
  };
  for (int attempt = 1;; ++attempt) {
    auto stored = co_await services.databases.here().transaction(lay_over);
    if (stored || stored.error().code != Errc::precondition_failed || attempt == store_attempts)
      co_return stored;
  }
}

/// Who is told that the task has ended may ask for the profile at once, so the person's actor reads
/// it first. An update of nothing waits until it has.
task<void> show_stored(Services& services, Context context, UserId owner, std::int64_t version) {
  context.deadline = Context::Clock::now() + show_budget;
  UpdateProfile nothing;
  nothing.patch = "{}";
  auto find = [&] { return services.user(owner); };
  for (int attempt = 0; attempt < show_attempts; ++attempt) {
    if (auto actor = find())
      caf::anon_send(*actor, ReadAgain{});
    auto shown = co_await net::ask(find, context, nothing);
    if (!shown || shown->version >= version)
      co_return;
  }
}

/// Every step is bounded in time.
task<Result<std::string>> read_and_store(Services& services, Context context, SubmitResume resume,
                                         UserId owner) {
  auto parsed = co_await read_resume_document(services, context, resume);
  operation::work_figures().resume(parsed ? "parsed" : to_string(parsed.error().code));
  if (!parsed)
    co_return fail(std::move(parsed.error()));
  report_progress(services, resume.task, "storing", 3, 4);
  for (const auto& dropped : parsed->dropped)
    spdlog::debug("event=resume.dropped pointer={} why=\"{}\"", dropped.pointer, dropped.reason);
  auto stored = co_await store(services, owner, *parsed);
  if (!stored)
    co_return fail(std::move(stored.error()));
  spdlog::info("event=profile.updated user={} version={}", to_string(owner), stored->version);
  co_await show_stored(services, context, owner, stored->version);
  co_return json::encode(*stored);
}

task<void> run_resume(Services& services, Context context, SubmitResume resume, UserId owner,
                      Reading reading, Cause cause) {
  current_cause() = cause;
  context.deadline = Context::Clock::now() + resume_budget;
  Result<std::string> outcome = fail(Errc::internal, "the résumé could not be read");
  try {
    outcome = co_await read_and_store(services, context, resume, owner);
  } catch (const std::exception& error) {
    spdlog::error("event=resume.failed task={} why=\"{}\"", to_string(resume.task), error.what());
  }
  reading.reset();  // who hears of the end may hand in the next one
  co_await end_task(services, resume.task, std::move(outcome));
}

}  // namespace

task<Result<TaskView>> begin_resume(Services& services, Context context, SubmitResume resume,
                                    UserId owner, Reading reading) {
  auto view =
    co_await net::ask(services.tasks, context, CreateTask{resume.task, "parse_resume", owner, 4});
  if (!view)
    co_return fail(std::move(view.error()));
  asio::co_spawn(co_await asio::this_coro::executor,
                 run_resume(services, std::move(context), std::move(resume), owner,
                            std::move(reading), current_cause()),
                 asio::detached);
  co_return view;
}

}  // namespace jobraker::user
