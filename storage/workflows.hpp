#pragma once

#include <optional>
#include <string>
#include <vector>

#include "messages/tasks.hpp"
#include "messages/workflows.hpp"
#include "storage/application_documents.hpp"

/// The kits of applications. There are no claims: one actor drives a workflow, and what a step came
/// to is written at once; whatever is not done after a crash is begun again. Every write names the
/// run it belongs to, and a later run refuses it.
namespace jobraker::storage {

/// One step of a workflow; input, output and error are JSON.
struct WorkflowStep {
  KitStep step = KitStep::analyze_job;
  KitStepState state = KitStepState::pending;
  std::int64_t attempts = 0;  ///< how often it was begun in the latest run
  std::optional<std::string> input{};
  std::optional<std::string> output{};
  std::optional<std::string> error{};
  std::string model{};  ///< that answered
  std::optional<Time> started_at{};
  std::optional<Time> finished_at{};
};

/// The kit of one application.
struct Workflow {
  WorkflowId id{};
  ApplicationId application{};
  UserId user{};
  std::optional<TaskId> task{};  ///< of the latest run
  std::int64_t run = 1;
  KitStep from_step = KitStep::analyze_job;  ///< where the latest run began
  WorkflowState state = WorkflowState::running;
  Time created_at{};
  Time updated_at{};
  std::vector<WorkflowStep> steps{};  ///< all four, in order
};

/// What a new run begins with.
struct NewRun {
  ApplicationId application{};
  UserId user{};
  KitStep from = KitStep::analyze_job;
  TaskId task{};
};

/// Begins a run, the first or a later one, and its task (kind `application_kit`, total 4) in one
/// transaction. Steps before `from` keep what they came to; `from` and those behind it start empty.
/// Errc::conflict while a run is under way, or when a step before `from` is not done.
task<Result<Workflow>> start_workflow(Session& session, NewRun run, Time now);

/// The workflow with its steps, or Errc::not_found.
task<Result<Workflow>> load_workflow(Session& session, WorkflowId id);

/// The workflow of an application, or Errc::not_found.
task<Result<Workflow>> find_workflow(Session& session, ApplicationId application);

/// All that are running, oldest first: what a start has to take up again.
task<Result<std::vector<WorkflowId>>> unfinished_workflows(Session& session);

/// Names the step of one run that a write is about.
struct StepOfRun {
  WorkflowId workflow{};
  std::int64_t run = 0;
  KitStep step = KitStep::analyze_job;
};

/// The step is running with this input, and counted. Errc::conflict when it is done already, or the
/// run is over.
task<Done> begin_step(Session& session, StepOfRun at, std::string input, Time now);

/// The step came to this output. Doing it again changes nothing; Errc::conflict when the run is
/// over or the step was not begun.
task<Done> finish_step(Session& session, StepOfRun at, std::string output, std::string model,
                       Time now);

/// The last step's end: its output, the documents that replace what is there, the end of the run
/// and of its task with `result`, in one transaction. Errc::conflict when the run is over.
task<Done> conclude_workflow(Session& session, StepOfRun at, std::string output,
                             std::vector<ApplicationDocument> documents, std::string result,
                             Time now);

/// The step and with it the run and its task have failed. `error` is what the step shows,
/// `task_error` what the task does. Errc::conflict when the run is over.
task<Done> fail_step(Session& session, StepOfRun at, std::string error, std::string task_error,
                     Time now);

}  // namespace jobraker::storage
