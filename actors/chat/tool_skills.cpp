#include "actors/chat/tool_skills.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "actors/skills/skills.hpp"
#include "messages/codec.hpp"
#include "messages/json.hpp"
#include "net/ask.hpp"
#include "storage/databases.hpp"
#include "storage/job_search.hpp"
#include "storage/jobs.hpp"

namespace jobraker::chat {
namespace {

constexpr std::size_t postings_read = 50;
constexpr std::size_t skills_shown = 25;
/// A skill this close to one the person has is named as such.
constexpr double close_enough = 0.5;

struct Demand {
  std::string name{};
  std::int64_t postings = 0;
  bool has = false;
  std::string related{};  ///< a skill of the person's that helps with it
};

/// What a posting asks for: its own list and what its text names, each once.
std::map<std::string, std::string> asked_by(const Job& job) {
  std::map<std::string, std::string> skills;
  for (const auto& skill : job.skills)
    skills.emplace(skill_key(skill), skill);
  for (const auto& skill : skills_in(job.description))
    skills.emplace(skill_key(skill.name), std::string{skill.name});
  return skills;
}

Strings skills_of(const Profile& profile) {
  Strings all;
  for (const auto* list :
       {&profile.skills.programming_languages, &profile.skills.frameworks_libraries,
        &profile.skills.tools_platforms, &profile.skills.soft_skills})
    all.insert(all.end(), list->begin(), list->end());
  return all;
}

std::vector<Demand> compare(const std::vector<Job>& jobs, const Strings& mine) {
  std::set<std::string> keys;
  for (const auto& skill : mine)
    keys.insert(skill_key(skill));
  std::map<std::string, Demand> demands;
  for (const auto& job : jobs)
    for (const auto& [key, name] : asked_by(job)) {
      auto& demand = demands[key];
      demand.name = name;
      ++demand.postings;
    }
  std::vector<Demand> list;
  for (auto& [key, demand] : demands) {
    demand.has = keys.contains(key);
    double best = close_enough;
    for (const auto& skill : mine)
      if (double how = related(skill, demand.name); !demand.has && how >= best) {
        best = how;
        demand.related = skill;
      }
    list.push_back(std::move(demand));
  }
  std::stable_sort(list.begin(), list.end(),
                   [](const Demand& a, const Demand& b) { return a.postings > b.postings; });
  return list;
}

task<Result<std::vector<Job>>> postings_for(storage::Session& session, std::optional<JobId> job,
                                            const std::string& role) {
  if (job)
    co_return co_await storage::load_jobs(session, {*job});
  storage::JobFilter filter;
  filter.q = role;
  filter.sort = JobSort::relevance;
  auto page = co_await storage::list_jobs(session, filter, "", postings_read, now());
  if (!page)
    co_return fail(std::move(page.error()));
  co_return std::move(page->items);
}

void write_list(json::Writer& w, std::string_view name, const std::vector<Demand>& list, bool has) {
  w.key(name).begin_array();
  std::size_t shown = 0;
  for (const auto& demand : list) {
    if (demand.has != has || shown++ >= skills_shown)
      continue;
    w.begin_object().member("skill", std::string_view{demand.name});
    w.member("postings", demand.postings);
    if (!demand.related.empty())
      w.member("related", std::string_view{demand.related});
    w.end_object();
  }
  w.end_array();
}

}  // namespace

task<Result<std::string>> find_skill_gaps(Services& services, Context context,
                                          std::optional<JobId> job, std::string role) {
  auto user = context.principal.user;
  auto rendered =
    co_await net::ask([&services, user] { return services.user(user); }, context, GetProfile{});
  if (!rendered)
    co_return fail(std::move(rendered.error()));
  auto profile = json::decode<Profile>(*rendered->json);
  if (!profile)
    co_return fail(std::move(profile.error()));
  if (!job && role.empty() && !profile->preferences.desired_roles.empty())
    role = profile->preferences.desired_roles.front();
  if (!job && role.empty() && !profile->experience.job_titles.empty())
    role = profile->experience.job_titles.front();
  if (!job && role.empty())
    co_return fail(Errc::unprocessable, "say for which role or posting");
  storage::Until session{services.databases.here(), context.deadline};
  auto jobs = co_await postings_for(session, job, role);
  if (!jobs)
    co_return fail(std::move(jobs.error()));
  if (jobs->empty())
    co_return fail(Errc::not_found,
                   job ? "no such posting" : "there are no postings for this role at present");
  auto list = compare(*jobs, skills_of(*profile));
  json::Writer w;
  w.begin_object();
  if (!role.empty())
    w.member("role", std::string_view{role});
  w.member("postingsCompared", static_cast<std::int64_t>(jobs->size()));
  write_list(w, "missing", list, false);
  write_list(w, "present", list, true);
  w.end_object();
  co_return w.text();
}

}  // namespace jobraker::chat
