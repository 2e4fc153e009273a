#include "actors/applications/applications_actor.hpp"

#include <caf/send.hpp>

#include "actors/applications/auto_apply.hpp"
#include "actors/applications/evidence.hpp"
#include "actors/applications/submission_content.hpp"
#include "actors/system/observed.hpp"
#include "storage/applications.hpp"
#include "storage/companies.hpp"
#include "storage/databases.hpp"
#include "storage/user_company.hpp"

namespace jobraker {
namespace {

using storage::Until;
using FindKnowledge = std::function<Result<KnowledgeActor>()>;

struct ApplicationsState {
  static inline const char* name = "applications";
};

using Self = Shell<ApplicationsState, ApplicationsActor>;

/// Whose things the caller may see: admins everybody's.
std::optional<UserId> owner_of(const Context& c) {
  if (c.principal.role == Role::admin)
    return std::nullopt;
  return c.principal.user;
}

tl::unexpected<Error> invalid(std::vector<FieldProblem> problems) {
  auto detail = problems.front().pointer.substr(1) + " " + problems.front().detail;
  return fail(Error{Errc::invalid, std::move(detail), std::move(problems), {}});
}

Done check_web(std::string pointer, const std::optional<std::string>& url) {
  if (!url || applications::is_web_address(*url))
    return {};
  return invalid({{std::move(pointer), "must be an http or https address, without a user's name"}});
}

Done employers_only(const Context& c) {
  if (c.principal.role != Role::seeker)
    return {};
  return fail(Errc::forbidden, "only employers may do this");
}

task<Result<Application>> create(Services& services, Context c, CreateApplication m) {
  std::vector<FieldProblem> problems;
  if (!m.job_id && !m.company)
    problems.push_back({"/company", "is required without job_id"});
  if (!m.job_id && !m.job_title)
    problems.push_back({"/job_title", "is required without job_id"});
  auto status = m.status.value_or(ApplicationStatus::draft);
  if (status != ApplicationStatus::draft && !storage::is_manual(status))
    problems.push_back(
      {"/status", "must be draft, submitted, interviewing, offered, rejected or withdrawn"});
  if (!problems.empty())
    co_return invalid(std::move(problems));
  if (auto good = check_web("/url", m.url); !good)
    co_return fail(std::move(good.error()));
  storage::NewApplication application;
  application.user = c.principal.user;
  application.job = m.job_id;
  application.company = m.company.value_or("");
  application.job_title = m.job_title.value_or("");
  application.status = status;
  application.url = m.url;
  application.notes = m.notes.value_or("");
  Until session{services.databases.here(), c.deadline};
  co_return co_await storage::create_application(session, std::move(application), now());
}

task<Result<Application>> change(Services& services, Context c, ChangeThisApplication m) {
  if (auto good = check_web("/url", m.change.url); !good)
    co_return fail(std::move(good.error()));
  Until session{services.databases.here(), c.deadline};
  bool moves = m.change.status.has_value();
  bool elsewhere = m.change.url.has_value();
  auto changed =
    co_await storage::change_application(session, m.id, owner_of(c), std::move(m.change), now());
  if (changed && moves)  // who withdraws does not want what may be under way
    applications::wake(services, m.id);
  if (changed && elsewhere)  // an approval is of the address, too
    co_return co_await applications::recheck_approval(services, c, m.id);
  co_return changed;
}

task<Result<ApplicationView>> show(Services& services, Context c, ApplicationId id) {
  Until session{services.databases.here(), c.deadline};
  auto found = co_await storage::find_application(session, id, owner_of(c));
  if (!found)
    co_return fail(std::move(found.error()));
  auto view = co_await applications::view_application(session, std::move(*found));
  if (view)
    co_await applications::refresh_evidence(services, c, *view);
  co_return view;
}

task<Result<AutoApplied>> prepare(Services& services, Context c, AutoApplyTo m) {
  Until session{services.databases.here(), c.deadline};
  co_return co_await session.transaction(
    [&](storage::Transaction& inside) -> task<Result<AutoApplied>> {
      co_return co_await applications::auto_apply(
        inside, c.principal.user, m, "To be sent automatically, once approved.", now());
    });
}

task<Result<ApplicationEvents>> events(Services& services, Context c, ApplicationId id) {
  Until session{services.databases.here(), c.deadline};
  auto found = co_await storage::application_events(session, id, owner_of(c));
  if (!found)
    co_return fail(std::move(found.error()));
  co_return ApplicationEvents{std::move(*found)};
}

/// The company that is meant; none: the caller has none yet.
task<Result<std::optional<CompanyId>>> company_meant(storage::Session& session, Context c,
                                                     WhichCompany which) {
  if (auto may = employers_only(c); !may)
    co_return fail(std::move(may.error()));
  if (which.company_id && c.principal.role == Role::admin)
    co_return which.company_id;
  auto own = co_await storage::company_of(session, c.principal.user);
  if (own && which.company_id && which.company_id != *own)
    co_return fail(Errc::forbidden, "this is another employer's company");
  co_return own;
}

task<Result<Company>> get_company(Services& services, Context c, WhichCompany which) {
  Until session{services.databases.here(), c.deadline};
  auto id = co_await company_meant(session, c, which);
  if (!id)
    co_return fail(std::move(id.error()));
  if (!*id)
    co_return fail(Errc::not_found, "there is no company yet; PUT /company makes it");
  co_return co_await storage::find_company(session, **id);
}

task<Result<Company>> save_company(Services& services, Context c, SaveThisCompany m) {
  if (auto good = check_web("/website", m.company.website); !good)
    co_return fail(std::move(good.error()));
  Until session{services.databases.here(), c.deadline};
  auto id = co_await company_meant(session, c, m.which);
  if (!id)
    co_return fail(std::move(id.error()));
  if (*id)
    co_return co_await storage::save_company(session, **id, std::move(m.company), now());
  co_return co_await storage::save_company_of(session, c.principal.user, std::move(m.company),
                                              now());
}

caf::result<Company> save_and_index(Self* self, Services& services, const FindKnowledge& knowledge,
                                    const Context& c, const SaveThisCompany& m) {
  auto promise = self->make_response_promise<Company>();
  self->await<Company>(
    services.io, [&services, c, m] { return save_company(services, c, m); },
    [promise, knowledge](Result<Company> saved) mutable {
      if (saved && knowledge)
        if (auto actor = knowledge())
          caf::anon_send(*actor, Context::system(std::chrono::minutes{5}), IndexCompany{saved->id});
      settle(promise, std::move(saved));
    });
  return promise;
}

ApplicationsActor::behavior_type applications_actor(Self* self, Services* services,
                                                    FindKnowledge knowledge) {
  auto& io = services->io;
  return {
    [=, &io](const Context& c, const CreateApplication& m) {
      return self->answer<Application>(io, [=] { return create(*services, c, m); });
    },
    [=, &io](const Context& c, const GetApplication& m) {
      return self->answer<ApplicationView>(io, [=] { return show(*services, c, m.id); });
    },
    [=, &io](const Context& c, const AutoApplyTo& m) {
      return self->answer<AutoApplied>(io, [=] { return prepare(*services, c, m); });
    },
    [=, &io](const Context& c, const ListApplications& m) {
      return self->answer<ApplicationPage>(io, [=]() -> task<Result<ApplicationPage>> {
        Until session{services->databases.here(), c.deadline};
        co_return co_await storage::list_applications(session, c.principal.user, m);
      });
    },
    [=, &io](const Context& c, const ChangeThisApplication& m) {
      return self->answer<Application>(io, [=] { return change(*services, c, m); });
    },
    [=, &io](const Context& c, const GetApplicationEvents& m) {
      return self->answer<ApplicationEvents>(io, [=] { return events(*services, c, m.id); });
    },
    [=, &io](const Context& c, const WhichCompany& m) {
      return self->answer<Company>(io, [=] { return get_company(*services, c, m); });
    },
    [=](const Context& c, const SaveThisCompany& m) {
      return save_and_index(self, *services, knowledge, c, m);
    },
  };
}

}  // namespace

ApplicationsActor start_applications(Services& services, const std::string& path,
                                     std::function<Result<KnowledgeActor>()> knowledge) {
  return services.system.spawn(path, "applications", applications_actor, &services,
                               std::move(knowledge));
}

}  // namespace jobraker
