#pragma once

#include <map>
#include <string>
#include <tuple>

#include "messages/events.hpp"
#include "messages/result.hpp"
#include "tools/analytics/trade.hpp"

/// What some events add up to. Pure: neither the order of the events matters nor how they are
/// divided among tallies; each event must be in one of them, and once.
namespace jobraker::analytics {

/// What is known of a posting.
struct PostingFact {
  Time first_at{};  ///< of the earliest event
  std::int64_t version = 0;
  Time told_at{};
  Uuid event{};
  std::string trade{};    ///< by the latest title
  std::string country{};  ///< likewise; may be empty
  bool operator==(const PostingFact&) const = default;
};

/// Where an application stands.
struct ApplicationFact {
  Time first_at{};  ///< of the earliest event
  std::int64_t seq = 0;
  Time changed_at{};
  std::string outcome{};
  bool operator==(const ApplicationFact&) const = default;
};

struct DigestSums {
  std::int64_t digests = 0, jobs = 0;
  bool operator==(const DigestSums&) const = default;
};

struct CallSums {
  std::int64_t calls = 0, cache_hits = 0, tokens_in = 0, tokens_out = 0, cost_nano = 0;
  bool operator==(const CallSums&) const = default;
};

/// A day of UTC, `2026-11-20`.
using Day = std::string;

struct Tally {
  std::map<JobId, PostingFact> postings{};
  std::map<ApplicationId, ApplicationFact> applications{};
  std::map<std::tuple<Day, std::string>, std::int64_t> matches{};  ///< by found_by
  std::map<Day, DigestSums> digests{};
  std::map<std::tuple<Day, std::string>, std::int64_t> turns{};           ///< by outcome
  std::map<std::tuple<Day, std::string, std::string>, CallSums> calls{};  ///< operation, model
  std::int64_t ignored = 0;  ///< of types that are not counted
  bool operator==(const Tally&) const = default;
};

/// The streams that are counted.
inline constexpr Topic counted_topics[] = {Topic::job_posted,  Topic::application_status_changed,
                                           Topic::match_found, Topic::digest_sent,
                                           Topic::llm_call,    Topic::chat_turn_completed};

/// Adds one event. Members that it does not know are no concern of it. Errc::invalid or malformed,
/// and nothing is added, when the data is not what the type promises.
Done add(Tally& tally, const Event& event, const Trades& trades);

}  // namespace jobraker::analytics
