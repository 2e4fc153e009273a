#include "tools/analytics/tally.hpp"

#include "messages/codec_uuid.hpp"

namespace jobraker::analytics {
namespace {

Day day_of(Time time) { return to_rfc3339(time).substr(0, 10); }

void count(Tally& tally, const Event& event, const JobPosted& posted, const Trades& trades) {
  PostingFact fact{
    event.time,    posted.version, event.time, event.id, std::string{trades.of(posted.title)},
    posted.country};
  auto [at, fresh] = tally.postings.try_emplace(posted.job_id, fact);
  if (fresh)
    return;
  auto& known = at->second;
  fact.first_at = std::min(fact.first_at, known.first_at);
  // Several may tell of one version: the id decides, so that the order of reading does not.
  if (std::tie(fact.version, fact.told_at, fact.event) >
      std::tie(known.version, known.told_at, known.event))
    known = std::move(fact);
  else
    known.first_at = fact.first_at;
}

void count(Tally& tally, const Event& event, const ApplicationStatusChanged& changed,
           const Trades&) {
  ApplicationFact fact{event.time, changed.seq, event.time, changed.status};
  auto [at, fresh] = tally.applications.try_emplace(changed.application_id, fact);
  if (fresh)
    return;
  auto& known = at->second;
  fact.first_at = std::min(fact.first_at, known.first_at);
  if (fact.seq > known.seq)
    known = std::move(fact);
  else
    known.first_at = fact.first_at;
}

void count(Tally& tally, const Event& event, const MatchFound& match, const Trades&) {
  ++tally.matches[{day_of(event.time), match.found_by}];
}

void count(Tally& tally, const Event& event, const DigestSent& digest, const Trades&) {
  auto& sums = tally.digests[day_of(event.time)];
  ++sums.digests;
  sums.jobs += digest.jobs;
}

void count(Tally& tally, const Event& event, const ChatTurnCompleted& turn, const Trades&) {
  ++tally.turns[{day_of(event.time), turn.outcome}];
}

void count(Tally& tally, const Event& event, const LlmCall& call, const Trades&) {
  auto& sums = tally.calls[{day_of(event.time), call.operation, call.model}];
  ++sums.calls;
  sums.cache_hits += call.cache_hit ? 1 : 0;
  sums.tokens_in += call.tokens_in;
  sums.tokens_out += call.tokens_out;
  sums.cost_nano += call.cost_nano;
}

template <class E>
Done read_and_count(Tally& tally, const Event& event, const Trades& trades) {
  auto happened = json::decode<E>(std::string_view{event.data}, json::Unknown::ignore);
  if (!happened)
    return fail(std::move(happened.error()));
  count(tally, event, *happened, trades);
  return {};
}

using Count = Done (*)(Tally&, const Event&, const Trades&);
template <class E>
constexpr std::pair<std::string_view, Count> entry{E::event_type, read_and_count<E>};

constexpr std::pair<std::string_view, Count> counted[] = {
  entry<JobPosted>,  entry<ApplicationStatusChanged>, entry<MatchFound>,
  entry<DigestSent>, entry<ChatTurnCompleted>,        entry<LlmCall>};

}  // namespace

Done add(Tally& tally, const Event& event, const Trades& trades) {
  for (const auto& [type, read] : counted)
    if (type == event.type)
      return read(tally, event, trades);
  ++tally.ignored;
  return {};
}

}  // namespace jobraker::analytics
