#include "tools/sandbox/served.hpp"

#include <functional>

#include "messages/json.hpp"
#include "tools/sandbox/text.hpp"

namespace jobraker::sandbox {

namespace {

constexpr std::size_t requests_max = 1000;
constexpr std::size_t bills_max = 100'000;
constexpr std::size_t ids_max = 10'000;
constexpr std::size_t body_max = 32'000;

bool is_billed(Outcome outcome) {
  return outcome == Outcome::ok || outcome == Outcome::aborted || outcome == Outcome::cut;
}

void add(Tally& sum, const Tally& more) {
  sum.calls += more.calls;
  sum.failed += more.failed;
  sum.usage.prompt += more.usage.prompt;
  sum.usage.cached += more.usage.cached;
  sum.usage.cache_written += more.usage.cache_written;
  sum.usage.completion += more.usage.completion;
}

void write_usage(json::Writer& out, const Usage& usage) {
  auto number = [](std::uint64_t value) { return static_cast<std::int64_t>(value); };
  out.member("prompt_tokens", number(usage.prompt))
    .member("cached_tokens", number(usage.cached))
    .member("cache_write_tokens", number(usage.cache_written))
    .member("completion_tokens", number(usage.completion));
}

void write_tally(json::Writer& out, const Tally& tally) {
  out.member("calls", static_cast<std::int64_t>(tally.calls))
    .member("failed", static_cast<std::int64_t>(tally.failed));
  write_usage(out, tally.usage);
}

void write(json::Writer& out, std::string_view name, const std::map<std::string, Tally>& tallies) {
  out.key(name).begin_object();
  for (const auto& [key, tally] : tallies) {
    out.key(key).begin_object();
    write_tally(out, tally);
    out.end_object();
  }
  out.end_object();
}

}  // namespace

std::string_view to_string(Outcome outcome) noexcept {
  static constexpr std::string_view names[] = {"ok",           "aborted", "cut", "refused",
                                               "rate_limited", "fault",   "hung"};
  return names[static_cast<std::size_t>(outcome)];
}

void Served::count(Bill bill) {
  if (!is_billed(bill.outcome))
    bill.usage = {};
  std::lock_guard lock{mutex_};
  Tally one{1, bill.status >= 400 ? 1U : 0U, bill.usage};
  add(groups_[{bill.endpoint, bill.model, bill.outcome}], one);
  bills_.push_back({next_bill_++, std::move(bill)});
  if (bills_.size() > bills_max)
    bills_.pop_front();
}

void Served::remember(SeenRequest request) {
  request.body = cut(request.body, body_max);
  std::lock_guard lock{mutex_};
  request.number = next_++;
  requests_.push_back(std::move(request));
  if (requests_.size() > requests_max)
    requests_.pop_front();
}

void Served::clear() {
  std::lock_guard lock{mutex_};
  groups_.clear();
  bills_.clear();
  requests_.clear();
}

std::shared_ptr<void> Served::flight() {
  ++*flying_;
  return {flying_.get(), [counter = flying_](void*) { --*counter; }};
}

std::string Served::to_json(bool ids) const {
  std::lock_guard lock{mutex_};
  Tally totals;
  std::map<std::string, Tally> endpoints, models;
  std::map<Group, std::vector<std::string_view>> named;
  for (const auto& [group, tally] : groups_) {
    const auto& [endpoint, model, outcome] = group;
    add(totals, tally);
    add(endpoints[endpoint], tally);
    if (!model.empty())
      add(models[model], tally);
  }
  for (auto it = bills_.size() > ids_max ? bills_.end() - ids_max : bills_.begin();
       ids && it != bills_.end(); ++it)
    if (!it->bill.id.empty())
      named[{it->bill.endpoint, it->bill.model, it->bill.outcome}].push_back(it->bill.id);
  json::Writer out;
  out.begin_object()
    .member("calls", static_cast<std::int64_t>(totals.calls))
    .member("in_flight", flying_->load());
  out.key("totals").begin_object();
  write_tally(out, totals);
  out.end_object();
  write(out, "endpoints", endpoints);
  write(out, "models", models);
  out.key("outcomes").begin_array();
  for (const auto& [group, tally] : groups_) {
    const auto& [endpoint, model, outcome] = group;
    out.begin_object()
      .member("endpoint", std::string_view{endpoint})
      .member("model", std::string_view{model})
      .member("outcome", to_string(outcome));
    write_tally(out, tally);
    if (ids) {
      out.key("ids").begin_array();
      for (auto id : named[group])
        out.value(id);
      out.end_array();
    }
    out.end_object();
  }
  out.end_array().end_object();
  return out.text();
}

std::string Served::bills_json(std::uint64_t after, std::size_t limit) const {
  std::lock_guard lock{mutex_};
  json::Writer out;
  out.begin_object().key("calls").begin_array();
  for (const auto& [number, bill] : bills_) {
    if (number <= after)
      continue;
    if (limit-- == 0)
      break;
    out.begin_object()
      .member("number", static_cast<std::int64_t>(number))
      .member("id", std::string_view{bill.id})
      .member("endpoint", std::string_view{bill.endpoint})
      .member("model", std::string_view{bill.model})
      .member("outcome", to_string(bill.outcome))
      .member("status", bill.status);
    write_usage(out, bill.usage);
    out.end_object();
  }
  out.end_array().end_object();
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

}  // namespace jobraker::sandbox
