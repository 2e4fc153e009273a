#include "actors/matching/rescoring.hpp"

#include <spdlog/spdlog.h>

#include "net/ask.hpp"
#include "storage/databases.hpp"
#include "storage/rescoring.hpp"

namespace jobraker {
namespace {

/// People change several things in a row; a run costs model calls. Whoever asks for a run sooner
/// gets it, and the wish is fulfilled by it.
constexpr std::chrono::seconds quiet{10};
constexpr std::chrono::seconds patience{120};
constexpr std::chrono::seconds again_after{30};
constexpr std::size_t at_once = 20;

/// Begins one; false when it has to wait.
task<Result<bool>> start(Services& services, UserId user) {
  auto& db = services.databases.here();
  auto begun = co_await net::ask([&] { return services.user(user); },
                                 Context::system(std::chrono::seconds{10}), ScoreJobs{});
  if (begun)
    co_return true;
  auto code = begun.error().code;
  Done done;
  if (code == Errc::unprocessable || code == Errc::not_found)
    done = co_await storage::forget_scoring(db, user);
  else
    done = co_await storage::put_off_scoring(db, user, now() + again_after);
  spdlog::warn("event=rescoring.not_begun user={} code={} why=\"{}\"", to_string(user),
               to_string(code), begun.error().detail);
  if (!done)
    co_return fail(std::move(done.error()));
  co_return false;
}

}  // namespace

task<Done> wish_scoring(storage::Transaction& transaction, UserId user) {
  auto clock = now();
  co_return co_await storage::want_scoring(transaction, user, clock + quiet, patience, clock);
}

task<Done> wish_scoring(storage::Transaction& transaction, UserId user, Time due) {
  auto clock = now();
  auto wait = std::chrono::ceil<std::chrono::seconds>(std::max(due, clock) - clock);
  co_return co_await storage::want_scoring(transaction, user, due, wait, clock);
}

task<Result<std::size_t>> start_due_scorings(Services& services) {
  auto due = co_await storage::due_scorings(services.databases.here(), now(), at_once);
  if (!due)
    co_return fail(std::move(due.error()));
  std::size_t count = 0;
  for (const auto& user : *due) {
    auto begun = co_await start(services, user);
    if (!begun)
      co_return fail(std::move(begun.error()));
    count += *begun;
  }
  co_return count;
}

}  // namespace jobraker
