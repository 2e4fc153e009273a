#include "actors/workflows/step_work.hpp"

#include "actors/llm/gateway.hpp"
#include "actors/system/work_pool.hpp"
#include "actors/workflows/core/prompts.hpp"
#include "actors/workflows/core/render.hpp"
#include "actors/workflows/kit_consent.hpp"
#include "messages/codec.hpp"
#include "storage/applications.hpp"
#include "storage/databases.hpp"
#include "storage/jobs.hpp"
#include "storage/profiles.hpp"

namespace jobraker::workflows {
namespace {

constexpr std::chrono::seconds rows_budget{20};
/// More than any operation's own deadline.
constexpr std::chrono::minutes model_budget{6};

std::string output_of(const storage::Workflow& workflow, KitStep step) {
  return workflow.steps[static_cast<std::size_t>(step)].output.value_or("");
}

std::string prompt_of(const StepMaterial& m, chat::PersonalData& personal) {
  PromptMaterial material{m.facts, m.job, m.analysis, m.resume};
  switch (m.step) {
  case KitStep::analyze_job:
    return analyze_prompt(personal, material);
  case KitStep::optimize_resume:
    return resume_prompt(personal, material);
  case KitStep::generate_cover_letter:
    return letter_prompt(personal, material);
  case KitStep::finalize:
    break;
  }
  return "";
}

chat::PersonalData personal_data(const StepMaterial& m) {
  return chat::PersonalData{chat::known_person(m.facts.person)};
}

/// What the row keeps: which versions were read, and the message to the model.
std::string input_json(const StepMaterial& m) {
  json::Writer w;
  w.begin_object().member("profile_version", m.profile.version);
  if (m.step == KitStep::finalize) {
    w.key("documents").begin_array();
    for (const char* kind : {"resume", "cover_letter"})
      w.value(kind);
    w.end_array();
  } else {
    auto personal = personal_data(m);
    w.member("job_id", std::string_view{to_string(m.job.id)})
      .member("job_version", m.job.version)
      .member("message", std::string_view{prompt_of(m, personal)});
  }
  w.end_object();
  return w.text();
}

tl::unexpected<Error> unprocessable(std::string detail) {
  return fail(Errc::unprocessable, std::move(detail));
}

task<Result<Profile>> profile_for_kit(storage::Session& session, UserId user) {
  auto profile = co_await storage::find_profile(session, user);
  if (!profile && profile.error().code == Errc::not_found)
    co_return unprocessable("there is no profile yet; upload a résumé first");
  if (profile && !says_enough(*profile))
    co_return unprocessable(
      "the profile says too little for a kit; add employments, degrees or skills first");
  co_return profile;
}

task<Result<Job>> posting_for_kit(storage::Session& session, const Application& application) {
  if (!application.job_id)
    co_return unprocessable(
      "this application names no stored posting (job_id), so there is nothing "
      "to make a kit for");
  auto job = co_await storage::find_job(session, *application.job_id);
  if (!job && job.error().code == Errc::not_found)
    co_return unprocessable("the posting of this application is no longer stored");
  co_return job;
}

PostingText posting_of(const Job& job) { return {job.company, posting_text(job)}; }

/// Reads the answer and holds it against the profile.
Result<StepOutcome> judge(const StepMaterial& m, const std::string& revealed) {
  StepOutcome out;
  if (m.step == KitStep::analyze_job) {
    auto analysis = read_analysis_answer(revealed);
    if (!analysis)
      return fail(std::move(analysis.error()));
    out.output = std::move(*analysis);
    return out;
  }
  if (m.step == KitStep::generate_cover_letter) {
    auto letter = read_letter_answer(revealed);
    if (!letter)
      return fail(std::move(letter.error()));
    out.violations = check_letter(*letter, m.facts, posting_of(m.job));
    out.output = json::encode(*letter);
    return out;
  }
  auto resume = read_resume_answer(revealed);
  if (!resume)
    return fail(std::move(resume.error()));
  if (resume->experience.empty() && !m.facts.employments.empty())
    return fail(Errc::upstream_failed, "the model's résumé leaves out every employment");
  out.violations = check_resume(*resume, m.facts, posting_of(m.job));
  if (out.violations.empty())
    out.output = json::encode(settled(std::move(*resume), m.facts));
  return out;
}

std::string_view operation_of(KitStep step) {
  return step == KitStep::generate_cover_letter ? "cover_letter" : name_of(step);
}

task<Result<StepOutcome>> ask(Services& services, Material m, Violations repair,
                              std::string answer_before) {
  // Placeholders and the check take more than a moment of a processor.
  auto personal = std::make_shared<chat::PersonalData>(personal_data(*m));
  auto prompt = co_await services.work.run<std::string>(
    [m, personal, repair, answer_before]() -> Result<std::string> {
      auto text = prompt_of(*m, *personal);
      if (!repair.empty())
        text += repair_prompt(*personal, answer_before, repair);
      return text;
    });
  if (!prompt)
    co_return fail(std::move(prompt.error()));
  llm::ModelCall call;
  call.operation = operation_of(m->step);
  call.user = m->user;
  ModelMessage message;
  message.text = std::move(*prompt);
  call.messages.push_back(std::move(message));
  auto reply = co_await llm::ask_model(services, Context::system(model_budget), std::move(call));
  if (!reply)
    co_return fail(std::move(reply.error()));
  auto text = std::make_shared<const std::string>(std::move(reply->reply.text));
  auto outcome = co_await services.work.run<StepOutcome>(
    [m, personal, text] { return judge(*m, personal->reveal_json(*text)); });
  if (!outcome)
    co_return fail(std::move(outcome.error()));
  outcome->model = std::move(reply->model);
  outcome->answer = *text;
  co_return outcome;
}

/// The documents of the steps that ran; all of them when only they were asked for.
Result<StepOutcome> finalize(const StepMaterial& m) {
  auto resume = read_resume_answer(m.resume);
  auto letter = read_letter_answer(m.letter);
  if (!resume || !letter)
    return fail(Errc::internal, "what earlier steps stored cannot be read");
  StepOutcome out;
  if (m.from_step != KitStep::generate_cover_letter)
    out.documents.push_back({{}, "resume", resume_markdown(*resume, m.profile), 0, {}});
  out.documents.push_back({{}, "cover_letter", letter_markdown(*letter, m.profile), 0, {}});
  json::Writer w;
  w.begin_object().key("documents").begin_array();
  for (const auto& document : out.documents)
    w.begin_object()
      .member("kind", std::string_view{document.kind})
      .member("bytes", static_cast<std::int64_t>(document.markdown.size()))
      .end_object();
  w.end_array().end_object();
  out.output = w.text();
  return out;
}

}  // namespace

task<Result<std::pair<Profile, Job>>> kit_sources(storage::Session& session,
                                                  const Application& application) {
  auto profile = co_await profile_for_kit(session, application.user_id);
  if (!profile)
    co_return fail(std::move(profile.error()));
  auto job = co_await posting_for_kit(session, application);
  if (!job)
    co_return fail(std::move(job.error()));
  co_return std::pair{std::move(*profile), std::move(*job)};
}

task<Result<Material>> begin_work(Services& services, storage::StepOfRun at) {
  storage::Until session{services.databases.here(), std::chrono::steady_clock::now() + rows_budget};
  auto workflow = co_await storage::load_workflow(session, at.workflow);
  if (!workflow)
    co_return fail(std::move(workflow.error()));
  auto application =
    co_await storage::find_application(session, workflow->application, std::nullopt);
  if (!application)
    co_return fail(std::move(application.error()));
  auto material = std::make_shared<StepMaterial>();
  material->step = at.step;
  material->user = workflow->user;
  material->from_step = workflow->from_step;
  material->analysis = output_of(*workflow, KitStep::analyze_job);
  material->resume = output_of(*workflow, KitStep::optimize_resume);
  material->letter = output_of(*workflow, KitStep::generate_cover_letter);
  auto profile = co_await profile_for_kit(session, workflow->user);
  if (!profile)
    co_return fail(std::move(profile.error()));
  material->profile = std::move(*profile);
  if (at.step != KitStep::finalize) {
    auto job = co_await posting_for_kit(session, *application);
    if (!job)
      co_return fail(std::move(job.error()));
    material->job = std::move(*job);
  }
  auto ready = co_await services.work.run<Material>([material]() -> Result<Material> {
    material->facts = facts_of(material->profile);
    material->input = input_json(*material);
    return Material{material};
  });
  if (!ready)
    co_return ready;
  auto begun = co_await storage::begin_step(session, at, (*ready)->input, now());
  if (!begun)
    co_return fail(std::move(begun.error()));
  co_return ready;
}

task<Result<StepOutcome>> do_work(Services& services, Material material, Violations repair,
                                  std::string answer_before) {
  if (material->step != KitStep::finalize) {
    // Before each call: the person may have changed their mind since the run began.
    storage::Until session{services.databases.here(),
                           std::chrono::steady_clock::now() + rows_budget};
    if (auto allowed = co_await check_consent(session, material->user); !allowed)
      co_return fail(std::move(allowed.error()));
    co_return co_await ask(services, std::move(material), std::move(repair),
                           std::move(answer_before));
  }
  co_return co_await services.work.run<StepOutcome>([material] { return finalize(*material); });
}

}  // namespace jobraker::workflows
