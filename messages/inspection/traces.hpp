#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "messages/fields.hpp"
#include "messages/time.hpp"

/// The way of single requests.
namespace jobraker {

/// The query of `GET /admin/traces`: requests that are still remembered.
struct GetTraces {
  static constexpr auto type_name = "GetTraces";
  std::optional<bool> slowest{};  ///< the slowest first instead of the latest
  std::optional<bool> failed{};
  std::optional<std::string> name{};  ///< part of the name
  std::int64_t limit = 100;
  static constexpr auto fields() {
    return std::tuple{field("slowest", &GetTraces::slowest), field("failed", &GetTraces::failed),
                      field("name", &GetTraces::name, {.max_length = 200}),
                      optional_field("limit", &GetTraces::limit, {.min = 1, .max = 1000})};
  }
};

/// One trace in short.
struct TraceRow {
  static constexpr auto type_name = "TraceRow";
  std::string trace_id{};
  std::string name{};
  Time at{};
  std::int64_t duration_us = 0;
  std::int64_t spans = 0;
  bool failed = false;
  static constexpr auto fields() {
    return std::tuple{field("trace_id", &TraceRow::trace_id),
                      field("name", &TraceRow::name),
                      field("at", &TraceRow::at),
                      field("duration_us", &TraceRow::duration_us),
                      field("spans", &TraceRow::spans),
                      field("failed", &TraceRow::failed)};
  }
};

struct TraceList {
  static constexpr auto type_name = "TraceList";
  std::vector<TraceRow> items{};
  static constexpr auto fields() { return std::tuple{field("items", &TraceList::items)}; }
};

struct GetTrace {
  static constexpr auto type_name = "GetTrace";
  std::string trace_id{};
  static constexpr auto fields() { return std::tuple{field("trace_id", &GetTrace::trace_id)}; }
};

/// One span of a trace.
struct TraceSpan {
  static constexpr auto type_name = "TraceSpan";
  std::string id{};
  std::optional<std::string> parent{};
  std::string kind{};
  std::string name{};
  std::optional<std::string> actor{};   ///< path, while it lives
  std::optional<std::string> sender{};  ///< likewise
  std::int64_t start_us = 0;            ///< from the trace's first
  std::int64_t wait_us = 0;
  std::int64_t run_us = 0;
  bool failed = false;
  std::int64_t depth = 0;
  static constexpr auto fields() {
    return std::tuple{field("id", &TraceSpan::id),
                      field("parent", &TraceSpan::parent),
                      field("kind", &TraceSpan::kind),
                      field("name", &TraceSpan::name),
                      field("actor", &TraceSpan::actor),
                      field("sender", &TraceSpan::sender),
                      field("start_us", &TraceSpan::start_us),
                      field("wait_us", &TraceSpan::wait_us),
                      field("run_us", &TraceSpan::run_us),
                      field("failed", &TraceSpan::failed),
                      field("depth", &TraceSpan::depth)};
  }
};

/// A model call of a trace, from the log of calls.
struct TraceCall {
  static constexpr auto type_name = "TraceCall";
  std::string operation{};
  std::string provider{};
  std::string model{};
  std::int64_t tokens_in = 0;
  std::int64_t tokens_cached = 0;
  std::int64_t tokens_out = 0;
  double cost_usd = 0;
  std::int64_t ms = 0;
  std::string outcome{};
  Time at{};
  static constexpr auto fields() {
    return std::tuple{field("operation", &TraceCall::operation),
                      field("provider", &TraceCall::provider),
                      field("model", &TraceCall::model),
                      field("tokens_in", &TraceCall::tokens_in),
                      field("tokens_cached", &TraceCall::tokens_cached),
                      field("tokens_out", &TraceCall::tokens_out),
                      field("cost_usd", &TraceCall::cost_usd),
                      field("ms", &TraceCall::ms),
                      field("outcome", &TraceCall::outcome),
                      field("at", &TraceCall::at)};
  }
};

/// An event that a trace wrote into the outbox. What is told is deleted there: then only the topic
/// is known.
struct TraceEvent {
  static constexpr auto type_name = "TraceEvent";
  std::string topic{};
  std::optional<std::string> type{};
  std::optional<std::string> key{};
  Time at{};
  static constexpr auto fields() {
    return std::tuple{field("topic", &TraceEvent::topic), field("type", &TraceEvent::type),
                      field("key", &TraceEvent::key), field("at", &TraceEvent::at)};
  }
};

/// The answer of `GET /admin/traces/{trace_id}`: spans in the order of the tree.
struct TraceView {
  static constexpr auto type_name = "TraceView";
  std::string trace_id{};
  Time at{};
  std::vector<TraceSpan> spans{};
  std::vector<TraceCall> model_calls{};
  std::vector<TraceEvent> events{};
  bool truncated = false;  ///< spans are missing: forgotten, or too many
  static constexpr auto fields() {
    return std::tuple{
      field("trace_id", &TraceView::trace_id), field("at", &TraceView::at),
      field("spans", &TraceView::spans),       field("model_calls", &TraceView::model_calls),
      field("events", &TraceView::events),     field("truncated", &TraceView::truncated)};
  }
};

}  // namespace jobraker
