#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "messages/enums.hpp"
#include "messages/ids.hpp"
#include "messages/time.hpp"

/// The making of an application's kit, step by step.
namespace jobraker {

using WorkflowId = Id<struct WorkflowTag>;

/// The steps, in their order.
enum class KitStep : std::uint8_t {
  analyze_job,      ///< what the posting really asks for
  optimize_resume,  ///< the résumé reordered and reworded for it, checked against the profile
  generate_cover_letter,  ///< the letter
  finalize                ///< both as documents
};
template <>
inline constexpr std::string_view enum_names<KitStep>[] = {"analyze_job", "optimize_resume",
                                                           "generate_cover_letter", "finalize"};
inline constexpr std::array kit_steps{KitStep::analyze_job, KitStep::optimize_resume,
                                      KitStep::generate_cover_letter, KitStep::finalize};

enum class KitStepState : std::uint8_t { pending, running, done, failed };
template <>
inline constexpr std::string_view enum_names<KitStepState>[] = {"pending", "running", "done",
                                                                "failed"};

enum class WorkflowState : std::uint8_t { running, done, failed };
template <>
inline constexpr std::string_view enum_names<WorkflowState>[] = {"running", "done", "failed"};

}  // namespace jobraker
