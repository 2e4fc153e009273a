#pragma once

#include <string>
#include <string_view>

#include "actors/chat/core/redact.hpp"
#include "actors/workflows/core/facts.hpp"
#include "actors/workflows/core/violation.hpp"
#include "messages/jobs.hpp"

/// The user messages of a kit's operations: fenced material, contact data replaced by placeholders.
/// The same material makes the same placeholders, so an answer can be revealed with a second
/// `PersonalData` that hid the same message.
namespace jobraker::workflows {

/// What the steps have to work with. `analysis` and `resume` are JSON of earlier steps, empty
/// before them.
struct PromptMaterial {
  const CareerFacts& facts;
  const Job& job;
  std::string_view analysis{};
  std::string_view resume{};
};

std::string analyze_prompt(chat::PersonalData& personal, const PromptMaterial& material);
std::string resume_prompt(chat::PersonalData& personal, const PromptMaterial& material);
std::string letter_prompt(chat::PersonalData& personal, const PromptMaterial& material);

/// What follows a prompt when its answer was refused: that answer (as it came, with placeholders),
/// and its faults.
std::string repair_prompt(chat::PersonalData& personal, std::string_view answer,
                          const Violations& faults);

/// Title, place and text of a posting.
std::string posting_text(const Job& job);

}  // namespace jobraker::workflows
