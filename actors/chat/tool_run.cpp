#include "actors/chat/tool_run.hpp"

#include <functional>
#include <map>

#include "actors/chat/resume_feedback.hpp"
#include "actors/chat/tool_applications.hpp"
#include "actors/chat/tool_effect.hpp"
#include "actors/chat/tool_skills.hpp"
#include "messages/codec.hpp"
#include "messages/json.hpp"
#include "net/ask.hpp"
#include "storage/databases.hpp"
#include "storage/job_search.hpp"
#include "storage/jobs.hpp"

namespace jobraker::chat {
namespace {

constexpr std::size_t excerpt_bytes = 300;
constexpr std::size_t description_bytes = 6000;

using Run = task<Result<std::string>> (*)(Services&, Context, ToolRequest, json::Document);

std::string cut(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes)
    return std::string{text};
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0) == 0x80)
    --bytes;
  return std::string{text.substr(0, bytes)} + "…";
}

void write_job(json::Writer& w, const Job& job, std::size_t description) {
  w.begin_object();
  w.member("jobId", std::string_view{to_string(job.id)});
  w.member("title", std::string_view{job.title}).member("company", std::string_view{job.company});
  w.member("location", std::string_view{job.location});
  if (job.salary_min)
    w.member("salaryMin", static_cast<double>(*job.salary_min));
  if (job.salary_max)
    w.member("salaryMax", static_cast<double>(*job.salary_max));
  w.member("description", std::string_view{cut(job.description, description)});
  w.member("url", std::string_view{job.source_url});
  w.end_object();
}

task<Result<std::string>> search_jobs(Services& services, Context context, ToolRequest,
                                      json::Document arguments) {
  auto args = arguments.root();
  storage::JobFilter filter;
  filter.q = args["query"].string_or("");
  filter.location = args["location"].string_or("");
  filter.country = args["country"].string_or("");
  filter.company = args["company"].string_or("");
  filter.remote = args["remote"].boolean();
  filter.salary_min = args["salaryMin"].integer();
  if (auto days = args["postedWithinDays"].integer())
    filter.posted_within_days = static_cast<int>(*days);
  if (!filter.q.empty())
    filter.sort = JobSort::relevance;
  storage::Until session{services.databases.here(), context.deadline};
  auto limit = static_cast<std::size_t>(args["limit"].integer().value_or(10));
  auto page =
    co_await storage::list_jobs(session, filter, "", std::clamp<std::size_t>(limit, 1, 20), now());
  if (!page)
    co_return fail(std::move(page.error()));
  json::Writer w;
  w.begin_object().key("jobs").begin_array();
  for (const auto& job : page->items)
    write_job(w, job, excerpt_bytes);
  w.end_array().end_object();
  co_return w.text();
}

task<Result<std::string>> job_details(Services& services, Context context, ToolRequest,
                                      json::Document arguments) {
  auto id = JobId::parse(arguments.root()["jobId"].string_or(""));
  if (!id)
    co_return fail(Errc::not_found, "no such posting");
  storage::Until session{services.databases.here(), context.deadline};
  auto jobs = co_await storage::load_jobs(session, {*id});
  if (!jobs)
    co_return fail(std::move(jobs.error()));
  if (jobs->empty())
    co_return fail(Errc::not_found, "no such posting");
  json::Writer w;
  write_job(w, jobs->front(), description_bytes);
  co_return w.text();
}

