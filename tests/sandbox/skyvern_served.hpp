#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "net/client/skyvern.hpp"
#include "net/client/skyvern_signature.hpp"
#include "net/client/skyvern_webhook.hpp"
#include "tests/net/server_fixture.hpp"
#include "tests/sandbox/call.hpp"
#include "tools/sandbox/skyvern_agent.hpp"

namespace jobraker::sandbox {

/// Where webhooks arrive: keeps them, and answers what it was told to, at last 200.
class Receiver {
public:
  struct Hook {
    std::string body, signature, user_agent;
  };
  Receiver() : server_{routes()} {}
  std::string url() const { return server_.url("/hook"); }
  void answer(std::deque<int> statuses) {
    std::lock_guard lock{mutex_};
    answers_ = std::move(statuses);
  }
  /// The first `count`, or as many as came in twenty seconds.
  std::vector<Hook> wait(std::size_t count) {
    std::unique_lock lock{mutex_};
    came_.wait_for(lock, std::chrono::seconds{20}, [&] { return hooks_.size() >= count; });
    return hooks_;
  }

private:
  net::Router routes() {
    net::Router router;
    net::RouteOptions open;
    open.access = net::Access::anonymous;
    router.post(
      "/hook",
      [this](net::Request& request) -> task<net::Response> {
        std::lock_guard lock{mutex_};
        hooks_.push_back({request.body, std::string{request.headers.value("x-skyvern-signature")},
                          std::string{request.headers.value("user-agent")}});
        int status = 200;
        if (!answers_.empty()) {
          status = answers_.front();
          answers_.pop_front();
        }
        came_.notify_all();
        co_return net::Response::text(status, "noted");
      },
      open);
    return router;
  }
  std::mutex mutex_;
  std::condition_variable came_;
  std::vector<Hook> hooks_;
  std::deque<int> answers_;
  net::RunningServer server_;
};

/// A sandbox that serves, and the client that asks it.
class SkyvernServed : public ::testing::Test {
protected:
  SkyvernServed()
      : app_{[] {
          Options options;
          options.runs.step_ms = 1;
          options.runs.retry_ms = 1;
          return options;
        }()},
        server_{app_.router()}, client_{io_.front()} {
    net::SkyvernSettings settings;
    settings.base_url = server_.url("");
    settings.api_key = "k1";
    settings.webhook_url = receiver_.url();
    settings_ = std::make_shared<const net::SkyvernSettings>(settings);
  }
  ~SkyvernServed() override { io_.stop(); }

  static Context soon() { return Context::system(std::chrono::seconds{20}); }
  net::CreateResult create(std::string title, std::string query = "") {
    return io_.run(net::create_run(
      client_, settings_,
      {.prompt = R"({"name":"A","email":"a@b.c","cv":"text"})",
       .url = server_.url("/forms/acme/pilot" + query),
       .title = std::move(title),
       .extraction_schema = R"({"type":"object","properties":{"submitted":{"type":"boolean"}}})",
       .error_codes = {{"job_closed", "the job is not open"}}},
      soon()));
  }
  Result<net::SkyvernRun> get(const std::string& id) {
    return io_.run(net::get_run(client_, settings_, id, soon()));
  }
  /// Polls until the run has that status, for twenty seconds at most.
  net::SkyvernRun until(const std::string& id, net::RunStatus status) {
    const auto end = Context::Clock::now() + std::chrono::seconds{20};
    while (true) {
      auto run = get(id);
      if (!run || run->status == status || Context::Clock::now() > end)
        return run.value_or(net::SkyvernRun{});
      std::this_thread::sleep_for(std::chrono::milliseconds{2});
    }
  }
  /// Waits until a run's deliveries are noted.
  std::vector<Delivery> deliveries(const std::string& id, std::size_t count) {
    const auto end = Context::Clock::now() + std::chrono::seconds{20};
    while (true) {
      auto run = app_.runs.find(id);
      if (!run || run->deliveries.size() >= count || Context::Clock::now() > end)
        return run ? run->deliveries : std::vector<Delivery>{};
      std::this_thread::sleep_for(std::chrono::milliseconds{2});
    }
  }
  void fault(FaultKind kind, std::string body = "", std::int64_t after = -1) {
    Fault fault;
    fault.path_prefix = "/v1/run";
    fault.kind = kind;
    fault.body = std::move(body);
    fault.after = after;
    app_.faults.add(std::move(fault));
  }
  static net::RunStatus status_in(const Receiver::Hook& hook) {
    auto run = net::read_skyvern_webhook(hook.body);
    EXPECT_TRUE(run) << hook.body;
    return run ? run->status : net::RunStatus::other;
  }
  bool is_signed(const Receiver::Hook& hook) {
    return net::verify_skyvern_signature(hook.body, hook.signature, {settings_->api_key});
  }

  App app_;
  Receiver receiver_;
  net::IoThreads io_{1};
  net::RunningServer server_;
  net::HttpClient client_;
  net::SkyvernSettingsPtr settings_;
};

}  // namespace jobraker::sandbox
