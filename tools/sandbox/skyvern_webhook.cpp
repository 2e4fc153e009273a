// Webhooks as Skyvern sends them.
#include <algorithm>
#include <charconv>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/this_coro.hpp>
#include <sodium.h>

#include "net/client/http_client.hpp"
#include "tools/sandbox/skyvern_agent.hpp"
#include "tools/sandbox/text.hpp"

namespace jobraker::sandbox {

namespace {

constexpr int attempts_max = 3;
constexpr std::int64_t retry_after_max = 30;  ///< seconds

bool is_worth_another(int status) {
  return status == 0 || status == 403 || status == 408 || status == 425 || status == 429 ||
         status >= 500;
}

/// How long to wait before the next attempt: as the receiver asks, else longer each time.
std::int64_t wait_ms(const Result<net::ClientResponse>& response, std::int64_t unit, int attempt,
                     std::string_view id) {
  if (response) {
    const auto text = response->headers.value("retry-after");
    std::int64_t seconds = 0;
    if (auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
        error == std::errc{} && end == text.data() + text.size() && seconds >= 0)
      return std::min(seconds, retry_after_max) * 1000;
  }
  const auto jitter = hash(id, static_cast<std::uint64_t>(attempt)) %
                      static_cast<std::uint64_t>(std::max<std::int64_t>(unit, 1));
  return unit * (attempt + 1) + static_cast<std::int64_t>(jitter);
}

net::ClientRequest webhook_request(const std::string& url, const std::string& body,
                                   const std::string& key) {
  net::ClientRequest request;
  request.method = net::Method::post;
  request.url = url;
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now().time_since_epoch());
  request.headers = {{"content-type", "application/json"},
                     {"user-agent", "python-httpx/0.28.1"},
                     {"x-skyvern-signature", skyvern_signature(key, body)},
                     {"x-skyvern-timestamp", std::to_string(seconds.count())}};
  request.body = body;
  request.context = Context::system(std::chrono::seconds{30});
  request.send_trace = false;
  return request;
}

void note(App& app, const std::string& id, const Sent& sent) {
  app.runs.change(id, [&](SkyvernRunRecord& run) {
    run.deliveries.push_back(sent.delivery);
    if (sent.delivery.kind != "stale")
      run.webhook_failure = sent.failure;
    return true;
  });
}

/// The run as it was while it ran.
std::string earlier_json(SkyvernRunRecord run) {
  run.status = "running";
  std::erase_if(run.history, [](const auto& step) {
    return step.first != "created" && step.first != "queued" && step.first != "running";
  });
  run.verdict = RunVerdict{.status = {}};
  run.webhook_failure.reset();
  return run_json(run, true);
}

}  // namespace

std::string skyvern_signature(std::string_view key, std::string_view body) {
  const auto bytes = [](std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
  };
  unsigned char mac[crypto_auth_hmacsha256_BYTES];
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, bytes(key), key.size());
  crypto_auth_hmacsha256_update(&state, bytes(body), body.size());
  crypto_auth_hmacsha256_final(&state, mac);
  std::string out;
  for (auto byte : mac) {
    out += "0123456789abcdef"[byte >> 4];
    out += "0123456789abcdef"[byte & 15];
  }
  return out;
}

task<Sent> deliver(App& app, const SkyvernRunRecord& run, const std::string& url,
                   const std::string& body, std::string kind, int attempts) {
  Sent sent;
  sent.delivery = {now(), run.status, std::move(kind), run.plan.webhook_forged, {}};
  if (sent.delivery.kind == "stale")
    sent.delivery.status = "running";
  const auto key = run.plan.webhook_forged ? run.key + "-another" : run.key;
  auto executor = co_await asio::this_coro::executor;
  net::HttpClient client{executor.context()};
  for (int attempt = 0; attempt < attempts; ++attempt) {
    const auto began = Context::Clock::now();
    auto response = co_await client.send(webhook_request(url, body, key));
    sent.millis =
      std::chrono::duration_cast<std::chrono::milliseconds>(Context::Clock::now() - began).count();
    const int status = response ? response->status : 0;
    sent.delivery.answers.push_back(status);
    sent.answer = response ? std::string{cut(response->body, 2048)} : std::string{};
    sent.delivered = status / 100 == 2;
    sent.failure = sent.delivered ? std::string{}
                   : response     ? "Webhook failed with HTTP " + std::to_string(status)
                                  : "Webhook failed: " + response.error().detail;
    if (sent.delivered || !is_worth_another(status) || attempt + 1 == attempts)
      break;
    co_await pause_for(wait_ms(response, app.runs.settings().retry_ms, attempt, run.id));
  }
  co_return sent;
}

task<void> tell(App& app, std::string id) {
  auto run = app.runs.find(id);
  // A run ordered with `Authorization` has no key to sign with, and Skyvern then says nothing.
  if (!run || run->order.webhook_url.empty() || run->key.empty() || run->plan.webhook_lost)
    co_return;
  const auto body = run_json(*run, true);
  const auto& url = run->order.webhook_url;
  if (run->plan.webhook_ms > 0) {
    co_await pause_for(run->plan.webhook_ms);
    if (!app.runs.find(id))
      co_return;
  }
  note(app, id, co_await deliver(app, *run, url, body, "first", attempts_max));
  for (std::int64_t i = 0; i < run->plan.webhook_repeats; ++i)
    note(app, id, co_await deliver(app, *run, url, body, "repeat", attempts_max));
  if (run->plan.webhook_stale)
    note(app, id, co_await deliver(app, *run, url, earlier_json(*run), "stale", attempts_max));
}

void tell_run(IoExecutor executor, App& app, std::string id) {
  asio::co_spawn(executor, tell(app, std::move(id)), asio::detached);
}

}  // namespace jobraker::sandbox
