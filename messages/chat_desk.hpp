#pragma once

#include "messages/accounts.hpp"
#include "messages/actor.hpp"
#include "messages/chat_commands.hpp"
#include "messages/consents.hpp"
#include "messages/job_commands.hpp"

/// What is asked about conversations that need not be awake, and about the people who have them.
namespace jobraker {

/// Renames or archives this conversation.
struct ChangeConversation {
  static constexpr auto type_name = "ChangeConversation";
  ConversationId id{};
  UpdateConversation change{};
  static constexpr auto fields() { return std::tuple{}; }
};

/// A page of this conversation's transcript.
struct ReadMessages {
  static constexpr auto type_name = "ReadMessages";
  ConversationId id{};
  ListMessages query{};
  static constexpr auto fields() { return std::tuple{}; }
};

/// Reports this message.
struct ReportThis {
  static constexpr auto type_name = "ReportThis";
  MessageId id{};
  ReportMessage report{};
  static constexpr auto fields() { return std::tuple{}; }
};

/// Decides this report.
struct DecideThis {
  static constexpr auto type_name = "DecideThis";
  ReportId id{};
  DecideReport decision{};
  static constexpr auto fields() { return std::tuple{}; }
};

/// What this person has agreed to; with `changes`, after them.
struct ConsentsOf {
  static constexpr auto type_name = "ConsentsOf";
  UserId user{};
  std::optional<SetConsents> changes{};
  static constexpr auto fields() { return std::tuple{}; }
};

/// Whose ticket it is; it is used up thereby.
struct RedeemThis {
  static constexpr auto type_name = "RedeemThis";
  std::string ticket{};
  static constexpr auto fields() { return std::tuple{}; }
};

/// The owner of a ticket.
struct TicketOwner {
  static constexpr auto type_name = "TicketOwner";
  Principal principal{};
  static constexpr auto fields() { return std::tuple{}; }
};

/// The body of `POST /mock-interviews`: for a role, a stored posting, or a posting's text.
struct StartInterview {
  static constexpr auto type_name = "StartInterview";
  std::optional<std::string> role{};
  std::optional<JobId> job_id{};
  std::optional<std::string> posting{};
  std::optional<std::int64_t> questions{};

  static constexpr auto fields() {
    return std::tuple{field("role", &StartInterview::role, {.max_length = 300, .min_length = 2}),
                      field("job_id", &StartInterview::job_id),
                      field("posting", &StartInterview::posting, {.max_length = 20000}),
                      field("questions", &StartInterview::questions, {.min = 1, .max = 30})};
  }
};

/// The body of `POST /profiles/{user_id}/resume-feedback`.
struct AskResumeFeedback {
  static constexpr auto type_name = "AskResumeFeedback";
  std::optional<std::string> target_role{};
  std::optional<JobId> job_id{};  ///< a posting the résumé shall fit

  static constexpr auto fields() {
    return std::tuple{field("target_role", &AskResumeFeedback::target_role, {.max_length = 300}),
                      field("job_id", &AskResumeFeedback::job_id)};
  }
};

/// Feedback on this person's résumé.
struct ResumeFeedbackFor {
  static constexpr auto type_name = "ResumeFeedbackFor";
  UserId user{};
  AskResumeFeedback question{};
  static constexpr auto fields() { return std::tuple{}; }
};

/// A document that is JSON already.
struct JsonText {
  static constexpr auto type_name = "JsonText";
  std::string json{};
  static constexpr auto fields() { return std::tuple{}; }
};

/// A screenshot of a posting, or its text.
struct ParsePosting {
  static constexpr auto type_name = "ParsePosting";
  std::string image{};  ///< bytes; empty: `text` counts
  std::string text{};
  static constexpr auto fields() { return std::tuple{}; }
};

/// `/system/chat`: conversations as rows, reports, consents, tickets, and the single questions to a
/// model that belong to no conversation. What is somebody else's is not_found; reports are for
/// admins.
using ChatDeskActor =
  caf::typed_actor<caf::replies_to<Context, ListConversations>::with<ConversationPage>,
                   caf::replies_to<Context, CreateConversation>::with<Conversation>,
                   caf::replies_to<Context, StartInterview>::with<Conversation>,
                   caf::replies_to<Context, GetConversation>::with<Conversation>,
                   caf::replies_to<Context, ChangeConversation>::with<Conversation>,
                   caf::replies_to<Context, ReadMessages>::with<MessagePage>,
                   caf::replies_to<Context, ReportThis>::with<ReportView>,
                   caf::replies_to<Context, ListReports>::with<ReportPage>,
                   caf::replies_to<Context, DecideThis>::with<ReportView>,
                   caf::replies_to<Context, ConsentsOf>::with<Consents>,
                   caf::replies_to<Context, CreateTicket>::with<Ticket>,
                   caf::replies_to<Context, RedeemThis>::with<TicketOwner>,
                   caf::replies_to<Context, ResumeFeedbackFor>::with<JsonText>,
                   caf::replies_to<Context, ParsePosting>::with<PostJob>>;

}  // namespace jobraker
