// Skyvern's API.
#include <algorithm>
#include <charconv>

#include <boost/asio/this_coro.hpp>

#include "tools/sandbox/app.hpp"
#include "tools/sandbox/skyvern_agent.hpp"
#include "tools/sandbox/skyvern_files.hpp"
#include "tools/sandbox/skyvern_form.hpp"
#include "tools/sandbox/text.hpp"

namespace jobraker::sandbox {

namespace {

/// Whether somebody may come in; `x-api-key` counts before `Authorization`.
bool is_let_in(const net::Request& request) {
  auto key = request.headers.value("x-api-key");
  if (key.empty()) {
    key = request.headers.value("authorization");
    if (lower(key.substr(0, 7)) != "bearer ")
      return false;
    key = trim(key.substr(7));
  }
  return !key.empty() && key != "bad" && !key.starts_with("invalid");
}

std::string base_of(const net::Request& request) {
  const auto host = request.headers.value("host");
  return "http://" + std::string{host.empty() ? "127.0.0.1" : host};
}

net::Response no_run(const std::string& id) {
  return skyvern_error(404, "Task run not found " + id);
}

net::Response create(App& app, const net::Request& request, const std::vector<Fault>& faults,
                     IoExecutor executor) {
  auto order = read_run_order(request.body, app.runs.settings().loopback);
  if (!order)
    return std::move(order.error());
  SkyvernRunRecord run;
  run.order = std::move(*order);
  run.base = base_of(request);
  run.key = request.headers.value("x-api-key");
  for (const auto& fault : faults)
    plan_fault(run.plan, fault);
  run = app.runs.add(std::move(run));
  start_run(executor, app, run.id);
  return net::Response::json(200, run_json(run, false));
}

/// A whole number of the query within bounds; `otherwise` when it is not given, 0 when it is wrong.
std::size_t number_in(const net::Request& request, std::string_view name, std::size_t otherwise) {
  const auto text = request.query_value(name);
  if (!text)
    return otherwise;
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  return error == std::errc{} && end == text->data() + text->size() && value <= 1000 ? value : 0;
}

bool is_wanted(const SkyvernRunRecord& run, const net::Request& request, std::string_view key) {
  bool wanted = true;
  for (auto [name, value] : {std::pair{"status", std::string_view{run.status}},
                             std::pair{"run_type", std::string_view{run.type}}}) {
    bool asked = false, met = false;
    for (const auto& [given, text] : request.query)
      if (given == name) {
        asked = true;
        met = met || text == value;
      }
    wanted = wanted && (!asked || met);
  }
  const auto listed = run.history.front().second + std::chrono::milliseconds{run.plan.unlisted_ms};
  return wanted && listed <= now() &&
         (lower(run.order.title).find(key) != std::string::npos ||
          lower(run.order.url).find(key) != std::string::npos);
}

net::Response list(App& app, const net::Request& request) {
  const auto page = number_in(request, "page", 1), size = number_in(request, "page_size", 10);
  const auto key = lower(request.query_value("search_key").value_or(""));
  if (page == 0 || size == 0 || size > 100 || (!key.empty() && key.size() < 3))
    return net::Response::json(
      422,
      R"({"detail":[{"type":"value_error","loc":["query"],"msg":"page, page_size (1 to 100) or search_key (3 characters) is wrong"}]})");
  std::size_t skip = (page - 1) * size, left = size;
  json::Writer out;
  out.begin_array();
  for (const auto& run : app.runs.all()) {
    if (!is_wanted(run, request, key))
      continue;
    if (skip > 0) {
      --skip;
      continue;
    }
    if (left-- == 0)
      break;
    write_listed_run(out, run);
  }
  out.end_array();
  return net::Response::json(200, out.text());
}

net::Response cancel(App& app, const net::Request& request, const std::string& id,
                     const std::vector<Fault>& faults, IoExecutor executor) {
  std::string was;
  const bool done = app.runs.change(id, [&](SkyvernRunRecord& run) {
    was = run.status;
    if (run.has_ended())
      return false;
    for (const auto& fault : faults)
      plan_fault(run.plan, fault);
    run.cancelled = true;
    run.key = request.headers.value("x-api-key");  // who cancels signs
    return run.advance("canceled", now());
  });
  if (done) {
    tell_run(executor, app, id);
    return net::Response::json(200, "null");
  }
  if (was.empty())
    return no_run(id);
  if (was == "timed_out")
    return net::Response::json(500, R"({"error":"Unexpected error: TaskAlreadyTimeout"})");
  return skyvern_error(400, "Invalid task status transition from " + was + " to canceled");
}

task<net::Response> replay(App& app, const net::Request& request, const std::string& id) {
  auto run = app.runs.find(id);
  if (!run)
    co_return no_run(id);
  auto url = run->order.webhook_url;
  if (auto document = json::Document::parse(request.body))
    url = document->root()["webhook_url"].string_or(url);
  if (!run->has_ended())
    co_return skyvern_error(400, "The run is not final");
  if (url.empty())
    co_return skyvern_error(400, "There is no webhook URL to replay to");
  if (auto refused = refuse_address(url, "webhook_url", app.runs.settings().loopback))
    co_return std::move(*refused);
  const auto body = run_json(*run, true);
  auto sent = co_await deliver(app, *run, url, body, "replay", 1);
  app.runs.change(id, [&](SkyvernRunRecord& at) {
    at.deliveries.push_back(sent.delivery);
    return true;
  });
  const int status = sent.delivery.answers.front();
  json::Writer out;
  out.begin_object()
    .member("run_id", std::string_view{id})
    .member("run_type", std::string_view{run->type})
    .member("default_webhook_url", std::string_view{run->order.webhook_url})
    .member("target_webhook_url", std::string_view{url})
    .member("payload", std::string_view{body})
    .key("status_code");
  if (status == 0)
    out.null();
  else
    out.value(status);
  out.member("latency_ms", sent.millis).member("response_body", std::string_view{sent.answer});
  out.key("error");
  if (sent.failure.empty())
    out.null();
  else
    out.value(std::string_view{sent.failure});
  out.end_object();
  co_return net::Response::json(200, out.text());
}

}  // namespace

task<Answer> skyvern(App& app, const net::Request& request, const Mischief& mischief) {
  const auto executor = co_await asio::this_coro::executor;
  const auto& parts = request.segments;
  const bool posts = request.method == net::Method::post;
  const auto at = [&](std::size_t index) {
    return parts.size() > index ? parts[index] : std::string{};
  };
  if (at(0) == "forms")
    co_return Answer{serve_form(app.postings, request), "forms"};
  if (at(0) == "skyvern")
    co_return Answer{serve_artifact(app.runs, request), "skyvern.artifacts"};
  if (!is_let_in(request))
    co_return Answer{skyvern_error(403, "Invalid credentials"), "skyvern"};
  if (at(1) == "run" && at(2) == "tasks" && posts)
    co_return Answer{create(app, request, mischief.runs, executor), "skyvern.create"};
  if (at(1) == "upload_file" && posts)
    co_return Answer{take_upload(app.runs, request, base_of(request)), "skyvern.upload"};
  if (at(1) == "runs" && parts.size() == 2 && !posts)
    co_return Answer{list(app, request), "skyvern.list"};
  if (at(1) == "runs" && parts.size() == 3 && !posts) {
    auto run = app.runs.find(at(2));
    co_return Answer{run ? net::Response::json(200, run_json(*run, false)) : no_run(at(2)),
                     "skyvern.get"};
  }
  if (at(1) == "runs" && at(3) == "cancel" && posts)
    co_return Answer{cancel(app, request, at(2), mischief.runs, executor), "skyvern.cancel"};
  if (at(1) == "runs" && at(3) == "retry_webhook" && posts)
    co_return Answer{co_await replay(app, request, at(2)), "skyvern.replay"};
  co_return Answer{skyvern_error(404, "Not Found"), "skyvern"};
}

}  // namespace jobraker::sandbox
