#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "messages/enums.hpp"
#include "messages/fields.hpp"
#include "messages/ids.hpp"
#include "messages/time.hpp"

/// What is told to the rest of the world, and to consumers inside the server. Each event carries
/// identities and figures and no personal data. Its JSON Schema is `messages/events/<type>.json`.
namespace jobraker {

/// The stream an event belongs to; its Kafka topic has this name behind the configured prefix.
enum class Topic : std::uint8_t {
  job_posted,
  profile_updated,
  application_status_changed,
  match_found,
  digest_sent,
  chat_turn_completed,
  llm_call
};
template <>
inline constexpr std::string_view enum_names<Topic>[] = {
  "job-posted",  "profile-updated", "application-status-changed",
  "match-found", "digest-sent",     "chat-turn-completed",
  "llm-call"};
inline constexpr std::size_t topic_count = 7;

/// One event in its envelope (CloudEvents 1.0). Events of one key are heard in the order in which
/// they were committed; (source, id) tells repetitions.
struct Event {
  Uuid id{};
  Topic topic = Topic::job_posted;
  std::string type{};         ///< `jobraker.job.posted.v1`
  std::string key{};          ///< the Kafka key, and CloudEvents' `partitionkey`
  Time time{};                ///< when it happened
  std::string data{};         ///< JSON
  std::string traceparent{};  ///< W3C, of the request it came from; may be empty
  bool operator==(const Event&) const = default;
};

/// A posting became visible, or its content has changed (`version` above 1).
struct JobPosted {
  static constexpr auto type_name = "JobPosted";
  static constexpr auto topic = Topic::job_posted;
  static constexpr std::string_view event_type = "jobraker.job.posted.v1";
  JobId job_id{};
  std::int64_t version = 1;
  std::string source{};
  std::string title{};
  std::string company{};
  std::string city{};
  std::string country{};  ///< ISO 3166-1 alpha-2, or empty
  std::string workplace{};
  std::string seniority{};
  std::optional<std::int64_t> salary_min{};  ///< a year
  std::optional<std::int64_t> salary_max{};
  std::string salary_currency{};  ///< ISO 4217, or empty
  std::vector<std::string> skills{};
  std::optional<Time> posted_at{};

  std::string key() const { return to_string(job_id); }
  static constexpr auto fields() {
    return std::tuple{field("job_id", &JobPosted::job_id),
                      field("version", &JobPosted::version),
                      field("source", &JobPosted::source),
                      field("title", &JobPosted::title),
                      field("company", &JobPosted::company),
                      field("city", &JobPosted::city),
                      field("country", &JobPosted::country),
                      field("workplace", &JobPosted::workplace),
                      field("seniority", &JobPosted::seniority),
                      field("salary_min", &JobPosted::salary_min),
                      field("salary_max", &JobPosted::salary_max),
                      field("salary_currency", &JobPosted::salary_currency),
                      field("skills", &JobPosted::skills),
                      field("posted_at", &JobPosted::posted_at)};
  }
};

/// A profile was committed.
struct ProfileUpdated {
  static constexpr auto type_name = "ProfileUpdated";
  static constexpr auto topic = Topic::profile_updated;
  static constexpr std::string_view event_type = "jobraker.profile.updated.v1";
  UserId user_id{};
  std::int64_t version = 1;

  std::string key() const { return to_string(user_id); }
  static constexpr auto fields() {
    return std::tuple{field("user_id", &ProfileUpdated::user_id),
                      field("version", &ProfileUpdated::version)};
  }
};

/// An application stands elsewhere than before. `seq` is that of its timeline.
struct ApplicationStatusChanged {
  static constexpr auto type_name = "ApplicationStatusChanged";
  static constexpr auto topic = Topic::application_status_changed;
  static constexpr std::string_view event_type = "jobraker.application.status_changed.v1";
  ApplicationId application_id{};
  UserId user_id{};
  std::optional<JobId> job_id{};
  std::string company{};
  std::optional<std::string> previous{};  ///< nothing for a new one
  std::string status{};
  std::int64_t seq = 1;

