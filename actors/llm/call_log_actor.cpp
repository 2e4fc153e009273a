#include "actors/llm/call_log_actor.hpp"

#include <deque>

#include <spdlog/spdlog.h>

#include "actors/events/heard.hpp"
#include "actors/llm/core/call_figures.hpp"
#include "actors/system/observed.hpp"
#include "actors/system/pause.hpp"
#include "actors/system/summary.hpp"
#include "storage/databases.hpp"

namespace jobraker::llm {
namespace {

constexpr std::size_t batch_max = 500;
constexpr std::size_t kept_max = 200'000;
constexpr std::chrono::milliseconds gather{100};

struct LogState {
  static inline const char* name = "llm-log";
  Services* services = nullptr;
  std::deque<storage::CallRecord> records;
  std::vector<caf::typed_response_promise<Ok>> flushes;
  bool writing = false;
  bool gathering = false;
  std::uint64_t dropped = 0;

  std::string summary() const {
    return Summary{}
      .with("records", records.size())
      .with("writing", writing)
      .with("dropped", dropped)
      .text();
  }
};

using Self = Shell<LogState, CallLogActor>;

void write(Self* self) {
  auto& state = self->state;
  if (state.writing)
    return;
  if (state.records.empty()) {
    for (auto& promise : std::exchange(state.flushes, {}))
      promise.deliver(Ok{});
    return;
  }
  state.writing = true;
  auto batch = std::make_shared<std::vector<storage::CallRecord>>();
  while (!state.records.empty() && batch->size() < batch_max) {
    batch->push_back(std::move(state.records.front()));
    state.records.pop_front();
  }
  self->await<std::size_t>(
    state.services->io,
    [&s = *state.services, batch]() -> task<Result<std::size_t>> {
      auto stored = co_await storage::append_calls(s.gateway->log_databases.here(), *batch,
                                                   heard_outside(s.config));
      if (!stored)
        co_await pause(std::chrono::milliseconds{500});
      co_return stored;
    },
    [self, batch](Result<std::size_t> stored) {
      auto& after = self->state;
      after.writing = false;
      if (!stored && stored.error().code != Errc::invalid) {
        // A batch may have been stored after all: its rows have ids, so that it can be sent again.
        spdlog::warn("event=llm_log.failed rows={} why=\"{}\"", batch->size(),
                     stored.error().detail);
        after.records.insert(after.records.begin(), std::make_move_iterator(batch->begin()),
                             std::make_move_iterator(batch->end()));
      } else if (!stored) {
        spdlog::error("event=llm_log.refused rows={} why=\"{}\"", batch->size(),
                      stored.error().detail);
      }
      write(self);
    });
}

void count(const Services& services, const storage::CallRecord& record) {
  CallSeen seen;
  seen.operation = record.operation;
  seen.provider = record.provider;
  seen.model = record.model;
  if (const auto* model = services.gateway->tables.model(record.model))
    seen.kind = model->kind;
  seen.outcome = record.outcome;
  seen.cache_hit = record.cache_hit;
  seen.failed = record.error.has_value();
  seen.tokens_in = record.tokens_in;
  seen.tokens_cached = record.tokens_cached;
  seen.tokens_out = record.tokens_out;
  seen.cost_nano = record.cost_nano;
  seen.seconds = static_cast<double>(record.latency_ms) / 1000;
  if (record.first_token_ms)
    seen.first_token_seconds = static_cast<double>(*record.first_token_ms) / 1000;
  call_figures().count(seen);
}

void take(Self* self, const storage::CallRecord& record) {
  auto& state = self->state;
  count(*state.services, record);
  if (state.records.size() >= kept_max) {
    if (state.dropped++ % 1000 == 0)
      spdlog::error("event=llm_log.full dropped={}", state.dropped);
    return;
  }
  state.records.push_back(record);
  if (state.records.size() >= batch_max)
    return write(self);
  if (!std::exchange(state.gathering, true))
    self->delayed_send(self, gather, Tick{});
}

CallLogActor::behavior_type call_log_actor(Self* self, Services* services) {
  self->state.services = services;
  return {
    [self](const LogCall& m) { take(self, m.record); },
    [self](const Context&, const Flush&) -> caf::result<Ok> {
      auto promise = self->make_response_promise<Ok>();
      self->state.flushes.push_back(promise);
      write(self);
      return promise;
    },
    [self](const Tick&) {
      self->state.gathering = false;
      write(self);
    },
  };
}

}  // namespace

CallLogActor start_call_log(Services& services, const std::string& path) {
  return services.system.spawn(path, "llm-log", call_log_actor, &services);
}

}  // namespace jobraker::llm
