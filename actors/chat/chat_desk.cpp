#include "actors/chat/chat_desk.hpp"

#include "actors/chat/core/interview.hpp"
#include "actors/chat/resume_feedback.hpp"
#include "actors/jobs/read_posting.hpp"
#include "actors/profile/resume_picture.hpp"
#include "actors/system/admin_only.hpp"
#include "actors/system/observed.hpp"
#include "messages/codec.hpp"
#include "storage/consents.hpp"
#include "storage/conversations.hpp"
#include "storage/databases.hpp"
#include "storage/jobs.hpp"
#include "storage/reports.hpp"
#include "storage/tickets.hpp"

namespace jobraker::chat {
namespace {

struct DeskState {
  static inline const char* name = "chat-desk";
  Services* services = nullptr;
};

using Self = Shell<DeskState, ChatDeskActor>;

/// Runs `work(session)` for a request, on an I/O thread, within its deadline.
template <class T, class Work>
caf::result<T> rows(Self* self, const Context& c, Work work) {
  return self->answer<T>(self->state.services->io,
                         [&s = *self->state.services, deadline = c.deadline,
                          work = std::move(work)]() -> task<Result<T>> {
                           storage::Until session{s.databases.here(), deadline};
                           co_return co_await work(session);
                         });
}

Result<Conversation> shown(Result<storage::ConversationRecord> record) {
  if (!record)
    return fail(std::move(record.error()));
  return std::move(record->conversation);
}

/// Whose rows may be seen: one's own; an admin sees everybody's.
std::optional<UserId> owner_for(const Context& c) {
  return c.principal.role == Role::admin ? std::nullopt : std::optional{c.principal.user};
}

/// What the interview is about, from a role, a stored posting, or a posting's text.
task<Result<Interview>> interview_of(storage::Session& session, StartInterview wanted,
                                     std::int64_t questions) {
  Interview interview;
  interview.role = wanted.role.value_or("");
  interview.posting = wanted.posting.value_or("");
  interview.questions = wanted.questions.value_or(questions);
  if (wanted.job_id) {
    auto jobs = co_await storage::load_jobs(session, {*wanted.job_id});
    if (!jobs)
      co_return fail(std::move(jobs.error()));
    if (jobs->empty())
      co_return fail(Errc::not_found, "no such posting");
    const auto& job = jobs->front();
    if (interview.role.empty())
      interview.role = job.title + ", " + job.company;
    interview.posting = job.description;
  }
  if (interview.role.empty() && interview.posting.empty())
    co_return fail(Error{Errc::invalid,
                         "say what the interview is for",
                         {{"/role", "give role, job_id or posting"}},
                         {}});
  co_return interview;
}

caf::result<Conversation> start_interview(Self* self, const Context& c, const StartInterview& m) {
  auto questions = self->state.services->config.chat.interview_questions;
  return rows<Conversation>(
    self, c,
    [&s = *self->state.services, c, m,
     questions](storage::Session& session) -> task<Result<Conversation>> {
      if (auto allowed = co_await check_consent(s, c, c.principal.user); !allowed)
        co_return fail(std::move(allowed.error()));
      auto interview = co_await interview_of(session, m, questions);
      if (!interview)
        co_return fail(std::move(interview.error()));
      auto title = "Interview: " + (interview->role.empty() ? "a posting" : interview->role);
      co_return shown(co_await storage::create_conversation(
        session, ConversationId::fresh(), c.principal.user, ConversationKind::mock_interview,
        title.substr(0, 200), json::encode(*interview)));
    });
}

caf::result<Consents> consents(Self* self, const Context& c, const ConsentsOf& m) {
  if (auto allowed = may_access(c.principal, m.user); !allowed)
    return to_caf(allowed.error());
  // Nobody agrees for somebody else.
  if (m.changes && c.principal.user != m.user)
    return to_caf(Error{Errc::forbidden, "only the person can consent", {}, {}});
  return rows<Consents>(self, c,
                        [&memory = self->state.services->chat->consents,
                         m](storage::Session& session) -> task<Result<Consents>> {
                          if (!m.changes)
                            co_return co_await storage::find_consents(session, m.user);
                          auto changed =
                            co_await storage::set_consents(session, m.user, *m.changes);
                          memory.forget(m.user);
                          co_return changed;
                        });
}

caf::result<JsonText> feedback(Self* self, const Context& c, const ResumeFeedbackFor& m) {
  if (auto allowed = may_access(c.principal, m.user); !allowed)
    return to_caf(allowed.error());
  return self->answer<JsonText>(self->state.services->io,
                                [&s = *self->state.services, c, m]() -> task<Result<JsonText>> {
                                  if (auto allowed = co_await check_consent(s, c, m.user); !allowed)
                                    co_return fail(std::move(allowed.error()));
                                  auto text = co_await resume_feedback(s, c, m.user, m.question);
                                  if (!text)
                                    co_return fail(std::move(text.error()));
                                  co_return JsonText{std::move(*text)};
                                });
}

caf::result<PostJob> parse_posting(Self* self, const Context& c, const ParsePosting& m) {
  return self->answer<PostJob>(
    self->state.services->io, [&s = *self->state.services, c, m]() -> task<Result<PostJob>> {
      std::vector<ModelImage> images;
      if (!m.image.empty()) {
        auto picture = picture_of(m.image, s.config.chat.image_bytes_max);
        if (!picture)
          co_return fail(std::move(picture.error()));
        images.push_back(std::move(*picture));
      }
      auto read = co_await posting_of(s, c, m.text, std::move(images));
      if (!read)
        co_return fail(std::move(read.error()));
      co_return std::move(read->job);
    });
}

ChatDeskActor::behavior_type chat_desk(Self* self, Services* services) {
  self->state.services = services;
  return {
    [self](const Context& c, const ListConversations& m) {
      return rows<ConversationPage>(self, c, [user = c.principal.user, m](auto& session) {
        return storage::list_conversations(session, user, m);
      });
    },
    [self](const Context& c, const CreateConversation& m) {
      return rows<Conversation>(
        self, c,
        [user = c.principal.user, m](storage::Session& session) -> task<Result<Conversation>> {
          co_return shown(co_await storage::create_conversation(
            session, ConversationId::fresh(), user, ConversationKind::chat, m.title.value_or("")));
        });
    },
    [self](const Context& c, const StartInterview& m) { return start_interview(self, c, m); },
    [self](const Context& c, const GetConversation& m) {
      return rows<Conversation>(
        self, c,
        [owner = owner_for(c), m](storage::Session& session) -> task<Result<Conversation>> {
          co_return shown(co_await storage::find_conversation(session, m.id, owner));
        });
    },
    [self](const Context& c, const ChangeConversation& m) {
      return rows<Conversation>(
        self, c,
        [user = c.principal.user, m](storage::Session& session) -> task<Result<Conversation>> {
          co_return shown(co_await storage::update_conversation(session, m.id, user, m.change));
        });
    },
    [self](const Context& c, const ReadMessages& m) {
      return rows<MessagePage>(self, c, [owner = owner_for(c), m](auto& session) {
        return storage::list_messages(session, m.id, owner, m.query);
      });
    },
    [self](const Context& c, const ReportThis& m) {
      return rows<ReportView>(self, c, [user = c.principal.user, m](auto& session) {
        return storage::report_message(session, m.id, user, m.report);
      });
    },
    [self](const Context& c, const ListReports& m) -> caf::result<ReportPage> {
      if (auto allowed = admin_only(c); !allowed)
        return to_caf(allowed.error());
      return rows<ReportPage>(self, c,
                              [m](auto& session) { return storage::list_reports(session, m); });
    },
    [self](const Context& c, const DecideThis& m) -> caf::result<ReportView> {
      if (auto allowed = admin_only(c); !allowed)
        return to_caf(allowed.error());
      return rows<ReportView>(self, c, [user = c.principal.user, m](auto& session) {
        return storage::decide_report(session, m.id, user, m.decision);
      });
    },
    [self](const Context& c, const ConsentsOf& m) { return consents(self, c, m); },
    [self](const Context& c, const CreateTicket&) {
      return rows<Ticket>(self, c, [who = c.principal](auto& session) {
        return storage::create_ticket(session, who, now());
      });
    },
    [self](const Context& c, const RedeemThis& m) {
      return rows<TicketOwner>(
        self, c, [m](storage::Session& session) -> task<Result<TicketOwner>> {
          auto principal = co_await storage::redeem_ticket(session, m.ticket, now());
          if (!principal)
            co_return fail(std::move(principal.error()));
          co_return TicketOwner{*principal};
        });
    },
    [self](const Context& c, const ResumeFeedbackFor& m) { return feedback(self, c, m); },
    [self](const Context& c, const ParsePosting& m) { return parse_posting(self, c, m); },
  };
}

}  // namespace

ChatDeskActor start_chat_desk(Services& services, const std::string& path) {
  return services.system.spawn(path, "chat-desk", chat_desk, &services);
}

}  // namespace jobraker::chat
