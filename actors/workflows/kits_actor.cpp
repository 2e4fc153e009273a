#include "actors/workflows/kits_actor.hpp"

#include <algorithm>

#include "actors/system/observed.hpp"
#include "actors/system/work_pool.hpp"
#include "actors/workflows/export/docx.hpp"
#include "actors/workflows/export/pdf.hpp"
#include "actors/workflows/kit_consent.hpp"
#include "actors/workflows/kit_view.hpp"
#include "actors/workflows/step_work.hpp"
#include "storage/applications.hpp"
#include "storage/databases.hpp"

namespace jobraker::workflows {
namespace {

using storage::Until;

struct KitsState {
  static inline const char* name = "kits";
};

using Self = Shell<KitsState, KitsActor>;

/// Whose things the caller may see: admins everybody's.
std::optional<UserId> owner_of(const Context& c) {
  if (c.principal.role == Role::admin)
    return std::nullopt;
  return c.principal.user;
}

TaskView task_view(const storage::Workflow& workflow) {
  TaskView view;
  view.id = workflow.task.value_or(TaskId{});
  view.kind = "application_kit";
  view.owner = workflow.user;
  view.total = static_cast<std::int64_t>(kit_steps.size());
  return view;
}

task<Result<TaskView>> start(Services& services, WorkflowServices& workflows, Context c,
                             StartKit m) {
  Until session{services.databases.here(), c.deadline};
  auto application = co_await storage::find_application(session, m.application, owner_of(c));
  if (!application)
    co_return fail(std::move(application.error()));
  if (auto allowed = co_await check_consent(session, application->user_id); !allowed)
    co_return fail(std::move(allowed.error()));
  auto sources = co_await kit_sources(session, *application);
  if (!sources)
    co_return fail(std::move(sources.error()));
  auto begun = co_await storage::start_workflow(session,
                                                {m.application, application->user_id,
                                                 m.wish.from_step.value_or(kit_steps.front()),
                                                 TaskId::fresh()},
                                                now());
  // Whoever asks twice for all of it wants one kit.
  if (!begun && begun.error().code == Errc::conflict && !m.wish.from_step) {
    auto present = co_await storage::find_workflow(session, m.application);
    if (present && present->state == WorkflowState::running && present->task)
      begun = std::move(present);
  }
  if (!begun)
    co_return fail(std::move(begun.error()));
  workflows.wake(begun->id);
  co_return task_view(*begun);
}

task<Result<Rendered>> show(Services& services, Context c, ApplicationId id) {
  Until session{services.databases.here(), c.deadline};
  auto application = co_await storage::find_application(session, id, owner_of(c));
  if (!application)
    co_return fail(std::move(application.error()));
  auto workflow = co_await storage::find_workflow(session, id);
  if (!workflow)
    co_return fail(std::move(workflow.error()));
  auto documents = co_await storage::application_documents(session, id);
  if (!documents)
    co_return fail(std::move(documents.error()));
  co_return kit_view(*workflow, *documents);
}

DocumentView view_of(storage::ApplicationDocument document) {
  return {document.application, std::move(document.kind), std::move(document.markdown),
          document.version, document.updated_at};
}

/// The document of a person's application, or Errc::not_found.
task<Result<DocumentView>> find(storage::Session& session, const Context& c, ApplicationId id,
                                const std::string& kind) {
  auto application = co_await storage::find_application(session, id, owner_of(c));
  if (!application)
    co_return fail(std::move(application.error()));
  auto documents = co_await storage::application_documents(session, id);
  if (!documents)
    co_return fail(std::move(documents.error()));
  for (auto& document : *documents)
    if (document.kind == kind)
      co_return view_of(std::move(document));
  co_return fail(Errc::not_found, "there is no such document yet; make the kit, or write it");
}

task<Result<DocumentView>> get(Services& services, Context c, GetDocument m) {
  Until session{services.databases.here(), c.deadline};
  co_return co_await find(session, c, m.application, m.kind);
}

task<Result<DocumentView>> save(Services& services, Context c, SaveDocument m) {
  Until session{services.databases.here(), c.deadline};
  auto present = co_await find(session, c, m.application, m.kind);
  // Nobody's application and no document yet are told apart by looking again.
  if (!present && present.error().code == Errc::not_found) {
    auto application = co_await storage::find_application(session, m.application, owner_of(c));
    if (!application)
      co_return fail(std::move(application.error()));
  } else if (!present) {
    co_return fail(std::move(present.error()));
  }
  auto version = present ? present->version : 0;
  if (m.if_versions &&
      std::find(m.if_versions->begin(), m.if_versions->end(), version) == m.if_versions->end())
    co_return fail(Errc::precondition_failed,
                   "the document has changed; it is now at version " + std::to_string(version));
  storage::ApplicationDocument document{
    m.application, m.kind, std::move(m.text.markdown), m.if_versions ? version : 0, {}};
  auto saved = co_await storage::save_application_document(session, std::move(document), now());
  if (!saved)
    co_return fail(std::move(saved.error()));
  co_return view_of(std::move(*saved));
}

Result<std::string> rendered(const std::string& markdown, DocumentFormat format) {
  auto document = documents::parse_markdown(markdown);
  return format == DocumentFormat::docx ? documents::to_docx(document)
                                        : documents::to_pdf(document);
}

task<Result<DocumentFile>> file(Services& services, Context c, GetDocumentFile m) {
  auto document = co_await get(services, c, {m.application, m.kind});
  if (!document)
    co_return fail(std::move(document.error()));
  DocumentFile out{nullptr, document->version};
  if (m.format == DocumentFormat::md) {
    out.bytes = std::make_shared<const std::string>(std::move(document->markdown));
    co_return out;
  }
  auto bytes = co_await services.work.run<std::string>(
    [markdown = std::move(document->markdown), format = m.format] {
      return rendered(markdown, format);
    });
  if (!bytes)
    co_return fail(std::move(bytes.error()));
  out.bytes = std::make_shared<const std::string>(std::move(*bytes));
  co_return out;
}

KitsActor::behavior_type kits_actor(Self* self, Services* services, WorkflowServices* workflows) {
  auto& io = services->io;
  return {
    [=, &io](const Context& c, const StartKit& m) {
      return self->answer<TaskView>(io, [=] { return start(*services, *workflows, c, m); });
    },
    [=, &io](const Context& c, const GetKit& m) {
      return self->answer<Rendered>(io, [=] { return show(*services, c, m.application); });
    },
    [=, &io](const Context& c, const GetDocumentFile& m) {
      return self->answer<DocumentFile>(io, [=] { return file(*services, c, m); });
    },
    [=, &io](const Context& c, const GetDocument& m) {
      return self->answer<DocumentView>(io, [=] { return get(*services, c, m); });
    },
    [=, &io](const Context& c, const SaveDocument& m) {
      return self->answer<DocumentView>(io, [=] { return save(*services, c, m); });
    },
  };
}

}  // namespace

KitsActor start_kits(Services& services, WorkflowServices& workflows, const std::string& path) {
  return services.system.spawn(path, "kits", kits_actor, &services, &workflows);
}

}  // namespace jobraker::workflows
