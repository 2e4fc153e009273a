#pragma once

#include <optional>
#include <string>
#include <vector>

#include "messages/chat.hpp"
#include "messages/context.hpp"

/// Questions and commands about conversations, reports and tickets. What one says to a living
/// conversation is in turn_commands.hpp.
namespace jobraker {

/// Asks for the caller's conversations, the last used first.
struct ListConversations {
  static constexpr auto type_name = "ListConversations";
  std::optional<bool> archived{};  ///< true: only archived ones; false or left out: only others
  std::optional<std::string> cursor{};  ///< `ConversationPage::next` of the page before
  std::int64_t limit = 20;

  static constexpr auto fields() {
    return std::tuple{field("archived", &ListConversations::archived),
                      field("cursor", &ListConversations::cursor, {.max_length = 200}),
                      optional_field("limit", &ListConversations::limit, {.min = 1, .max = 100})};
  }
};

/// One page of conversations.
struct ConversationPage {
  static constexpr auto type_name = "ConversationPage";
  std::vector<Conversation> items{};
  std::optional<std::string> next{};  ///< the cursor of the next page; none on the last

  static constexpr auto fields() {
    return std::tuple{field("items", &ConversationPage::items),
                      field("next", &ConversationPage::next)};
  }
};

/// Asks for a new conversation, the body of `POST /conversations`.
struct CreateConversation {
  static constexpr auto type_name = "CreateConversation";
  std::optional<std::string> title{};  ///< made from the first question when left out

  static constexpr auto fields() {
    return std::tuple{field("title", &CreateConversation::title, {.max_length = 200})};
  }
};

/// Asks for one conversation.
struct GetConversation {
  static constexpr auto type_name = "GetConversation";
  ConversationId id{};

  static constexpr auto fields() { return std::tuple{field("id", &GetConversation::id)}; }
};

/// Renames or archives a conversation; what is left out stays.
struct UpdateConversation {
  static constexpr auto type_name = "UpdateConversation";
  std::optional<std::string> title{};
  std::optional<bool> archived{};

  static constexpr auto fields() {
    return std::tuple{
      field("title", &UpdateConversation::title, {.max_length = 200, .min_length = 1}),
      field("archived", &UpdateConversation::archived)};
  }
};

/// Asks for a page of the transcript. Items are always in the transcript's order. Without `before`
/// the pages go forwards, from `after` or the beginning; with it backwards, and `after` does not
/// count. A cursor says both the place and the direction.
struct ListMessages {
  static constexpr auto type_name = "ListMessages";
  std::optional<std::int64_t> after{};   ///< messages with a greater position
  std::optional<std::int64_t> before{};  ///< the last ones with a lesser position
  std::optional<std::string> cursor{};   ///< `MessagePage::next` of the page before
  std::int64_t limit = 50;

  static constexpr auto fields() {
    return std::tuple{field("after", &ListMessages::after, {.min = 0, .max = 9e15}),
                      field("before", &ListMessages::before, {.min = 1, .max = 9e15}),
                      field("cursor", &ListMessages::cursor, {.max_length = 200}),
                      optional_field("limit", &ListMessages::limit, {.min = 1, .max = 200})};
  }
};

/// A part of the transcript.
struct MessagePage {
  static constexpr auto type_name = "MessagePage";
  std::vector<ChatMessage> items{};
  std::optional<std::string> next{};  ///< the cursor of the next page; none when there is no more

  static constexpr auto fields() {
    return std::tuple{field("items", &MessagePage::items), field("next", &MessagePage::next)};
  }
};

/// What is wrong with a message.
enum class ReportReason : std::uint8_t { biased, unfair, wrong, harmful };
template <>
inline constexpr std::string_view enum_names<ReportReason>[] = {"biased", "unfair", "wrong",
                                                                "harmful"};

enum class ReportState : std::uint8_t { open, upheld, dismissed };
template <>
inline constexpr std::string_view enum_names<ReportState>[] = {"open", "upheld", "dismissed"};

/// Reports a message to the people who review, the body of `POST /messages/{id}/report`.
struct ReportMessage {
  static constexpr auto type_name = "ReportMessage";
  ReportReason reason = ReportReason::wrong;
  std::optional<std::string> comment{};

