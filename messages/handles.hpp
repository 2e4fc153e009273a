#pragma once

#include <functional>
#include <memory>

#include "messages/accounts.hpp"
#include "messages/actor.hpp"
#include "messages/chat_desk.hpp"
#include "messages/job_commands.hpp"
#include "messages/llm_desk.hpp"
#include "messages/matching.hpp"
#include "messages/profile.hpp"
#include "messages/tasks.hpp"
#include "messages/turn_commands.hpp"
#include "messages/user_commands.hpp"

/// Every actor's interface, on one page. Each request comes with its Context first.
namespace jobraker {

/// INTERNAL: an actor's own reminder to look at the clock.
struct Tick {
  static constexpr auto type_name = "Tick";
  static constexpr auto fields() { return std::tuple{}; }
};

/// INTERNAL: a user actor's reminder to read its rows again after a write whose outcome is unknown.
struct ReadAgain {
  static constexpr auto type_name = "ReadAgain";
  static constexpr auto fields() { return std::tuple{}; }
};

/// INTERNAL: the server is about to end; nobody shall wait for long work any longer.
struct StopWaiting {
  static constexpr auto type_name = "StopWaiting";
  static constexpr auto fields() { return std::tuple{}; }
};

/// `/system/accounts`: who people are.
using AccountsActor = caf::typed_actor<
  // A new account and its first tokens, once it is committed. conflict when the address is taken.
  caf::replies_to<Context, RegisterAccount>::with<Tokens>,
  // Tokens for a password. unauthenticated; rate_limited after too many failures.
  caf::replies_to<Context, Login>::with<Tokens>,
  // The successor of a refresh token. A second use ends the whole session.
  caf::replies_to<Context, RefreshTokens>::with<Tokens>, caf::replies_to<Context, Logout>::with<Ok>,
  caf::replies_to<Context, GetAccount>::with<Account>>;

/// `/system/tasks`: long work, watched from outside.
using TasksActor =
  caf::typed_actor<caf::replies_to<Context, CreateTask>::with<TaskView>,
                   // The task, if it is the caller's.
                   caf::replies_to<Context, GetTask>::with<TaskView>,
                   // The same, answered when the task has ended.
                   caf::replies_to<Context, AwaitTask>::with<TaskView>,
                   // INTERNAL: from whoever does the work.
                   caf::reacts_to<TaskProgress>, caf::replies_to<Context, EndTask>::with<Ok>,
                   caf::reacts_to<TaskEnded>,
                   // INTERNAL: everybody who waits gets the task as it is.
                   caf::reacts_to<StopWaiting>>;

/// `/users/{id}`: one person's profile and matches; the only writer of both.
using UserActor =
  caf::typed_actor<caf::replies_to<Context, GetProfile>::with<Rendered>,
                   // precondition_failed, invalid with every problem, or the profile as committed.
                   caf::replies_to<Context, UpdateProfile>::with<Rendered>,
                   // The task that reads the résumé; conflict while another is being read.
                   caf::replies_to<Context, SubmitResume>::with<TaskView>,
                   caf::replies_to<Context, GetMatches>::with<Rendered>,
                   // The task of the scoring run, committed before it is answered.
                   caf::replies_to<Context, ScoreJobs>::with<TaskView>,
                   // INTERNAL: from the user's batch. Answered when the matches in memory are as
                   // new as the rows.
                   caf::replies_to<Context, MatchesChanged>::with<Ok>, caf::reacts_to<Tick>,
                   caf::reacts_to<ReadAgain>>;

/// INTERNAL: keeps an entity awake; a batch answers with how far it is.
struct Inspect {
  static constexpr auto type_name = "Inspect";
  static constexpr auto fields() { return std::tuple{}; }
};

/// A few words and figures on what an actor is doing.
struct StateSummary {
  static constexpr auto type_name = "StateSummary";
  std::string text{};
  static constexpr auto fields() { return std::tuple{field("text", &StateSummary::text)}; }
};

/// `/batches/{id}`: one scoring run, from its rows to its end.
using BatchActor = caf::typed_actor<caf::replies_to<Context, Inspect>::with<StateSummary>,
                                    // INTERNAL: the time of a retry has come.
                                    caf::reacts_to<Tick>>;

/// Asks a source for the postings of one search. What it found is normalised already.
struct FetchSearch {
  static constexpr auto type_name = "FetchSearch";
  SavedSearch search{};
  static constexpr auto fields() { return std::tuple{}; }
};

/// A posting from outside, ready to store.
struct FetchedPosting {
  Job job{};
  std::string fingerprint{};
  std::string content_hash{};
  std::string board{};
};

/// What a source had.
struct Fetched {
  static constexpr auto type_name = "Fetched";
  std::vector<FetchedPosting> postings{};
  std::vector<ItemProblem> problems{};
  std::string board{};
  bool complete = false;  ///< postings of `board` that are not here are gone
  std::int64_t items = 0;
  static constexpr auto fields() { return std::tuple{}; }
};

/// `/integrations/adzuna`, `/integrations/feeds`, `/integrations/boards`: one protocol each.
using SourceActor = caf::typed_actor<caf::replies_to<Context, FetchSearch>::with<Fetched>>;

/// `/system/jobs`: the postings and the searches that bring them.
using JobsActor = caf::typed_actor<caf::replies_to<Context, PostJob>::with<Job>,
                                   caf::replies_to<Context, GetJob>::with<Job>,
                                   caf::replies_to<Context, ListJobs>::with<JobPage>,
                                   // The task of the refresh: a new one, or the one that runs.
                                   caf::replies_to<Context, RefreshJobs>::with<TaskView>,
                                   caf::replies_to<Context, CreateSearch>::with<SavedSearch>,
                                   caf::replies_to<Context, ListSearches>::with<SearchPage>,
                                   caf::replies_to<Context, DeleteSearch>::with<Ok>>;

/// Asks to embed and index what has changed; answered when all of it is.
struct IndexJobs {
  static constexpr auto type_name = "IndexJobs";
  static constexpr auto fields() { return std::tuple{}; }
};

/// How many postings are in memory, and how many were embedded just now.
struct IndexReport {
  static constexpr auto type_name = "IndexReport";
  std::int64_t indexed = 0;
  std::int64_t embedded = 0;
  static constexpr auto fields() {
    return std::tuple{field("indexed", &IndexReport::indexed),
                      field("embedded", &IndexReport::embedded)};
  }
};

/// Asks for the postings nearest to a person that pass the hard filters.
struct FindCandidates {
  static constexpr auto type_name = "FindCandidates";
  std::shared_ptr<const Profile> profile{};
  UserVectors vectors{};
  std::int64_t limit = 200;
  std::int64_t days_back = 30;
  static constexpr auto fields() { return std::tuple{}; }
};

/// Postings by falling similarity.
struct Candidates {
  static constexpr auto type_name = "Candidates";
  std::vector<std::pair<JobId, float>> jobs{};
  static constexpr auto fields() { return std::tuple{}; }
};

/// `/system/matching`: the vectors of all jobs, in memory.
using MatchingActor = caf::typed_actor<caf::replies_to<Context, IndexJobs>::with<IndexReport>,
                                       caf::replies_to<Context, FindCandidates>::with<Candidates>,
                                       // INTERNAL: another try to load.
                                       caf::reacts_to<Tick>>;

/// `/conversations/{id}`: one conversation, the only writer of its rows; what the API may ask of
/// it. The frames it sends to sessions are in actors/chat/handles.hpp. Every request is refused
/// with not_found when the conversation is not the caller's.
using ConversationActor = caf::typed_actor<
  // The question is committed; a resend with the same client_msg_id answers as the first did.
  // forbidden without consent; conflict when too many questions wait; invalid, too_large.
  caf::replies_to<Context, SendMessage>::with<TurnAccepted>,
  // not_found when there is nothing to cancel.
  caf::replies_to<Context, CancelTurn>::with<Ok>,
  // conflict unless the turn was interrupted, cancelled or has failed.
  caf::replies_to<Context, RerunTurn>::with<TurnAccepted>,
  // not_found when nobody asks that (any longer).
  caf::replies_to<Context, ConfirmTool>::with<Ok>,
  caf::replies_to<Context, AwaitTurn>::with<TurnOutcome>,
  caf::replies_to<Context, DeleteConversation>::with<Ok>>;

/// How the API finds the actors. Each function gives the living actor, started if need be.
struct Actors {
  std::function<Result<AccountsActor>()> accounts;
  std::function<Result<TasksActor>()> tasks;
  std::function<Result<JobsActor>()> jobs;
  std::function<Result<UserActor>(const UserId&)> user;
  std::function<Result<ConversationActor>(const ConversationId&)> conversation{};
  std::function<Result<ChatDeskActor>()> chat{};
  std::function<Result<LlmDeskActor>()> llm{};
};

}  // namespace jobraker
