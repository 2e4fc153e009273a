#include "actors/llm/gateway.hpp"

#include "actors/llm/journey.hpp"

namespace jobraker::llm {
namespace {

/// Texts in one embeddings call; the protocol allows 2048 and 300,000 tokens.
constexpr std::size_t texts_per_call = 64;

Result<const Operation*> find_operation(Services& services, std::string_view name) {
  if (const auto* operation = services.gateway->tables.operation(name))
    return operation;
  return fail(Errc::internal, "no operation " + std::string{name});
}

}  // namespace

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