  static constexpr auto fields() {
    return std::tuple{field("reason", &ReportMessage::reason),
                      field("comment", &ReportMessage::comment, {.max_length = 2000})};
  }
};

/// A report with what it is about, as a reviewer sees it.
struct ReportView {
  static constexpr auto type_name = "ReportView";
  ReportId id{};
  MessageId message_id{};
  ConversationId conversation_id{};
  UserId reporter{};
  ReportReason reason = ReportReason::wrong;
  std::string comment{};
  ReportState state = ReportState::open;
  std::string message{};   ///< the reported text
  std::string question{};  ///< what had been asked; empty when the question itself is reported
  std::optional<UserId> reviewer{};
  std::string note{};  ///< the reviewer's
  Time created_at{};
  std::optional<Time> reviewed_at{};

  static constexpr auto fields() {
    return std::tuple{field("id", &ReportView::id),
                      field("message_id", &ReportView::message_id),
                      field("conversation_id", &ReportView::conversation_id),
                      field("reporter", &ReportView::reporter),
                      field("reason", &ReportView::reason),
                      field("comment", &ReportView::comment),
                      field("state", &ReportView::state),
                      field("message", &ReportView::message, {.max_length = 1 << 20}),
                      field("question", &ReportView::question, {.max_length = 1 << 20}),
                      field("reviewer", &ReportView::reviewer),
                      field("note", &ReportView::note),
                      field("created_at", &ReportView::created_at),
                      field("reviewed_at", &ReportView::reviewed_at)};
  }
};

/// Asks for reports; admins only.
struct ListReports {
  static constexpr auto type_name = "ListReports";
  std::optional<ReportState> state{};   ///< left out: all
  std::optional<std::string> cursor{};  ///< `ReportPage::next` of the page before
  std::int64_t limit = 20;

  static constexpr auto fields() {
    return std::tuple{field("state", &ListReports::state),
                      field("cursor", &ListReports::cursor, {.max_length = 200}),
                      optional_field("limit", &ListReports::limit, {.min = 1, .max = 100})};
  }
};

/// Reports, the oldest first.
struct ReportPage {
  static constexpr auto type_name = "ReportPage";
  std::vector<ReportView> items{};
  std::optional<std::string> next{};  ///< the cursor of the next page; none on the last

  static constexpr auto fields() {
    return std::tuple{field("items", &ReportPage::items), field("next", &ReportPage::next)};
  }
};

/// What a reviewer makes of a report.
enum class ReportDecision : std::uint8_t { upheld, dismissed };
template <>
inline constexpr std::string_view enum_names<ReportDecision>[] = {"upheld", "dismissed"};

/// Decides a report; admins only.
struct DecideReport {
  static constexpr auto type_name = "DecideReport";
  ReportDecision decision = ReportDecision::dismissed;
  std::optional<std::string> note{};

  static constexpr auto fields() {
    return std::tuple{field("decision", &DecideReport::decision),
                      field("note", &DecideReport::note, {.max_length = 2000})};
  }
};

/// Asks for a ticket with which the caller may open one WebSocket.
struct CreateTicket {
  static constexpr auto type_name = "CreateTicket";
  static constexpr auto fields() { return std::tuple{}; }
};

/// A ticket: shown once, good for one handshake.
struct Ticket {
  static constexpr auto type_name = "Ticket";
  std::string ticket{};
  std::int64_t expires_in = 0;  ///< seconds

  static constexpr auto fields() {
    return std::tuple{field("ticket", &Ticket::ticket), field("expires_in", &Ticket::expires_in)};
  }
};

}  // namespace jobraker