  std::string key() const { return to_string(application_id); }
  static constexpr auto fields() {
    return std::tuple{field("application_id", &ApplicationStatusChanged::application_id),
                      field("user_id", &ApplicationStatusChanged::user_id),
                      field("job_id", &ApplicationStatusChanged::job_id),
                      field("company", &ApplicationStatusChanged::company),
                      field("previous", &ApplicationStatusChanged::previous),
                      field("status", &ApplicationStatusChanged::status),
                      field("seq", &ApplicationStatusChanged::seq)};
  }
};

/// A posting suits a person: a score at or above the threshold was stored.
struct MatchFound {
  static constexpr auto type_name = "MatchFound";
  static constexpr auto topic = Topic::match_found;
  static constexpr std::string_view event_type = "jobraker.match.found.v1";
  UserId user_id{};
  JobId job_id{};
  double score = 0;        ///< 0 to 100
  double confidence = 0;   ///< 0 to 1
  std::string found_by{};  ///< `batch` (person to postings) or `posting` (posting to people)

  std::string key() const { return to_string(user_id); }
  static constexpr auto fields() {
    return std::tuple{field("user_id", &MatchFound::user_id), field("job_id", &MatchFound::job_id),
                      field("score", &MatchFound::score),
                      field("confidence", &MatchFound::confidence),
                      field("found_by", &MatchFound::found_by)};
  }
};

/// A digest went out.
struct DigestSent {
  static constexpr auto type_name = "DigestSent";
  static constexpr auto topic = Topic::digest_sent;
  static constexpr std::string_view event_type = "jobraker.digest.sent.v1";
  Uuid digest_id{};
  UserId user_id{};
  std::int64_t jobs = 0;

  std::string key() const { return to_string(user_id); }
  static constexpr auto fields() {
    return std::tuple{field("digest_id", &DigestSent::digest_id),
                      field("user_id", &DigestSent::user_id), field("jobs", &DigestSent::jobs)};
  }
};

/// A chat turn has ended, one way or another.
struct ChatTurnCompleted {
  static constexpr auto type_name = "ChatTurnCompleted";
  static constexpr auto topic = Topic::chat_turn_completed;
  static constexpr std::string_view event_type = "jobraker.chat.turn_completed.v1";
  ConversationId conversation_id{};
  TurnId turn_id{};
  UserId user_id{};
  std::string outcome{};  ///< `done`, `cancelled`, `interrupted` or `failed`

  std::string key() const { return to_string(conversation_id); }
  static constexpr auto fields() {
    return std::tuple{field("conversation_id", &ChatTurnCompleted::conversation_id),
                      field("turn_id", &ChatTurnCompleted::turn_id),
                      field("user_id", &ChatTurnCompleted::user_id),
                      field("outcome", &ChatTurnCompleted::outcome)};
  }
};

/// One attempt to call a model.
struct LlmCall {
  static constexpr auto type_name = "LlmCall";
  static constexpr auto topic = Topic::llm_call;
  static constexpr std::string_view event_type = "jobraker.llm.call.v1";
  Uuid call_id{};
  std::string operation{};
  std::string provider{};
  std::string model{};
  std::optional<UserId> user_id{};
  std::optional<CompanyId> company_id{};
  std::int64_t tokens_in = 0;
  std::int64_t tokens_cached = 0;  ///< part of tokens_in
  std::int64_t tokens_out = 0;
  std::int64_t cost_nano = 0;  ///< nano-dollars
  std::int64_t latency_ms = 0;
  std::optional<std::int64_t> first_token_ms{};
  std::string outcome{};
  bool cache_hit = false;
  std::string prompt_version{};

  /// Whose call it was: the person, else the company, else the operation.
  std::string key() const {
    return user_id ? to_string(*user_id) : company_id ? to_string(*company_id) : operation;
  }
  static constexpr auto fields() {
    return std::tuple{field("call_id", &LlmCall::call_id),
                      field("operation", &LlmCall::operation),
                      field("provider", &LlmCall::provider),
                      field("model", &LlmCall::model),
                      field("user_id", &LlmCall::user_id),
                      field("company_id", &LlmCall::company_id),
                      field("tokens_in", &LlmCall::tokens_in),
                      field("tokens_cached", &LlmCall::tokens_cached),
                      field("tokens_out", &LlmCall::tokens_out),
                      field("cost_nano", &LlmCall::cost_nano),
                      field("latency_ms", &LlmCall::latency_ms),
                      field("first_token_ms", &LlmCall::first_token_ms),
                      field("outcome", &LlmCall::outcome),
                      field("cache_hit", &LlmCall::cache_hit),
                      field("prompt_version", &LlmCall::prompt_version)};
  }
};

/// Where events come from: CloudEvents' `source`.
inline constexpr std::string_view event_source = "/jobraker";

/// Puts what happened into its envelope, under a new id.
template <class E>
Event make_event(const E& happened, Time at, std::string traceparent = {});

}  // namespace jobraker
