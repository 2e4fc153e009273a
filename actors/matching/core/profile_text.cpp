#include "actors/matching/core/profile_text.hpp"

#include <array>

#include <sodium.h>

#include "messages/enums.hpp"

namespace jobraker::matching {
namespace {

void line(std::string& out, std::string_view label, std::string_view text) {
  if (text.empty())
    return;
  if (!out.empty())
    out += '\n';
  out.append(label).append(text);
}

std::string joined(const Strings& list) {
  std::string out;
  for (const auto& text : list)
    if (!text.empty())
      out += (out.empty() ? "" : ", ") + text;
  return out;
}

std::string finished(const std::string& text, const PersonalInfo& person) {
  return cut(without_contact(text, person), embedded_text_max);
}

std::string skills_text(const Profile& profile) {
  std::string out;
  line(out, "Languages: ", joined(profile.skills.programming_languages));
  line(out, "Frameworks and libraries: ", joined(profile.skills.frameworks_libraries));
  line(out, "Tools and platforms: ", joined(profile.skills.tools_platforms));
  line(out, "Soft skills: ", joined(profile.skills.soft_skills));
  line(out, "Coursework: ", joined(profile.education.relevant_coursework));
  return out;
}

std::string experience_text(const Profile& profile) {
  std::string out;
  if (auto level = profile.summary.career_level; level && *level != Seniority::unknown)
    line(out, "Level: ", name_of(*level));
  line(out, "", profile.summary.professional_summary.value_or(""));
  const auto& experience = profile.experience;
  auto count = std::max(experience.job_titles.size(), experience.experience_descriptions.size());
  for (std::size_t i = 0; i < count; ++i) {
    std::string employment = i < experience.job_titles.size() ? experience.job_titles[i] : "";
    if (i < experience.experience_descriptions.size() &&
        !experience.experience_descriptions[i].empty())
      employment += (employment.empty() ? "" : ": ") + experience.experience_descriptions[i];
    line(out, "", employment);
  }
  line(out, "Industries: ", joined(experience.industries));
  line(out, "Degrees: ", joined(profile.education.degrees));
  return out;
}

std::string goals_text(const Profile& profile) {
  std::string out;
  line(out, "Wants to work as: ", joined(profile.preferences.desired_roles));
  std::string types;
  for (auto type : profile.preferences.job_types)
    types.append(types.empty() ? "" : ", ").append(name_of(type));
  line(out, "Employment: ", types);
  if (auto size = profile.preferences.company_size_preference; size && *size != CompanySize::any)
    line(out, "Company size: ", name_of(*size));
  // Without a wish the work so far is the best guess at what is looked for.
  if (profile.preferences.desired_roles.empty() && !profile.experience.job_titles.empty())
    line(out, "Has worked as: ", profile.experience.job_titles.front());
  return out;
}

}  // namespace

UserTexts texts_of(const Profile& profile) {
  const auto& person = profile.personal_info;
  return {finished(skills_text(profile), person), finished(experience_text(profile), person),
          finished(goals_text(profile), person)};
}

JobTexts texts_of(const Job& job) {
  JobTexts out;
  std::string description;
  line(description, "", job.title);
  if (job.seniority != Seniority::unknown)
    line(description, "Level: ", name_of(job.seniority));
  line(description, "", job.description);
  out.description = cut(description, embedded_text_max);
  std::string requirements;
  line(requirements, "Skills: ", joined(job.skills));
  line(requirements, "", job.requirements);
  out.requirements = cut(requirements, embedded_text_max);
  return out;
}

std::string content_hash(std::string_view text) {
  std::array<unsigned char, crypto_hash_sha256_BYTES> digest{};
  crypto_hash_sha256(digest.data(), reinterpret_cast<const unsigned char*>(text.data()),
                     text.size());
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  out.reserve(2 * digest.size());
  for (auto byte : digest) {
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
  return out;
}

std::string cut(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes)
    return std::string{text};
  auto end = bytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80)
    --end;
  // At the end of a word, unless it is not much of a word.
  constexpr std::size_t word_max = 40;
  auto space = text.substr(0, end).find_last_of(" \n\t");
  if (text[end] != ' ' && text[end] != '\n' && space != std::string_view::npos &&
      space + word_max >= end)
    end = space;
  return std::string{text.substr(0, end)};
}

}  // namespace jobraker::matching
