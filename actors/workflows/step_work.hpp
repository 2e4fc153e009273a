#pragma once

#include <memory>
#include <string>
#include <vector>

#include "actors/system/services.hpp"
#include "actors/workflows/core/facts.hpp"
#include "actors/workflows/core/truth.hpp"
#include "messages/applications.hpp"
#include "messages/jobs.hpp"
#include "messages/task.hpp"
#include "storage/workflows.hpp"

/// The work of single steps, as coroutines on an I/O thread.
namespace jobraker::workflows {

/// What a step works with. Immutable once made.
struct StepMaterial {
  KitStep step = KitStep::analyze_job;
  UserId user{};
  KitStep from_step = KitStep::analyze_job;  ///< of the run
  Profile profile{};
  CareerFacts facts{};
  Job job{};               ///< not of the last step
  std::string analysis{};  ///< outputs of earlier steps, JSON
  std::string resume{};
  std::string letter{};
  std::string input{};  ///< what is stored of all this, JSON without contact data
};
using Material = std::shared_ptr<const StepMaterial>;

/// What a step's work came to.
struct StepOutcome {
  std::string output{};  ///< JSON
  std::string model{};   ///< that answered
  std::string answer{};  ///< as it came, for a repair
  Violations violations{};
  std::vector<storage::ApplicationDocument> documents{};  ///< of the last step
};

/// Whether a kit can be made of this application: its posting and its person's profile, or
/// Errc::unprocessable in words for the person.
task<Result<std::pair<Profile, Job>>> kit_sources(storage::Session& session,
                                                  const Application& application);

/// Reads what the step needs and commits its beginning. Errc::conflict: the run is over.
task<Result<Material>> begin_work(Services& services, storage::StepOfRun at);

/// Does the step's work. With `repair` the answer before is put right. Errc::forbidden when a model
/// would be asked and the consent was withdrawn meanwhile.
task<Result<StepOutcome>> do_work(Services& services, Material material, Violations repair,
                                  std::string answer_before);

}  // namespace jobraker::workflows
