#include "actors/workflows/core/render.hpp"

#include <algorithm>
#include <set>

#include "actors/profile/core/unicode.hpp"
#include "actors/skills/skills.hpp"
#include "actors/workflows/core/names.hpp"

namespace jobraker::workflows {
namespace {

/// The headings, in the language of the text below them.
struct Headings {
  std::string_view summary, experience, education, skills;
  std::string_view languages, frameworks, tools, personal, more;
};
constexpr Headings english{"Summary",
                           "Experience",
                           "Education",
                           "Skills",
                           "Programming languages",
                           "Frameworks and libraries",
                           "Tools and platforms",
                           "Personal skills",
                           "More"};
constexpr Headings german{"Profil",
                          "Berufserfahrung",
                          "Ausbildung",
                          "Kenntnisse",
                          "Programmiersprachen",
                          "Frameworks und Bibliotheken",
                          "Werkzeuge und Plattformen",
                          "Persönliche Stärken",
                          "Weiteres"};

void heading(std::string& out, std::string_view signs, const std::string& text) {
  out += (out.empty() ? "" : "\n") + std::string{signs} + " " + text + "\n";
}

std::string contact_line(const PersonalInfo& person) {
  std::string out;
  auto add = [&](const std::string& text) {
    out += (out.empty() || text.empty() ? "" : " · ") + text;
  };
  if (person.email && person.email->find_first_of(" ()<>\\") != std::string::npos)
    add(escaped_markdown(*person.email));
  else if (person.email)
    add("[" + escaped_markdown(*person.email) + "](mailto:" + *person.email + ")");
  if (person.phone)
    add(escaped_markdown(*person.phone));
  if (person.location)
    add(escaped_markdown(*person.location));
  return out;
}

void write_experience(std::string& out, const KitResume& resume) {
  for (const auto& item : resume.experience) {
    heading(out, "###",
            escaped_markdown(item.title) +
              (item.company.empty() ? "" : ", " + escaped_markdown(item.company)));
    if (!item.dates.empty())
      out += "\n*" + escaped_markdown(item.dates) + "*\n";
    if (!item.bullets.empty())
      out += "\n";
    for (const auto& bullet : item.bullets)
      out += "- " + escaped_markdown(bullet) + "\n";
  }
}

void write_education(std::string& out, const KitResume& resume) {
  out += "\n";
  for (const auto& item : resume.education) {
    std::string line;
    for (const auto& part :
         {item.degree, item.institution, item.year ? std::to_string(*item.year) : ""})
      if (!part.empty())
        line += (line.empty() ? "" : ", ") + escaped_markdown(part);
    if (!line.empty())
      out += "- " + line + "\n";
  }
}

/// The skills that one of the profile's lists has, in the résumé's order.
void write_group(std::string& out, std::string_view label, const Strings& skills,
                 const Strings* list, std::set<std::string>& shown) {
  std::string line;
  for (const auto& skill : skills) {
    auto key = skill_key(skill);
    bool here = !list || std::any_of(list->begin(), list->end(),
                                     [&](const auto& own) { return skill_key(own) == key; });
    if (here && shown.insert(key).second)
      line += (line.empty() ? "" : ", ") + escaped_markdown(skill);
  }
  if (!line.empty())
    out += "- **" + std::string{label} + ":** " + line + "\n";
}

void write_skills(std::string& out, const KitResume& resume, const Skills& own, const Headings& h) {
  std::set<std::string> shown;
  out += "\n";
  write_group(out, h.languages, resume.skills, &own.programming_languages, shown);
  write_group(out, h.frameworks, resume.skills, &own.frameworks_libraries, shown);
  write_group(out, h.tools, resume.skills, &own.tools_platforms, shown);
  write_group(out, h.personal, resume.skills, &own.soft_skills, shown);
  write_group(out, h.more, resume.skills, nullptr, shown);
}

bool is_german(const KitResume& resume) {
  std::string prose = resume.summary;
  for (const auto& item : resume.experience)
    for (const auto& bullet : item.bullets)
      prose += "\n" + bullet;
  return capitals_of(prose) == Capitals::nouns;
}

}  // namespace

std::string escaped_markdown(std::string_view text) {
  std::string out;
  for (char c : trim(text)) {
    bool blank = c == '\n' || c == '\r' || c == '\t';
    if (!blank && static_cast<unsigned char>(c) < 0x20)
      continue;
    if (c == '\\' || c == '*' || c == '_' || c == '`' || c == '[' || c == ']' || c == '<')
      out += '\\';
    out += blank ? ' ' : c;
  }
  // What opens a heading, a list, a quotation or a rule.
  bool marker = !out.empty() && (out[0] == '#' || out[0] == '-' || out[0] == '+' || out[0] == '>' ||
                                 out[0] == '=' || out[0] == '~' || out[0] == '|');
  auto figures = out.find_first_not_of("0123456789");
  bool number =
    figures != std::string::npos && figures > 0 && (out[figures] == '.' || out[figures] == ')');
  if (marker)
    out.insert(0, "\\");
  else if (number)
    out.insert(figures, "\\");
  return out;
}

std::string resume_markdown(const KitResume& resume, const Profile& profile) {
  const auto& h = is_german(resume) ? german : english;
  std::string out;
  heading(out, "#", escaped_markdown(profile.personal_info.full_name.value_or("Résumé")));
  if (!resume.headline.empty())
    out += "\n**" + escaped_markdown(resume.headline) + "**\n";
  if (auto contact = contact_line(profile.personal_info); !contact.empty())
    out += "\n" + contact + "\n";
  if (!resume.summary.empty()) {
    heading(out, "##", std::string{h.summary});
    out += "\n" + escaped_markdown(resume.summary) + "\n";
  }
  if (!resume.experience.empty()) {
    heading(out, "##", std::string{h.experience});
    write_experience(out, resume);
  }
  if (!resume.education.empty()) {
    heading(out, "##", std::string{h.education});
    write_education(out, resume);
  }
  if (!resume.skills.empty()) {
    heading(out, "##", std::string{h.skills});
    write_skills(out, resume, profile.skills, h);
  }
  return out;
}

std::string letter_markdown(const KitLetter& letter, const Profile& profile) {
  std::string out;
  const auto& name = profile.personal_info.full_name;
  if (name)
    out += "**" + escaped_markdown(*name) + "**\n";
  if (auto contact = contact_line(profile.personal_info); !contact.empty())
    out += (out.empty() ? "" : "\n") + contact + "\n";
  if (!letter.subject.empty())
    heading(out, "##", escaped_markdown(letter.subject));
  // Lines stay lines: a closing and a name stand below each other.
  std::string_view rest = letter.letter;
  bool paragraph = true;
  while (!rest.empty()) {
    auto stop = std::min(rest.find('\n'), rest.size());
    auto line = escaped_markdown(rest.substr(0, stop));
    rest.remove_prefix(std::min(stop + 1, rest.size()));
    if (line.empty()) {
      paragraph = true;
      continue;
    }
    out += paragraph ? (out.empty() ? "" : "\n") + line + "\n" : line + "\n";
    if (!paragraph)
      out.insert(out.size() - line.size() - 2, "\\");
    paragraph = false;
  }
  auto tail = std::string_view{letter.letter};
  tail = tail.substr(tail.size() - std::min<std::size_t>(tail.size(), 200));
  if (name && tail.find(*name) == std::string_view::npos)
    out += "\n" + escaped_markdown(*name) + "\n";
  return out;
}

}  // namespace jobraker::workflows
