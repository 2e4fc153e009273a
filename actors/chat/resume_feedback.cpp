#include "actors/chat/resume_feedback.hpp"

#include "actors/chat/core/redact.hpp"
#include "actors/llm/core/fence.hpp"
#include "actors/llm/gateway.hpp"
#include "messages/codec.hpp"
#include "messages/json.hpp"
#include "net/ask.hpp"
#include "storage/databases.hpp"
#include "storage/jobs.hpp"

namespace jobraker::chat {
namespace {

/// The sections a reader of résumés looks at, without contact data.
std::string resume_text(const Profile& profile) {
  json::Writer w;
  w.begin_object();
  w.key("summary").raw(json::encode(profile.summary));
  w.key("skills").raw(json::encode(profile.skills));
  w.key("experience").raw(json::encode(profile.experience));
  w.key("education").raw(json::encode(profile.education));
  w.key("desired_roles").begin_array();
  for (const auto& role : profile.preferences.desired_roles)
    w.value(std::string_view{role});
  w.end_array().end_object();
  return w.text();
}

}  // namespace

task<Result<std::string>> resume_feedback(Services& services, Context context, UserId user,
                                          AskResumeFeedback question) {
  auto rendered =
    co_await net::ask([&services, user] { return services.user(user); }, context, GetProfile{});
  if (!rendered)
    co_return fail(std::move(rendered.error()));
  auto profile = json::decode<Profile>(*rendered->json);
  if (!profile)
    co_return fail(std::move(profile.error()));
  if (profile->experience.job_titles.empty() && profile->education.degrees.empty() &&
      profile->skills.programming_languages.empty() && profile->skills.tools_platforms.empty())
    co_return fail(Errc::unprocessable,
                   "the profile says too little to give feedback on; upload a résumé first");
  PersonalData personal{known_person(profile->personal_info)};
  auto text = llm::fenced("R1", "resume", "", personal.hide_json(resume_text(*profile)));
  if (question.target_role)
    text += "\n" + llm::fenced("G1", "goal", "", personal.hide(*question.target_role));
  if (question.job_id) {
    auto jobs = co_await storage::load_jobs(services.databases.here(), {*question.job_id});
    if (!jobs)
      co_return fail(std::move(jobs.error()));
    if (jobs->empty())
      co_return fail(Errc::not_found, "no such posting");
    text += "\n" + llm::fenced("J1", "job", jobs->front().title, jobs->front().description);
  }
  llm::ModelCall call;
  call.operation = "resume_feedback";
  call.user = user;
  ModelMessage message;
  message.text = std::move(text);
  call.messages.push_back(std::move(message));
  auto outcome = co_await llm::ask_model(services, context, std::move(call));
  if (!outcome)
    co_return fail(std::move(outcome.error()));
  auto document = json::Document::parse(personal.reveal_json(outcome->reply.text));
  if (!document || !document->root()["improvements"].is_array())
    co_return fail(Errc::upstream_failed, "the model's feedback cannot be read");
  co_return document->root().dump();
}

}  // namespace jobraker::chat
