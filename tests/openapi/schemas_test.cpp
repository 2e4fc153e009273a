#include <gtest/gtest.h>

#include <map>

#include "actors/chat/client_frames.hpp"
#include "messages/application_handles.hpp"
#include "messages/event_commands.hpp"
#include "messages/handles.hpp"
#include "messages/inspection.hpp"
#include "messages/interview_handles.hpp"
#include "messages/knowledge_handles.hpp"
#include "messages/notification_handles.hpp"
#include "messages/operation.hpp"
#include "messages/operator_desk.hpp"
#include "messages/schedule_handles.hpp"
#include "messages/submission_handles.hpp"
#include "messages/workflow_handles.hpp"
#include "tests/openapi/agrees.hpp"

namespace jobraker::test {
namespace {

/// Everything on the wire that describes itself.
template <class... T>
struct Types {};
using Bodies =
  Types<Account, ActionDone, ActorBranch, ActorPage, ActorRow, ActorTree, Alarm, AlarmList,
        AuditEntry, AuditPage, BatchPage, BatchRow, ConfirmAction, DeadActorPage, DeadActorRow,
        GetActors, HandlerTimes, PendingEffect, SeenMessage, TakenMessage, TraceCall, TraceEvent,
        TraceList, TraceRow, TraceSpan, TraceView, WatchActors, AiInsights, Application,
        ApplicationEvent, ApplicationCounts, ApplicationEvents, ApplicationPage, ApplicationView,
        Approval, ApproveApplication, Article, ArticlePage, AskResumeFeedback, Attachment,
        AttachmentNote, AutoApply, ChangeApplication, ChangeInterview, ChatMessage, Company,
        Consents, ConsumerView, Conversation, ConversationPage, CreateApplication,
        CreateConversation, CreateSearch, DeadLetterView, DecideReport, Dependency, DocumentText,
        DocumentView, Education, EventsView, Evidence, Experience, FormAnswer, Interview,
        InterviewList, ItemProblem, Job, JobPage, JobScore, KitWish, ListedUser, ListedUserPage,
        LogLevelView, LoggedCall, LoggedCallPage, Login, Logout, MessagePage, Notification,
        NotificationPage, OfferSlots, OutboxView, PersonalInfo, PostJob, Preferences, Profile,
        ProfileSummary, ReadinessView, RefreshJobs, RefreshReport, RefreshTokens, RegisterAccount,
        ReportMessage, ReportPage, ReportView, RunFault, RunReport, SaveArticle, SaveCompany,
        SavedSearch, Schedule, ScheduleInterview, ScheduleList, ScheduleRun, ScheduleRunPage,
        SearchPage, SendMessage, SentDocument, SetBudget, SetConsents, Skills, Slot, SlotList,
        Source, SourceReport, StartInterview, StreamPosition, SubmissionView, Ticket, Tokens,
        ToolRecord, TurnAccepted, UnreadNotifications, UpdateConversation, WatchedApplication,
        WatchedApplicationPage, WrittenSpan, chat::ConfirmFrame, chat::HelloFrame,
        chat::ResumeFrame, chat::SendFrameIn, chat::TurnFrame>;
using Queries =
  Types<AskBudgets, AskLlmMetrics, GetActorTree, GetActors, GetAudit, GetDeadActors, GetTraces,
        GetEvents, ListApplications, ListArticles, ListBatches, ListConversations, ListInterviews,
        ListJobs, ListMessages, ListModelCalls, ListNotifications, ListReports, ListScheduleRuns,
        ListSearches, ListSlots, ListUsers, ScoreJobs, WatchApplications, WhichCompany>;

using CompareSchema = std::vector<std::string> (*)(json::View);
using CompareQuery = std::vector<std::string> (*)(const Operation&);

template <class... T>
std::map<std::string, CompareSchema> schema_table(Types<T...>) {
  return {{std::string{T::type_name}, &differences<T>}...};
}
template <class... T>
std::map<std::string, CompareQuery> query_table(Types<T...>) {
  return {{std::string{T::type_name}, &query_differences<T>}...};
}

const std::vector<std::string> none{};

TEST(OpenapiSchemas, SayWhatTheMessagesAre) {
  auto table = schema_table(Bodies{});
  std::set<std::string> met;
  document().root()["components"]["schemas"].each_member(
    [&](std::string_view name, json::View schema) {
      auto message = schema["x-message"].string();
      if (!message)
        return;
      met.insert(std::string{*message});
      auto found = table.find(std::string{*message});
      ASSERT_NE(found, table.end()) << name << ": this test does not know " << *message;
      EXPECT_EQ(found->second(schema), none) << name;
    });
  for (const auto& [name, compare] : table)
    EXPECT_EQ(met.count(name), 1U) << "no schema has x-message " << name;
}

TEST(OpenapiSchemas, QueryParametersAreTheMessages) {
  auto table = query_table(Queries{});
  std::set<std::string> met;
  for (const auto& operation : operations()) {
    auto message = operation.view["x-query"].string();
    if (!message)
      continue;
    met.insert(std::string{*message});
    auto found = table.find(std::string{*message});
    ASSERT_NE(found, table.end()) << operation.id() << ": this test does not know " << *message;
    EXPECT_EQ(found->second(operation), none) << operation.id();
  }
  for (const auto& [name, compare] : table)
    EXPECT_EQ(met.count(name), 1U) << "no operation has x-query " << name;
}

/// What a schema says that differs from its message in one place is told.
struct Slip {
  const char* what;
  const char* schema;
};

class WrongSchema : public testing::TestWithParam<Slip> {};

TEST_P(WrongSchema, IsFound) {
  auto parsed = json::Document::parse(GetParam().schema);
  ASSERT_TRUE(parsed) << parsed.error().detail;
  EXPECT_EQ(differences<StreamPosition>(parsed->root()).empty(),
            std::string_view{GetParam().what} == "right");
}

INSTANTIATE_TEST_SUITE_P(
  All, WrongSchema,
  testing::Values(
    Slip{"right", R"({"additionalProperties":false,"required":["epoch","seq"],"properties":{
      "epoch":{"type":"integer","minimum":0},"seq":{"type":"integer","minimum":0}}})"},
    Slip{"bound", R"({"additionalProperties":false,"required":["epoch","seq"],"properties":{
      "epoch":{"type":"integer","minimum":1},"seq":{"type":"integer","minimum":0}}})"},
    Slip{"type", R"({"additionalProperties":false,"required":["epoch","seq"],"properties":{
      "epoch":{"type":"string","minimum":0},"seq":{"type":"integer","minimum":0}}})"},
    Slip{"more", R"({"additionalProperties":false,"required":["epoch","seq"],"properties":{"a":{},
      "epoch":{"type":"integer","minimum":0},"seq":{"type":"integer","minimum":0}}})"},
    Slip{"less", R"({"additionalProperties":false,"required":["epoch"],"properties":{
      "epoch":{"type":"integer","minimum":0}}})"},
    Slip{"optional", R"({"required":["epoch"],"properties":{
      "epoch":{"type":"integer"},"seq":{"type":"integer"}}})"}),
  [](const auto& info) { return std::string{info.param.what}; });

}  // namespace
}  // namespace jobraker::test