task<Result<std::string>> recommend(Services& services, Context context, ToolRequest,
                                    json::Document arguments) {
  auto args = arguments.root();
  GetMatches question;
  question.limit = args["limit"].integer().value_or(5);
  question.min_score = static_cast<double>(args["minScore"].integer().value_or(60));
  auto user = context.principal.user;
  auto matches =
    co_await net::ask([&services, user] { return services.user(user); }, context, question);
  if (!matches)
    co_return fail(std::move(matches.error()));
  auto document = json::Document::parse(*matches->json);
  if (!document)
    co_return fail(std::move(document.error()));
  json::Writer w;
  w.begin_object().key("matches").begin_array();
  document->root()["items"].each_element([&w](json::View match) {
    auto job = match["job"];
    w.begin_object();
    w.member("jobId", std::string_view{job["id"].string_or("")});
    w.member("title", std::string_view{job["title"].string_or("")});
    w.member("company", std::string_view{job["company"].string_or("")});
    w.member("location", std::string_view{job["location"].string_or("")});
    w.member("score", match["compatibility_score"].number().value_or(0));
    w.member("reason", std::string_view{cut(match["ai_reasoning"].string_or(""), excerpt_bytes)});
    w.end_object();
  });
  w.end_array().end_object();
  co_return w.text();
}

task<Result<std::string>> feedback(Services& services, Context context, ToolRequest,
                                   json::Document arguments) {
  auto args = arguments.root();
  AskResumeFeedback question;
  if (auto role = args["targetRole"].string())
    question.target_role = std::string{*role};
  question.job_id = JobId::parse(args["jobId"].string_or(""));
  auto user = context.principal.user;
  co_return co_await resume_feedback(services, std::move(context), user, std::move(question));
}

task<Result<std::string>> skill_gaps(Services& services, Context context, ToolRequest,
                                     json::Document arguments) {
  auto args = arguments.root();
  co_return co_await find_skill_gaps(services, std::move(context),
                                     JobId::parse(args["jobId"].string_or("")),
                                     args["targetRole"].string_or(""));
}

/// The person's preferences, changed by their actor together with the effect's end.
task<Result<std::string>> update_preferences(Services& services, Context context,
                                             ToolRequest request, json::Document arguments) {
  auto start = co_await begin_effect(services, context, request);
  if (!start)
    co_return fail(std::move(start.error()));
  if (!start->fence)
    co_return start->outcome;
  json::Writer outcome;
  outcome.begin_object().member("updated", true);
  outcome.key("preferences").raw(arguments.root().dump()).end_object();
  UpdateProfile change;
  json::Writer patch;
  patch.begin_object().key("preferences").raw(arguments.root().dump()).end_object();
  change.patch = patch.text();
  change.effect =
    EffectPass{std::string{tool_call.name}, tool_key(request).bytes, *start->fence, outcome.text()};
  auto user = context.principal.user;
  auto done = co_await net::ask([&services, user] { return services.user(user); }, context, change);
  if (done)
    co_return outcome.text();
  // Refused for good: the effect is free again. In doubt it stays until its lease ends.
  if (done.error().code == Errc::invalid || done.error().code == Errc::malformed)
    co_await storage::give_back_effect(services.databases.here(), tool_call, tool_key(request),
                                       *start->fence);
  co_return fail(std::move(done.error()));
}

const std::map<std::string, Run, std::less<>>& table() {
  static const std::map<std::string, Run, std::less<>> runs{
    {"searchJobs", search_jobs},
    {"getJobDetails", job_details},
    {"recommendJobs", recommend},
    {"getResumeFeedback", feedback},
    {"getSkillGaps", skill_gaps},
    {"updatePreferences", update_preferences},
    {"getApplicationStatus", application_status},
    {"listApplications", list_applications},
    {"getInterviewSlots", interview_slots},
    {"scheduleInterview", schedule_interview},
    {"startAutoApply", start_auto_apply},
  };
  return runs;
}

}  // namespace

task<Result<std::string>> run_tool(Services& services, Context context, ToolRequest request) {
  auto found = table().find(request.name);
  if (found == table().end())
    co_return fail(Errc::not_found, "there is no function " + request.name);
  auto arguments = json::Document::parse(request.arguments);
  if (!arguments)
    co_return fail(std::move(arguments.error()));
  auto run = found->second;
  co_return co_await run(services, std::move(context), std::move(request), std::move(*arguments));
}

}  // namespace jobraker::chat
