#include "tools/sandbox/limits.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace jobraker::sandbox {

namespace {

constexpr double minute_ms = 60'000;

std::chrono::milliseconds time_for(double missing, std::uint64_t limit) {
  // What is left of rounding is not worth a wait.
  if (missing <= 1e-6 || limit == 0)
    return std::chrono::milliseconds{0};
  return std::chrono::milliseconds{
    static_cast<std::int64_t>(std::ceil(missing * minute_ms / static_cast<double>(limit)))};
}

Allowance allowance(double level, std::uint64_t limit) {
  return {limit, static_cast<std::uint64_t>(std::max(0.0, level)),
          time_for(static_cast<double>(limit) - level, limit)};
}

}  // namespace

Admission Limits::take(std::uint64_t key, std::string_view model, std::uint64_t tokens,
                       Clock::time_point now) {
  std::lock_guard lock{mutex_};
  auto limit = limit_of(model);
  auto most_requests = static_cast<double>(limit.requests);
  auto most_tokens = static_cast<double>(limit.tokens);
  auto [at, fresh] = buckets_.try_emplace({key, std::string{model}});
  auto& bucket = at->second;
  auto passed =
    fresh ? minute_ms
          : std::chrono::duration<double, std::milli>(std::max(Clock::duration{0}, now - bucket.at))
              .count();
  bucket.requests = std::min(most_requests, bucket.requests + most_requests * passed / minute_ms);
  bucket.tokens = std::min(most_tokens, bucket.tokens + most_tokens * passed / minute_ms);
  bucket.at = now;

  Admission out;
  auto wanted = static_cast<double>(tokens);
  out.never = tokens > limit.tokens || limit.requests == 0;
  auto for_request = time_for(1 - bucket.requests, limit.requests);
  auto for_tokens = time_for(wanted - bucket.tokens, limit.tokens);
  out.wait = std::max(for_request, for_tokens);
  out.admitted = !out.never && out.wait.count() == 0;
  out.by_tokens = tokens > limit.tokens || for_tokens > for_request;
  if (out.admitted) {
    bucket.requests -= 1;
    bucket.tokens -= wanted;
  }
  out.requests = allowance(bucket.requests, limit.requests);
  out.tokens = allowance(bucket.tokens, limit.tokens);
  return out;
}

RateLimit Limits::limit_of(std::string_view model) const {
  auto found = models_.find(model);
  return found == models_.end() ? usual_ : found->second;
}

RateLimit Limits::of(std::string_view model) const {
  std::lock_guard lock{mutex_};
  return limit_of(model);
}

void Limits::set(std::string_view model, RateLimit limit) {
  std::lock_guard lock{mutex_};
  if (model.empty())
    usual_ = limit;
  else
    models_[std::string{model}] = limit;
  buckets_.clear();
}

void Limits::reset() {
  std::lock_guard lock{mutex_};
  usual_ = first_;
  models_.clear();
  buckets_.clear();
}

std::string Limits::to_json() const {
  std::lock_guard lock{mutex_};
  json::Writer out;
  auto write = [&](std::string_view name, RateLimit limit) {
    out.key(name)
      .begin_object()
      .member("rpm", static_cast<std::int64_t>(limit.requests))
      .member("tpm", static_cast<std::int64_t>(limit.tokens))
      .end_object();
  };
  out.begin_object();
  write("default", usual_);
  out.key("models").begin_object();
  for (const auto& [model, limit] : models_)
    write(model, limit);
  out.end_object().end_object();
  return out.text();
}

std::string go_duration(std::chrono::milliseconds duration) {
  auto ms = std::max<std::int64_t>(0, duration.count());
  if (ms == 0)
    return "0s";
  if (ms < 1000)
    return std::to_string(ms) + "ms";
  std::string out;
  if (ms >= 3600'000)
    out += std::to_string(ms / 3600'000) + "h";
  if (ms >= 60'000)
    out += std::to_string(ms / 60'000 % 60) + "m";
  char seconds[16];
  std::snprintf(seconds, sizeof seconds, "%.3f", static_cast<double>(ms % 60'000) / 1000);
  std::string text{seconds};
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.'))
    text.pop_back();
  return out + text + "s";
}

}  // namespace jobraker::sandbox
