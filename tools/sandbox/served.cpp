#include "tools/sandbox/served.hpp"

#include "messages/json.hpp"
#include "tools/sandbox/text.hpp"

namespace jobraker::sandbox {

namespace {

constexpr std::size_t requests_max = 1000;
constexpr std::size_t body_max = 32'000;

void write(json::Writer& out, std::string_view name, const std::map<std::string, Tally>& tallies) {
  out.key(name).begin_object();
  for (const auto& [key, tally] : tallies) {
    out.key(key).begin_object();
    out.member("calls", static_cast<std::int64_t>(tally.calls))
      .member("failed", static_cast<std::int64_t>(tally.failed));
    out.member("prompt_tokens", static_cast<std::int64_t>(tally.prompt_tokens));
    out.member("completion_tokens", static_cast<std::int64_t>(tally.completion_tokens))
      .end_object();
  }
  out.end_object();
}

}  // namespace

void Served::count(std::string_view endpoint, std::string_view model, int status,
                   std::uint64_t prompt_tokens, std::uint64_t completion_tokens) {
  std::lock_guard lock{mutex_};
  auto add = [&](Tally& tally) {
    ++tally.calls;
    tally.failed += status >= 400;
    tally.prompt_tokens += prompt_tokens;
    tally.completion_tokens += completion_tokens;
  };
  add(endpoints_[std::string{endpoint}]);
  if (!model.empty())
    add(models_[std::string{model}]);
  ++minute_requests_;
  minute_tokens_ += prompt_tokens + completion_tokens;
}

void Served::remember(SeenRequest request) {
  std::lock_guard lock{mutex_};
  request.number = next_++;
  request.body = cut(request.body, body_max);
  requests_.push_back(std::move(request));
  if (requests_.size() > requests_max)
    requests_.pop_front();
}

void Served::clear() {
  std::lock_guard lock{mutex_};
  endpoints_.clear();
  models_.clear();
  requests_.clear();
}

std::string Served::to_json() const {
  std::lock_guard lock{mutex_};
  std::uint64_t calls = 0;
  for (const auto& [key, tally] : endpoints_)
    calls += tally.calls;
  json::Writer out;
  out.begin_object().member("calls", static_cast<std::int64_t>(calls));
  write(out, "endpoints", endpoints_);
  write(out, "models", models_);
  out.end_object();
  return out.text();
}

std::string Served::requests_json(std::string_view path_prefix, std::size_t limit) const {
  std::lock_guard lock{mutex_};
  std::vector<const SeenRequest*> chosen;
  for (auto it = requests_.rbegin(); it != requests_.rend() && chosen.size() < limit; ++it)
    if (it->path.starts_with(path_prefix))
      chosen.push_back(&*it);
  json::Writer out;
  out.begin_object().key("requests").begin_array();
  for (auto it = chosen.rbegin(); it != chosen.rend(); ++it) {
    const auto& seen = **it;
    out.begin_object();
    out.member("number", static_cast<std::int64_t>(seen.number))
      .member("at", std::string_view{to_rfc3339(seen.at)});
    out.member("method", std::string_view{seen.method}).member("path", std::string_view{seen.path});
    out.member("query", std::string_view{seen.query}).member("model", std::string_view{seen.model});
    out.member("status", seen.status).member("request_id", std::string_view{seen.request_id});
    out.member("traceparent", std::string_view{seen.traceparent})
      .member("user_agent", std::string_view{seen.user_agent});
    out.key("faults").begin_array();
    for (const auto& fault : seen.faults)
      out.value(std::string_view{fault});
    out.end_array();
    out.member("body", std::string_view{seen.body}).end_object();
  }
  out.end_array().end_object();
  return out.text();
}

std::pair<std::uint64_t, std::uint64_t> Served::this_minute(Time now) {
  std::lock_guard lock{mutex_};
  auto minute = std::chrono::duration_cast<std::chrono::minutes>(now.time_since_epoch()).count();
  if (minute != minute_) {
    minute_ = minute;
    minute_requests_ = minute_tokens_ = 0;
  }
  return {minute_requests_, minute_tokens_};
}

}  // namespace jobraker::sandbox
