#include "actors/llm/gateway.hpp"

#include <random>

#include <caf/send.hpp>
#include <sodium.h>
#include <spdlog/spdlog.h>

#include "actors/llm/attempt.hpp"
#include "actors/llm/core/cache.hpp"
#include "actors/llm/core/prices.hpp"
#include "actors/llm/core/retry.hpp"
#include "actors/llm/core/tokens.hpp"
#include "actors/system/pause.hpp"
#include "net/ask.hpp"
#include "storage/databases.hpp"
#include "storage/user_company.hpp"

namespace jobraker::llm {
namespace {

/// Texts in one embeddings call; the protocol allows 2048 and 300,000 tokens.
constexpr std::size_t texts_per_call = 64;
/// A reservation outlives its attempt by this much.
constexpr std::chrono::seconds lease_margin{30};
/// Another model's worst case is reserved under another key; this many keys are tried when earlier
/// calls of the same content were settled.
constexpr int keys_max = 50;

struct Payer {
  std::optional<UserId> user{};
  std::optional<CompanyId> company{};
  std::string tenant = "system";
};

double dice() {
  static thread_local std::mt19937_64 random{std::random_device{}()};
  return std::uniform_real_distribution<double>{0, 1}(random);
}

task<Payer> payer_of(Services& services, std::optional<UserId> user) {
  Payer payer;
  if (!user || !*user)
    co_return payer;
  payer.user = user;
  auto& memory = services.gateway->companies;
  if (auto known = memory.find(*user)) {
    payer.company = known->company;
  } else if (auto company = co_await storage::company_of(services.databases.here(), *user)) {
    payer.company = *company;
    memory.keep(*user, *company);
  }
  payer.tenant =
    payer.company ? "company:" + to_string(*payer.company) : "user:" + to_string(*user);
  co_return payer;
}

/// A stand-in for the person by which a provider can tell people apart and nobody else can.
std::string safety_id(const Config& config, const Payer& payer) {
  auto text = config.llm.safety_salt + payer.tenant;
  std::array<unsigned char, 32> hash{};
  crypto_generichash(hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(text.data()),
                     text.size(), nullptr, 0);
  std::string hex(65, '\0');
  sodium_bin2hex(hex.data(), hex.size(), hash.data(), hash.size());
  hex.resize(64);
  return hex;
}

/// A request as one model is sent it, and what makes it this call.
struct Prepared {
  const ModelInfo* model = nullptr;
  WireRequest wire{};
  std::string key{};
};

/// One call on its way through attempts and models.
struct Journey {
  Services& services;
  const Operation& operation;
  Context context{};
  Payer payer{};
  Question question{};
  Priority priority = operation.priority;
  std::optional<net::CancelToken> cancel{};
  std::function<void(const ModelEvent&)> on_event{};
  // What has happened so far:
  std::optional<Prepared> prepared{};  ///< the latest
  bool economy = false;
  std::int64_t attempts = 0;
  bool shown = false;  ///< text of an attempt that failed has been told
  std::int64_t cost_nano = 0;
  TokenUsage usage{};
  std::string model{};
};

/// What to do after an attempt that did not succeed.
enum class Next : std::uint8_t { again, next_model, next_provider, economy, give_up };

struct Step {
  std::shared_ptr<WireReply> reply{};
  Error error{};
  Next next = Next::give_up;
  std::optional<std::chrono::milliseconds> wait{};
  bool shut = false;  ///< not even tried: the queue is full or the breaker open
};

/// Of one attempt: the operation's, at most the configuration's.
std::chrono::milliseconds timeout_of(const Journey& journey) {
  return std::min(journey.operation.timeout,
                  std::chrono::milliseconds{journey.services.config.llm.timeout_ms});
}

/// The request to a model; written anew only when the last one was to another.
const Prepared& prepared(Journey& journey, const Candidate& candidate) {
  if (journey.prepared && journey.prepared->model == candidate.model)
    return *journey.prepared;
  auto wire = wire_request(journey.question, candidate);
  auto key = cache_key({journey.payer.tenant, journey.operation.name,
                        journey.operation.prompt_version, wire.model, wire.body});
  return journey.prepared.emplace(Prepared{candidate.model, std::move(wire), std::move(key)});
}

bool cancelled(const Journey& journey) { return journey.cancel && journey.cancel->cancelled(); }

Error budget_error(const storage::BudgetAnswer& answer) {
  Error error{Errc::rate_limited, "the budget for language models is used up", {}, {}};
  if (!answer.tightest)
    return error;
  const auto& note = *answer.tightest;
  char left[64];
  std::snprintf(left, sizeof left, "%.4f of %.2f USD", static_cast<double>(note.left_nano) / 1e9,
                static_cast<double>(note.limit_nano) / 1e9);
  error.detail = "the " + std::string{name_of(note.key.period)} +
                 "'s budget for language models (" + std::string{name_of(note.key.scope)} +
                 ") has no room for this call: " + left + " are left, and it starts anew at " +
                 to_rfc3339(note.resets_at);
  error.retry_after = std::chrono::duration_cast<std::chrono::milliseconds>(
    std::max(note.resets_at - now(), Time::duration{1'000'000}));
  return error;
}

/// Reserves the worst case of an attempt. The key says what the call is; a call of the same content
/// that is settled already was another one, so the next number is tried.
task<Result<std::pair<storage::EffectKey, storage::BudgetAnswer>>> reserve(Journey& journey,
                                                                           std::int64_t worst) {
  auto trace = journey.context.trace.header();
  for (int number = 0;; ++number) {
    auto attempt = std::to_string(journey.attempts) + "." + std::to_string(number);
    storage::SpendingWish wish;
    wish.key = storage::effect_key({trace, journey.operation.name, journey.prepared->key, attempt});
    wish.company = journey.payer.company;
    wish.user = journey.payer.user;
    wish.worst_nano = worst;
    wish.lease = timeout_of(journey) + lease_margin;
    auto answer = co_await net::ask(journey.services.gateway->budgets, journey.context,
                                    Reserve{wish, journey.priority});
    if (!answer)
      co_return fail(std::move(answer.error()));
    bool taken = answer->answer.outcome == SpendingOutcome::settled ||
                 answer->answer.outcome == SpendingOutcome::busy;
    if (!taken)
      co_return std::pair{wish.key, std::move(answer->answer)};
    if (number >= keys_max)
      co_return fail(Errc::conflict, "this very call has been made too often");
  }
}

void settle(Journey& journey, const storage::EffectKey& key, const storage::BudgetAnswer& reserved,
            std::int64_t cost) {
  storage::SpendingPlace place{journey.payer.company, journey.payer.user, reserved.at};
  if (auto budgets = journey.services.gateway->budgets())
    caf::anon_send(*budgets, Settle{{key, reserved.fence, cost, place}});
}

void tell_provider(Journey& journey, ModelProvider provider, Ended ended) {
  if (auto actor = journey.services.gateway->provider(provider))
    caf::anon_send(*actor, std::move(ended));
}

std::string outcome_word(const AttemptResult& result) {
  if (result.cancelled)
    return "cancelled";
  if (!result.failure)
    return "ok";
  const auto& failure = *result.failure;
  return failure.quota             ? "quota"
         : failure.limited         ? "rate_limited"
         : failure.slow_down       ? "slow_down"
         : failure.overloaded      ? "overloaded"
         : failure.model_not_found ? "model_not_found"
                                   : std::string{to_string(failure.error.code)};
}

storage::CallRecord record_of(const Journey& journey, ModelProvider provider,
                              const std::string& model) {
  storage::CallRecord record;
  record.id = new_uuid();
  record.at = now();
  record.operation = journey.operation.name;
  record.provider = provider == ModelProvider::openai ? "openai" : "anthropic";
  record.model = model;
  record.user_id = journey.payer.user;
  record.company_id = journey.payer.company;
  record.attempt = std::max<std::int64_t>(journey.attempts, 1);
  record.prompt_version = journey.operation.prompt_version;
  record.trace_id = journey.context.trace.id();
  return record;
}

void log_call(Journey& journey, storage::CallRecord record) {
  if (auto log = journey.services.gateway->call_log())
    caf::anon_send(*log, LogCall{std::move(record)});
}

void log_attempt(Journey& journey, const WireRequest& wire, const AttemptResult& result, Time began,
                 std::int64_t cost) {
  auto record = record_of(journey, wire.provider, wire.model);
  record.at = began;
  record.tokens_in = result.usage.input;
  record.tokens_cached = result.usage.cached;
  record.tokens_out = result.usage.output;
  record.cost_nano = cost;
  record.estimated = result.estimated;
  record.latency_ms = result.latency.count();
  if (result.first_token)
    record.first_token_ms = result.first_token->count();
  record.outcome = outcome_word(result);
  if (result.failure && !result.cancelled)
    record.error = result.failure->error.detail;
  log_call(journey, std::move(record));
}

Ended ended_of(std::int64_t permit, const AttemptResult& result) {
  Ended ended;
  ended.permit = permit;
  ended.used_tokens = result.usage.input + result.usage.output;
  ended.limits = result.limits;
  if (!result.failure) {
    ended.end = AttemptEnd::good;
    return ended;
  }
  const auto& failure = *result.failure;
  ended.retry_after = failure.wait;
  bool theirs = failure.retry || failure.overloaded;
  ended.end = result.cancelled          ? AttemptEnd::neutral
              : failure.quota           ? AttemptEnd::quota
              : failure.model_not_found ? AttemptEnd::missing
              : failure.slow_down       ? AttemptEnd::slow_down
              : failure.limited         ? AttemptEnd::limited
              : theirs                  ? AttemptEnd::failed
                                        : AttemptEnd::neutral;
  return ended;
}

/// What a schema's answer must not be: refused, or cut at its limit.
std::optional<Error> unusable(const Journey& journey, const ModelReply& reply) {
  if (journey.operation.schema.empty() || journey.question.kind != ModelKind::chat)
    return std::nullopt;
  if (!reply.refusal.empty())
    return Error{Errc::upstream_failed, "the model refused to answer", {}, {}};
  if (reply.finish == FinishReason::length)
    return Error{Errc::upstream_failed, "the model's answer was cut at its limit", {}, {}};
  if (reply.finish == FinishReason::content_filter)
    return Error{Errc::upstream_failed, "the provider's filter stopped the answer", {}, {}};
  return std::nullopt;
}

/// Whether these texts are refused as they are, and others may be taken: neither the account, nor
/// the model, nor the moment is the reason.
bool refuses_texts(const AttemptResult& result) {
  const auto& failure = *result.failure;
  if (failure.context_length_exceeded)
    return true;
  for (int other : {401, 402, 403, 404, 408, 409, 429})
    if (result.status == other)
      return false;
  return result.status >= 400 && result.status < 500 && !failure.retry && !failure.quota &&
         !failure.model_not_found;
}

Step judge(Journey& journey, const AttemptResult& result) {
  Step step;
  if (!result.failure) {
    if (auto why = unusable(journey, result.reply->reply)) {
      step.error = std::move(*why);
      step.next = Next::next_model;
      return step;
    }
    step.reply = result.reply;
    return step;
  }
  const auto& failure = *result.failure;
  step.error = failure.error;
  step.wait = failure.wait;
  // It is our limit that is used up, not our caller's.
  if (step.error.code == Errc::rate_limited)
    step.error.code = Errc::unavailable;
  if (journey.question.kind == ModelKind::embedding && refuses_texts(result))
    step.error.code = Errc::unprocessable;
  if (result.cancelled)
    step.error = Error{Errc::cancelled, "the call was cancelled", {}, {}};
  else if (result.status == 401 || result.status == 403)
    step.next = Next::next_provider;  // our key is refused, whatever the model
  else if (failure.quota || failure.model_not_found || failure.context_length_exceeded)
    step.next = Next::next_model;
  else if (failure.retry)
    step.next = Next::again;
  else
    step.next = Next::next_model;
  return step;
}

/// One attempt with one model, from its permission to its row in the log.
task<Step> one_attempt(Journey& journey, const Candidate& candidate) {
  auto& services = journey.services;
  ++journey.attempts;
  auto provider = candidate.model->provider;
  auto find_provider = [&services, provider] { return services.gateway->provider(provider); };
  const auto& wire = prepared(journey, candidate).wire;
  Step step;
  auto worst = worst_case_nano(*candidate.model, wire.text_bytes, wire.images, candidate.max_tokens,
                               day_of(now()));
  if (!worst) {
    step.error = std::move(worst.error());
    step.next = Next::next_model;
    co_return step;
  }
  Admit admit;
  admit.model = wire.model;
  admit.priority = journey.priority;
  admit.tokens = wire.text_bytes / 4 + candidate.max_tokens / 4;
  admit.tenant = journey.payer.user ? journey.payer.tenant : "";
  auto permit = co_await net::ask(find_provider, journey.context, admit);
  if (!permit) {
    step.error = std::move(permit.error());
    step.wait = step.error.retry_after;
    step.shut = step.error.code == Errc::unavailable;
    step.next = Next::next_model;
    co_return step;
  }
  auto not_sent = [&] {
    Ended ended;
    ended.permit = permit->id;
    ended.end = AttemptEnd::not_sent;
    tell_provider(journey, provider, std::move(ended));
  };
  auto reserved = co_await reserve(journey, *worst);
  if (!reserved) {
    not_sent();
    step.error = std::move(reserved.error());
    co_return step;
  }
  const auto& answer = reserved->second;
  bool refused = answer.outcome != SpendingOutcome::admitted;
  if (refused || cancelled(journey) ||
      (answer.level == BudgetLevel::economy && !journey.economy &&
       !journey.operation.economy.empty())) {
    if (!refused)
      settle(journey, reserved->first, answer, 0);
    not_sent();
    step.error =
      refused ? budget_error(answer) : Error{Errc::cancelled, "the call was cancelled", {}, {}};
    if (!cancelled(journey) && !journey.economy && !journey.operation.economy.empty())
      step.next = Next::economy;
    co_return step;
  }
  if (journey.shown && journey.on_event)
    journey.on_event({ModelEvent::Kind::restart, candidate.model->name});
  journey.shown = false;
  auto context = journey.context;
  context.trace = context.trace.child();
  context.deadline = std::min(context.deadline, Context::Clock::now() + timeout_of(journey));
  auto began = now();
  auto result =
    co_await attempt(services, context, wire, journey.cancel, [&journey](std::string_view text) {
      journey.shown = true;
      if (journey.on_event)
        journey.on_event({ModelEvent::Kind::text, text});
    });
  auto cost = cost_nano(*candidate.model, result.usage, day_of(began));
  if (!cost)
    spdlog::error("event=model.no_price model={} why=\"{}\"", wire.model, cost.error().detail);
  auto paid = cost ? *cost : *worst;
  settle(journey, reserved->first, answer, paid);
  log_attempt(journey, wire, result, began, paid);
  tell_provider(journey, provider, ended_of(permit->id, result));
  journey.cost_nano += paid;
  journey.usage.input += result.usage.input;
  journey.usage.cached += result.usage.cached;
  journey.usage.output += result.usage.output;
  journey.model = wire.model;
  if (result.failure && !result.cancelled)
    spdlog::warn("event=model.failed operation={} model={} attempt={} ms={} why=\"{}\" trace={}",
                 journey.operation.name, wire.model, journey.attempts, result.latency.count(),
                 result.failure->error.detail, journey.context.trace.id());
  co_return judge(journey, result);
}

Result<std::vector<Candidate>> candidates_of(const Journey& journey) {
  auto& gateway = *journey.services.gateway;
  ResolveOptions options;
  options.economy = journey.economy;
  for (const auto& message : journey.question.chat.messages)
    options.images = options.images || !message.images.empty();
  auto list = resolve(gateway.tables, gateway.defaults, journey.operation.name, options);
  if (!list)
    return list;
  const auto& config = journey.services.config;
  std::erase_if(*list, [&](const Candidate& candidate) {
    return candidate.model->provider == ModelProvider::anthropic &&
           config.anthropic.api_key.empty();
  });
  if (list->empty())
    return fail(Errc::unavailable, "no model of this operation has a key");
  for (auto& candidate : *list) {
    if (candidate.max_tokens > 0)
      candidate.max_tokens = std::min(candidate.max_tokens, config.llm.max_output_tokens);
    if (config.llm.continuous_usage && candidate.model->provider == ModelProvider::openai)
      candidate.dialect.continuous_usage = true;
  }
  return list;
}

/// Tries models in turn, each a few times, until one answers or the deadline is near. `reopens`:
/// in how long the last model may be asked again when it was not even tried.
task<Result<std::shared_ptr<WireReply>>>
try_models(Journey& journey, std::optional<std::chrono::milliseconds>& reopens) {
  auto list = candidates_of(journey);
  if (!list)
    co_return fail(std::move(list.error()));
  Error last{Errc::unavailable, "no model answered", {}, {}};
  auto attempts_max = journey.services.config.llm.attempts_max;
  for (std::size_t i = 0; i < list->size(); ++i) {
    for (int attempt = 1; attempt <= attempts_max; ++attempt) {
      if (cancelled(journey))
        co_return fail(Errc::cancelled, "the call was cancelled");
      auto step = co_await one_attempt(journey, (*list)[i]);
      if (step.reply)
        co_return step.reply;
      // The first reason is the telling one when a later model is merely not there.
      if (i == 0 || step.error.code != Errc::unavailable)
        last = step.error;
      reopens = step.shut ? step.wait : std::nullopt;
      if (step.next == Next::give_up)
        co_return fail(std::move(last));
      if (step.next == Next::economy) {
        journey.economy = true;
        list = candidates_of(journey);
        if (!list)
          co_return fail(std::move(list.error()));
        i = static_cast<std::size_t>(-1);
        break;
      }
      if (step.next == Next::next_provider)
        while (i + 1 < list->size() && (*list)[i + 1].model->provider == (*list)[i].model->provider)
          ++i;
      if (step.next == Next::next_model || step.next == Next::next_provider)
        break;
      auto left = journey.context.left(std::chrono::hours{1});
      // A fall-back is at hand: long waits are for the last model only.
      bool others = i + 1 < list->size();
      auto wait = retry_wait(attempt + 1, step.wait, dice(), left);
      if (!wait || (others && (attempt >= 2 || *wait > std::chrono::seconds{2})))
        break;
      co_await pause(*wait);
    }
    if (journey.context.expired())
      co_return fail(Error{Errc::timed_out, "the deadline passed; last: " + last.detail, {}, {}});
  }
  co_return fail(std::move(last));
}

/// Tries the models, and once more when all that stood in the way was a breaker that opens again
/// well within the deadline.
task<Result<std::shared_ptr<WireReply>>> travel(Journey& journey) {
  constexpr int rounds_max = 2;
  for (int round = 1;; ++round) {
    std::optional<std::chrono::milliseconds> reopens;
    auto reply = co_await try_models(journey, reopens);
    if (reply || !reopens || round >= rounds_max || cancelled(journey))
      co_return reply;
    auto wait = retry_wait(2, *reopens, dice(), journey.context.left(std::chrono::hours{1}));
    if (!wait || *wait * 2 > journey.context.left(std::chrono::hours{1}))
      co_return reply;
    co_await pause(*wait);
  }
}

/// The cache's part: identical calls in flight are one, and some answers are kept.
task<Result<std::shared_ptr<const WireReply>>> travel_once(Journey& journey) {
  auto& gateway = *journey.services.gateway;
  auto list = candidates_of(journey);
  if (!list)
    co_return fail(std::move(list.error()));
  const auto& first = list->front();
  auto key = prepared(journey, first).key;
  auto known = co_await net::ask(gateway.cache, journey.context, Recall{key});
  if (!known)
    co_return fail(std::move(known.error()));
  if (known->reply) {
    journey.model = first.model->name;
    auto record = record_of(journey, first.model->provider, first.model->name);
    record.cache_hit = true;
    record.outcome = known->shared ? "shared" : "cached";
    log_call(journey, std::move(record));
    co_return known->reply;
  }
  auto reply = co_await travel(journey);
  Learnt learnt;
  learnt.key = key;
  if (reply) {
    learnt.reply = *reply;
    if (journey.operation.cacheable)
      learnt.keep = journey.operation.cache_for;
  } else {
    learnt.error = reply.error();
  }
  if (auto cache = gateway.cache())
    caf::anon_send(*cache, std::move(learnt));
  if (!reply)
    co_return fail(std::move(reply.error()));
  co_return *reply;
}

Result<const Operation*> find_operation(Services& services, std::string_view name) {
  if (const auto* operation = services.gateway->tables.operation(name))
    return operation;
  return fail(Errc::internal, "no operation " + std::string{name});
}

Journey journey_of(Services& services, const Operation& operation, Context context, Payer payer) {
  context.deadline = std::min(context.deadline, Context::Clock::now() + operation.deadline);
  return Journey{services, operation, std::move(context), std::move(payer)};
}

}  // namespace

std::optional<CompanyMemory::Entry> CompanyMemory::find(const UserId& user) {
  std::lock_guard guard{mutex_};
  auto found = entries_.find(user);
  if (found == entries_.end() || found->second.until <= Context::Clock::now())
    return std::nullopt;
  return found->second;
}

void CompanyMemory::keep(const UserId& user, std::optional<CompanyId> company) {
  std::lock_guard guard{mutex_};
  if (entries_.size() > 100'000)
    entries_.clear();
  entries_[user] = {company, Context::Clock::now() + std::chrono::minutes{1}};
}

task<Done> know_payer(Services& services, UserId user) {
  co_await payer_of(services, user);
  co_return Done{};
}

task<Result<ModelOutcome>> ask_model(Services& services, Context context, ModelCall call) {
  auto operation = find_operation(services, call.operation);
  if (!operation)
    co_return fail(std::move(operation.error()));
  auto journey =
    journey_of(services, **operation, std::move(context), co_await payer_of(services, call.user));
  auto& request = journey.question.chat;
  if (auto prompt = prompt_text((*operation)->prompt); !prompt.empty()) {
    ModelMessage system;
    system.role = ModelRole::system;
    system.text = prompt;
    request.messages.push_back(std::move(system));
  }
  std::move(call.messages.begin(), call.messages.end(), std::back_inserter(request.messages));
  request.tools = std::move(call.tools);
  if (!(*operation)->schema.empty()) {
    request.schema_name = (*operation)->name;
    request.schema = prompt_text((*operation)->schema);
  }
  request.stream = static_cast<bool>(call.on_event);
  request.safety_id = safety_id(services.config, journey.payer);
  journey.cancel = std::move(call.cancel);
  journey.on_event = std::move(call.on_event);
  Result<std::shared_ptr<const WireReply>> reply = fail(Errc::internal, "not asked");
  if (request.stream || journey.cancel) {
    auto own = co_await travel(journey);
    if (own)
      reply = std::shared_ptr<const WireReply>{*own};
    else
      reply = fail(std::move(own.error()));
  } else {
    reply = co_await travel_once(journey);
  }
  if (!reply)
    co_return fail(std::move(reply.error()));
  ModelOutcome outcome;
  outcome.reply = (*reply)->reply;
  outcome.model = journey.model;
  outcome.usage = journey.usage;
  outcome.cost_nano = journey.cost_nano;
  outcome.cached = journey.attempts == 0;
  co_return outcome;
}

task<Result<std::vector<Embedding>>> embed_texts(Services& services, Context context,
                                                 std::vector<std::string> texts,
                                                 std::optional<UserId> user,
                                                 std::optional<Priority> priority) {
  auto operation = find_operation(services, "embed");
  if (!operation)
    co_return fail(std::move(operation.error()));
  auto payer = co_await payer_of(services, user);
  std::vector<Embedding> out;
  out.reserve(texts.size());
  for (std::size_t begin = 0; begin < texts.size(); begin += texts_per_call) {
    auto end = std::min(begin + texts_per_call, texts.size());
    auto journey = journey_of(services, **operation, context, payer);
    journey.question.kind = ModelKind::embedding;
    journey.priority = priority.value_or(journey.priority);
    journey.question.texts.assign(
      std::make_move_iterator(texts.begin() + static_cast<std::ptrdiff_t>(begin)),
      std::make_move_iterator(texts.begin() + static_cast<std::ptrdiff_t>(end)));
    auto reply = co_await travel_once(journey);
    if (!reply)
      co_return fail(std::move(reply.error()));
    out.insert(out.end(), (*reply)->vectors.begin(), (*reply)->vectors.end());
  }
  co_return out;
}

task<Result<std::vector<ModerationVerdict>>> moderate(Services& services, Context context,
                                                      std::vector<std::string> texts,
                                                      std::optional<UserId> user) {
  auto operation = find_operation(services, "moderate");
  if (!operation)
    co_return fail(std::move(operation.error()));
  std::vector<ModerationVerdict> verdicts(texts.size());
  std::vector<std::size_t> asked;
  auto journey =
    journey_of(services, **operation, std::move(context), co_await payer_of(services, user));
  journey.question.kind = ModelKind::moderation;
  for (std::size_t i = 0; i < texts.size(); ++i)
    if (!texts[i].empty()) {
      asked.push_back(i);
      journey.question.texts.push_back(std::move(texts[i]));
    }
  if (asked.empty())
    co_return verdicts;
  auto reply = co_await travel_once(journey);
  if (!reply)
    co_return fail(std::move(reply.error()));
  for (std::size_t i = 0; i < asked.size(); ++i)
    verdicts[asked[i]] = (*reply)->verdicts[i];
  co_return verdicts;
}

}  // namespace jobraker::llm
