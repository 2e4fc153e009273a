#pragma once

#include <string>

#include "actors/workflows/core/kit_documents.hpp"
#include "messages/profile.hpp"

/// A kit's documents as Markdown. What the model wrote is text and nothing else: signs that mean
/// something in Markdown are escaped. Name and contact data come from the profile.
namespace jobraker::workflows {

/// The résumé: name, contact, summary, experience, education, skills in the profile's groups.
std::string resume_markdown(const KitResume& resume, const Profile& profile);

/// The letter, signed with the name if it was not already.
std::string letter_markdown(const KitLetter& letter, const Profile& profile);

/// Text that Markdown shows as it is, on one line.
std::string escaped_markdown(std::string_view text);

}  // namespace jobraker::workflows
