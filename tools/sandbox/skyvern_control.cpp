// /control/skyvern: what really happened, and what only a person could do.
#include <boost/asio/this_coro.hpp>

#include "tools/sandbox/app.hpp"
#include "tools/sandbox/skyvern_agent.hpp"

namespace jobraker::sandbox {

namespace {

net::Response refused(int status, std::string_view detail) {
  json::Writer out;
  out.begin_object().member("error", detail).end_object();
  return net::Response::json(status, out.text());
}

/// `GET /control/skyvern/runs?title=…&url=…`: all runs that were made, oldest first.
net::Response list_runs(App& app, const net::Request& request) {
  const auto title = request.query_value("title").value_or("");
  const auto url = request.query_value("url").value_or("");
  auto runs = app.runs.all();
  json::Writer out;
  out.begin_object().key("runs").begin_array();
  for (auto run = runs.rbegin(); run != runs.rend(); ++run)
    if (run->order.title.find(title) != std::string::npos &&
        run->order.url.find(url) != std::string::npos)
      write_controlled_run(out, *run);
  out.end_array().end_object();
  return net::Response::json(200, out.text());
}

net::Response show_run(App& app, const std::string& id) {
  auto run = app.runs.find(id);
  if (!run)
    return refused(404, "no such run");
  json::Writer out;
  write_controlled_run(out, *run);
  return net::Response::json(200, out.text());
}

/// `{"resume":true}` or `{"end":"completed"}`.
net::Response steer_run(App& app, const net::Request& request, const std::string& id,
                        IoExecutor executor) {
  auto document = json::Document::parse(request.body);
  if (!document)
    return refused(400, document.error().detail);
  const auto root = document->root();
  if (!app.runs.find(id))
    return refused(404, "no such run");
  if (root["resume"].boolean().value_or(false))
    return resume_run(executor, app, id) ? show_run(app, id) : refused(409, "it is not paused");
  const auto end = root["end"].string_or("");
  if (!is_run_end(end))
    return refused(400, "resume is true, or end one of completed, failed, terminated, timed_out");
  return end_run(executor, app, id, end) ? show_run(app, id) : refused(409, "it has ended");
}

net::Response change_settings(App& app, const net::Request& request) {
  auto settings = app.runs.settings();
  if (request.method == net::Method::post) {
    auto document = json::Document::parse(request.body);
    if (!document)
      return refused(400, document.error().detail);
    const auto root = document->root();
    for (auto [name, value] :
         {std::pair{"step_ms", &settings.step_ms}, std::pair{"retry_ms", &settings.retry_ms}})
      if (auto given = root[name]) {
        *value = given.integer().value_or(-1);
        if (*value < 0 || *value > 600'000)
          return refused(400, "step_ms and retry_ms are 0 to 600000");
      }
    for (auto [name, value] : {std::pair{"loopback", &settings.loopback},
                               std::pair{"pause_on_missing", &settings.pause_on_missing}})
      if (auto given = root[name]) {
        if (!given.is_bool())
          return refused(400, "loopback and pause_on_missing are true or false");
        *value = *given.boolean();
      }
    app.runs.set(settings);
  } else if (request.method != net::Method::get) {
    return refused(405, "GET or POST");
  }
  json::Writer out;
  out.begin_object()
    .member("step_ms", settings.step_ms)
    .member("retry_ms", settings.retry_ms)
    .member("loopback", settings.loopback)
    .member("pause_on_missing", settings.pause_on_missing)
    .end_object();
  return net::Response::json(200, out.text());
}

}  // namespace

task<net::Response> skyvern_control(App& app, const net::Request& request) {
  const auto executor = co_await asio::this_coro::executor;
  const auto& parts = request.segments;  // control skyvern runs [{id}]
  const auto what = parts.size() > 2 ? parts[2] : std::string{};
  if (what == "settings")
    co_return change_settings(app, request);
  if (what == "runs" && parts.size() == 3 && request.method == net::Method::get)
    co_return list_runs(app, request);
  if (what == "runs" && parts.size() == 4 && request.method == net::Method::get)
    co_return show_run(app, parts[3]);
  if (what == "runs" && parts.size() == 4 && request.method == net::Method::post)
    co_return steer_run(app, request, parts[3], executor);
  co_return refused(404, "control/skyvern knows runs, runs/{id} and settings");
}

}  // namespace jobraker::sandbox
