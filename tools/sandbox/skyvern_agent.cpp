#include "tools/sandbox/skyvern_agent.hpp"

#include <algorithm>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

#include "net/client/http_client.hpp"
#include "net/http/url.hpp"
#include "tools/sandbox/text.hpp"

namespace jobraker::sandbox {

namespace {

/// The first address in a text; empty when there is none.
std::string first_address(std::string_view text) {
  for (auto at = text.find("http"); at != std::string_view::npos; at = text.find("http", at + 1)) {
    const auto end = text.find_first_of(" \t\r\n\"'<>)]}", at);
    auto found = text.substr(at, std::min(end, text.size()) - at);
    while (found.ends_with('.') || found.ends_with(','))
      found.remove_suffix(1);
    if (net::parse_url(found))
      return std::string{found};
  }
  return {};
}

/// Fetches the résumé when it is an address on this machine; others are taken as good. Answers what
/// went wrong.
task<std::string> fetch_resume(const std::string& address) {
  auto url = net::parse_url(address);
  if (!url || !is_loopback_host(url->host))
    co_return std::string{};
  auto executor = co_await asio::this_coro::executor;
  net::HttpClient client{executor.context()};
  net::ClientRequest request;
  request.url = address;
  request.context = Context::system(std::chrono::seconds{20});
  request.redirects_max = 3;
  request.send_trace = false;
  auto response = co_await client.send(std::move(request));
  if (!response)
    co_return response.error().detail;
  if (response->status != 200)
    co_return "HTTP " + std::to_string(response->status);
  co_return response->body.empty() ? std::string{"it is empty"} : std::string{};
}

/// What the agent finds, and how that ends.
task<RunVerdict> look(App& app, const SkyvernRunRecord& run) {
  RunScene scene;
  scene.run_id = run.id;
  scene.url = run.order.url.empty() ? first_address(run.order.prompt) : run.order.url;
  scene.applicant = read_applicant(run.order.prompt);
  scene.helped = run.helped;
  scene.now = now();
  scene.form = form_at(app.postings, scene.url, scene.now);
  if (!scene.form.closed && !scene.form.login)
    scene.resume_trouble =
      co_await fetch_resume(scene.applicant.answer({"resume", "Resume", true}));
  co_return judge_run(run.order, scene);
}

/// What a fault makes of a verdict.
void spoil(RunVerdict& verdict, const RunPlan& plan) {
  if (!plan.outcome.empty() && plan.outcome != verdict.status) {
    verdict.status = plan.outcome;
    verdict.submitted = plan.outcome == "completed";
    verdict.output = "null";
    verdict.errors.clear();
    verdict.failure_reason = plan.outcome == "completed" ? "" : "This end was ordered";
  }
  if (plan.blames_webhook) {
    verdict.status = "failed";
    verdict.failure_reason = "Failed to run task: Failed to send webhook.";
    if (verdict.output == "null")
      verdict.output = R"({"result":"submitted"})";
  }
}

/// One step of a run's life; false when there is no going on.
bool step_to(App& app, const std::string& id, std::string_view status) {
  return app.runs.change(id, [&](SkyvernRunRecord& run) {
    return run.has_ended() ? run.plan.cancel_loses : run.advance(status, now());
  });
}

task<void> conclude(App& app, std::string id) {
  auto run = app.runs.find(id);
  if (!run)
    co_return;
  auto verdict = co_await look(app, *run);
  spoil(verdict, run->plan);
  const bool waits =
    !run->helped && run->plan.outcome.empty() &&
    (run->plan.pause || (app.runs.settings().pause_on_missing && !verdict.missing.empty()));
  const bool told = app.runs.change(id, [&](SkyvernRunRecord& at) {
    if (waits && !at.has_ended()) {
      if (verdict.failure_reason.empty())
        verdict.failure_reason = "A person has to look at the form before it is sent.";
      verdict.output = "null";
      verdict.submitted = false;
      at.verdict = verdict;
      at.advance("paused", now());
      return false;
    }
    if (!at.advance(verdict.status, now()))
      return false;
    at.verdict = verdict;
    return true;
  });
  if (told)
    co_await tell(app, id);
}

task<void> conclude_later(App& app, std::string id) {
  co_await pause_for(app.runs.settings().step_ms);
  co_await conclude(app, std::move(id));
}

task<void> live(App& app, std::string id) {
  const auto step = app.runs.settings().step_ms;
  for (auto status : {"queued", "running"}) {
    co_await pause_for(step);
    if (!step_to(app, id, status))
      co_return;
  }
  co_await pause_for(step * 2);
  auto run = app.runs.find(id);
  if (!run || run->plan.stuck || (run->has_ended() && !run->plan.cancel_loses))
    co_return;
  co_await conclude(app, id);
}

}  // namespace

task<void> pause_for(std::int64_t ms) {
  asio::steady_timer timer{co_await asio::this_coro::executor};
  timer.expires_after(std::chrono::milliseconds{ms});
  co_await timer.async_wait(use_task);
}

void start_run(IoExecutor executor, App& app, std::string id) {
  asio::co_spawn(executor, live(app, std::move(id)), asio::detached);
}

bool resume_run(IoExecutor executor, App& app, const std::string& id) {
  const bool resumed = app.runs.change(id, [](SkyvernRunRecord& run) {
    if (run.status != "paused")
      return false;
    run.helped = true;
    run.verdict = RunVerdict{.status = {}};
    return run.advance("running", now());
  });
  if (resumed)
    asio::co_spawn(executor, conclude_later(app, id), asio::detached);
  return resumed;
}

bool end_run(IoExecutor executor, App& app, const std::string& id, const std::string& status) {
  const bool ends = app.runs.change(id, [&](SkyvernRunRecord& run) {
    if (run.has_ended() && !(run.status == "canceled" && run.plan.cancel_loses))
      return false;
    run.advance("running", now());
    run.helped = run.helped || status == "completed";
    run.plan.outcome = status;
    return true;
  });
  if (ends)
    asio::co_spawn(executor, conclude_later(app, id), asio::detached);
  return ends;
}

}  // namespace jobraker::sandbox
