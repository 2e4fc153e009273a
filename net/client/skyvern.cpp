#include "net/client/skyvern.hpp"

#include <algorithm>

#include "net/client/rate_headers.hpp"
#include "net/client/skyvern_webhook.hpp"
#include "net/http/url.hpp"

namespace jobraker::net {
namespace {

constexpr std::size_t words_max = 300;  ///< bytes of Skyvern's own words in an error

/// FastAPI's list of broken rules: where and what, without the values, which may be personal.
std::string rules_in(json::View list) {
  std::string out;
  list.each_element([&](json::View problem) {
    std::string where;
    problem["loc"].each_element([&](json::View part) {
      where += (where.empty() ? "" : ".") + (part.is_string() ? part.string_or("") : part.dump());
    });
    out += (out.empty() ? "" : "; ") + where + ": " + problem["msg"].string_or("wrong");
  });
  return out;
}

/// What a refusal says: `{"detail":"…"}`, `{"detail":[…]}` or `{"error":"…"}`.
std::string words_in(std::string_view body) {
  auto document = json::Document::parse(body);
  if (!document)
    return {};
  const auto detail = document->root()["detail"];
  auto words = detail.is_array() ? rules_in(detail)
                                 : detail.string_or(document->root()["error"].string_or(""));
  if (words.size() > words_max) {
    auto end = words_max;
    while (end > 0 && (static_cast<unsigned char>(words[end]) & 0xC0) == 0x80)
      --end;  // not in the middle of a character
    words.resize(end);
  }
  return words;
}

/// An answer with another status than 200 as an error.
Error refusal(const ClientResponse& response) {
  const auto status = response.status;
  const auto words = words_in(response.body);
  const auto with_words = [&](std::string text) {
    return words.empty() ? text : text + ": " + words;
  };
  Error error{Errc::upstream_failed, {}, {}, {}};
  if (status == 400 || status == 422) {
    error.code = Errc::unprocessable;
    error.detail = with_words("Skyvern does not take this");
  } else if (status == 429) {
    error.code = Errc::rate_limited;
    error.detail = with_words("Skyvern takes no more runs for the moment");
    error.retry_after = read_retry_after(response.headers, now());
  } else if (status == 401 || status == 403) {
    error.detail = "Skyvern refuses our key (HTTP " + std::to_string(status) + ")";
  } else {
    error.detail = with_words("Skyvern answered HTTP " + std::to_string(status));
  }
  return error;
}

/// Whether an answer other than 200 leaves it open that a run was made. A refusal does not, nor
/// does being sent elsewhere; 408 comes from gateways that may have passed the call on.
bool leaves_open(int status) {
  if (status == 301 || status == 307 || status == 308)
    return false;
  return status / 100 != 4 || status == 408;
}

ClientRequest request_to(const SkyvernSettings& settings, Method method, std::string_view path,
                         const Context& context) {
  ClientRequest request;
  request.method = method;
  request.url = settings.base_url + std::string{path};
  request.headers = {{"x-api-key", settings.api_key}, {"accept", "application/json"}};
  request.context = context;
  request.context.deadline = std::min(context.deadline, Context::Clock::now() + settings.timeout);
  return request;
}

Result<SkyvernRun> read_run(std::string_view body) {
  auto document = read_skyvern_json(body);
  if (!document)
    return fail(Errc::upstream_failed, "Skyvern's answer was cut or is not JSON");
  auto run = parse_run(document->root());
  if (!run)
    return fail(Errc::upstream_failed, "Skyvern's answer is no run: " + run.error().detail);
  return run;
}

tl::unexpected<CreateFailure> not_confirmed(bool maybe, int status, Error error) {
  return tl::unexpected<CreateFailure>(CreateFailure{maybe, status, std::move(error)});
}

}  // namespace

task<CreateResult> create_run(HttpClient& client, SkyvernSettingsPtr settings, SkyvernOrder order,
                              Context context) {
  auto body = order_body(*settings, order);
  if (!body)
    co_return not_confirmed(false, 0, std::move(body.error()));
  auto request = request_to(*settings, Method::post, "/v1/run/tasks", context);
  request.headers.set("content-type", "application/json");
  request.body = std::move(*body);
  auto sent = std::make_shared<bool>(false);
  request.on_sent = [sent] { *sent = true; };
  auto response = co_await client.send(std::move(request));
  if (!response)
    co_return not_confirmed(*sent, 0, std::move(response.error()));
  if (response->status / 100 != 2) {
    auto error = refusal(*response);
    co_return not_confirmed(leaves_open(response->status), response->status, std::move(error));
  }
  auto run = read_run(response->body);
  if (!run)
    co_return not_confirmed(true, response->status, std::move(run.error()));
  co_return std::move(*run);
}

task<Result<SkyvernRun>> get_run(HttpClient& client, SkyvernSettingsPtr settings,
                                 std::string run_id, Context context) {
  auto response = co_await client.send(
    request_to(*settings, Method::get, "/v1/runs/" + percent_encode(run_id), context));
  if (!response)
    co_return fail(std::move(response.error()));
  if (response->status == 404)
    co_return fail(Errc::not_found, "Skyvern has no run of this id");
  if (response->status != 200)
    co_return fail(refusal(*response));
  co_return read_run(response->body);
}

task<Result<std::vector<SkyvernRun>>> find_runs(HttpClient& client, SkyvernSettingsPtr settings,
                                                std::string search_key, std::size_t limit,
                                                Context context) {
  if (search_key.size() < 3)
    co_return fail(Errc::invalid, "Skyvern searches for three characters at least");
  const auto size = std::to_string(std::clamp<std::size_t>(limit, 1, 100));
  auto response = co_await client.send(request_to(
    *settings, Method::get,
    "/v1/runs?" + query_string({{"search_key", search_key}, {"page", "1"}, {"page_size", size}}),
    context));
  if (!response)
    co_return fail(std::move(response.error()));
  if (response->status != 200)
    co_return fail(refusal(*response));
  auto document = read_skyvern_json(response->body);
  if (!document || !document->root().is_array())
    co_return fail(Errc::upstream_failed, "Skyvern's answer is no list of runs");
  std::vector<SkyvernRun> runs;
  for (std::size_t i = 0; i < document->root().size(); ++i) {
    auto run = parse_run(document->root().at(i));
    // A run that cannot be read may be the one that is looked for: not found would be a lie.
    if (!run)
      co_return fail(Errc::upstream_failed, "Skyvern's list holds what is no run");
    runs.push_back(std::move(*run));
  }
  co_return runs;
}

task<Result<CancelOutcome>> cancel_run(HttpClient& client, SkyvernSettingsPtr settings,
                                       std::string run_id, Context context) {
  auto response = co_await client.send(
    request_to(*settings, Method::post, "/v1/runs/" + percent_encode(run_id) + "/cancel", context));
  if (!response)
    co_return fail(std::move(response.error()));
  const auto status = response->status;
  if (status / 100 == 2)
    co_return CancelOutcome::asked;
  if (status == 404)
    co_return fail(Errc::not_found, "Skyvern has no run of this id");
  if (status == 400 || status == 500) {
    auto run = co_await get_run(client, settings, run_id, context);
    if (run && is_final(run->status))
      co_return CancelOutcome::finished;
  }
  co_return fail(refusal(*response));
}

}  // namespace jobraker::net
