#include "tools/sandbox/resume_text.hpp"
#include "tools/sandbox/text.hpp"

namespace jobraker::sandbox {

namespace {

struct Heading {
  std::string_view words;
  Section section;
};

// Longest first is not needed: a heading must match the whole line, or be followed by a colon.
constexpr Heading headings[] = {
  {"summary", Section::summary},
  {"professional summary", Section::summary},
  {"executive summary", Section::summary},
  {"career summary", Section::summary},
  {"profile summary", Section::summary},
  {"summary of qualifications", Section::summary},
  {"profile", Section::summary},
  {"professional profile", Section::summary},
  {"personal statement", Section::summary},
  {"about me", Section::summary},
  {"about", Section::summary},
  {"personal profile", Section::summary},
  {"kurzprofil", Section::summary},
  {"profil", Section::summary},
  {"über mich", Section::summary},
  {"objective", Section::objective},
  {"career objective", Section::objective},
  {"professional objective", Section::objective},
  {"job objective", Section::objective},
  {"goal", Section::objective},
  {"objectif", Section::objective},
  {"experience", Section::experience},
  {"work experience", Section::experience},
  {"professional experience", Section::experience},
  {"employment", Section::experience},
  {"employment history", Section::experience},
  {"work history", Section::experience},
  {"career history", Section::experience},
  {"professional background", Section::experience},
  {"relevant experience", Section::experience},
  {"clinical experience", Section::experience},
  {"teaching experience", Section::experience},
  {"driving experience", Section::experience},
  {"industry experience", Section::experience},
  {"work", Section::experience},
  {"job experience", Section::experience},
  {"working experience", Section::experience},
  {"company details", Section::experience},
  {"volunteer experience", Section::experience},
  {"internships", Section::experience},
  {"military service", Section::experience},
  {"berufserfahrung", Section::experience},
  {"beruflicher werdegang", Section::experience},
  {"berufspraxis", Section::experience},
  {"expérience", Section::experience},
  {"expériences", Section::experience},
  {"expérience professionnelle", Section::experience},
  {"expériences professionnelles", Section::experience},
  {"education", Section::education},
  {"education details", Section::education},
  {"education and training", Section::education},
  {"education & training", Section::education},
  {"academic background", Section::education},
  {"academic qualifications", Section::education},
  {"educational background", Section::education},
  {"educational qualifications", Section::education},
  {"academic profile", Section::education},
  {"qualifications", Section::education},
  {"studies", Section::education},
  {"ausbildung", Section::education},
  {"bildungsweg", Section::education},
  {"studium", Section::education},
  {"formation", Section::education},
  {"formations", Section::education},
  {"diplômes", Section::education},
  {"skills", Section::skills},
  {"technical skills", Section::skills},
  {"professional skills", Section::skills},
  {"key skills", Section::skills},
  {"core skills", Section::skills},
  {"it skills", Section::skills},
  {"computer skills", Section::skills},
  {"clinical skills", Section::skills},
  {"hard skills", Section::skills},
  {"soft skills", Section::skills},
  {"skills summary", Section::skills},
  {"skills & expertise", Section::skills},
  {"skills and abilities", Section::skills},
  {"skills & tools", Section::skills},
  {"skill details", Section::skills},
  {"skill set", Section::skills},
  {"technologies", Section::skills},
  {"technical expertise", Section::skills},
  {"technical proficiencies", Section::skills},
  {"areas of expertise", Section::skills},
  {"core competencies", Section::skills},
  {"competencies", Section::skills},
  {"expertise", Section::skills},
  {"computer knowledge", Section::skills},
  {"tools", Section::skills},
  {"experience summary", Section::skills},
  {"kenntnisse", Section::skills},
  {"fähigkeiten", Section::skills},
  {"edv-kenntnisse", Section::skills},
  {"compétences", Section::skills},
  {"languages", Section::languages},
  {"language", Section::languages},
  {"language skills", Section::languages},
  {"languages knowledge", Section::languages},
  {"sprachen", Section::languages},
  {"sprachkenntnisse", Section::languages},
  {"langues", Section::languages},
  {"projects", Section::projects},
  {"project", Section::projects},
  {"personal projects", Section::projects},
  {"academic projects", Section::projects},
  {"selected projects", Section::projects},
  {"key projects", Section::projects},
  {"projekte", Section::projects},
  {"projets", Section::projects},
  {"open source", Section::projects},
  {"certifications", Section::certificates},
  {"certification", Section::certificates},
  {"certificates", Section::certificates},
  {"certificate", Section::certificates},
  {"licenses", Section::certificates},
  {"licences", Section::certificates},
  {"licenses and certifications", Section::certificates},
  {"licences and certificates", Section::certificates},
  {"licenses & certifications", Section::certificates},
  {"certifications & licenses", Section::certificates},
  {"courses", Section::certificates},
  {"training", Section::certificates},
  {"trainings", Section::certificates},
  {"registration", Section::certificates},
  {"zertifikate", Section::certificates},
  {"preferences", Section::preferences},
  {"job preferences", Section::preferences},
  {"desired position", Section::preferences},
  {"career preferences", Section::preferences},
  {"looking for", Section::preferences},
  {"what i am looking for", Section::preferences},
  {"availability", Section::preferences},
  {"publications", Section::other},
  {"patents", Section::other},
  {"selected honors", Section::other},
  {"awards", Section::other},
  {"honors", Section::other},
  {"honors/awards", Section::other},
  {"honors and awards", Section::other},
  {"awards and honors", Section::other},
  {"achievements", Section::other},
  {"accomplishments", Section::other},
  {"invited talks", Section::other},
  {"talks", Section::other},
  {"interests", Section::other},
  {"hobbies", Section::other},
  {"hobbies and other activity", Section::other},
  {"references", Section::other},
  {"recommendations", Section::other},
  {"links", Section::other},
  {"memberships", Section::other},
  {"activities", Section::other},
  {"extracurricular activities", Section::other},
  {"additional information", Section::other},
  {"additional", Section::other},
  {"personal information", Section::header},
  {"personal details", Section::header},
  {"contact", Section::header},
  {"contact information", Section::header},
  {"persönliche daten", Section::header},
  {"kontakt", Section::header},
  {"volunteering", Section::other},
  {"on campus involvement", Section::other},
  {"interessen", Section::other},
  {"centres d'intérêt", Section::other},
};

std::optional<Section> named(std::string_view words) {
  for (const auto& heading : headings)
    if (heading.words == words)
      return heading.section;
  return std::nullopt;
}

}  // namespace

std::optional<Section> section_of(std::string_view line, std::string_view& rest) {
  auto text = trim(line);
  while (!text.empty() &&
         (text.front() == '#' || text.front() == '=' || text.front() == '*' || text.front() == ' '))
    text.remove_prefix(1);
  auto colon = text.find(':');
  auto head = trim(text.substr(0, std::min(colon, text.size())));
  rest = colon == std::string_view::npos ? std::string_view{} : trim(text.substr(colon + 1));
  while (!head.empty() && (head.back() == '*' || head.back() == '_' || head.back() == '-' ||
                           head.back() == '.' || head.back() == ' '))
    head.remove_suffix(1);
  if (head.empty() || head.size() > 45 || !is_upper(head, 0))
    return std::nullopt;
  auto low = lower(squeeze(head));
  if (auto section = named(low)) {
    // "Work: …" and the like inside a sentence list are labels of something else.
    bool everyday = low == "work" || low == "about" || low == "profile" || low == "tools" ||
                    low == "language" || low == "project" || low == "additional" ||
                    low == "training";
    if (everyday && !rest.empty())
      return std::nullopt;
    return section;
  }
  // S K I L L S, or "SKILLS (MOST IMPORTANT ARE UNDERLINED)".
  if (auto open = low.find(" ("); open != std::string::npos && colon == std::string_view::npos)
    if (auto section = named(low.substr(0, open)))
      return section;
  if (head.size() >= 9 && head.size() <= 40) {
    bool spaced = true;
    std::string joined;
    for (std::size_t i = 0; i < head.size() && spaced; ++i) {
      if (i % 2 == 1 && head[i] != ' ')
        spaced = false;
      if (head[i] != ' ')
        joined += head[i];
    }
    if (spaced)
      return named(lower(joined));
  }
  return std::nullopt;
}

}  // namespace jobraker::sandbox
