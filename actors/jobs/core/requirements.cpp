#include <algorithm>
#include <vector>

#include "actors/jobs/core/text.hpp"
#include "actors/jobs/core/traits.hpp"

namespace jobraker {
namespace {

enum class Heading { none, asks, other };

bool any_in(std::string_view line, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return text::has_word(line, word); });
}

bool asks_words(std::string_view l) {
  return any_in(
    l, {"requirements", "requirement", "required qualifications", "qualifications", "qualification",
        "required skills", "skills and experience", "skills & experience", "experience and skills",
        "skills required", "your profile", "your skills", "your background", "your experience",
        "about you", "who you are", "what you bring", "what you'll bring", "what you’ll bring",
        "what you will bring", "what you need", "what you'll need", "what you’ll need",
        "what we're looking for", "what we’re looking for", "what we are looking for",
        "who we're looking for", "who we are looking for", "we are looking for", "you have",
        "you should have", "you must have", "must have", "must haves", "must-haves", "nice to have",
        "nice to haves", "nice-to-have", "essential skills", "essential criteria", "desired skills",
        "desirable", "preferred", "basic qualifications", "minimum qualifications", "key skills",
        "technical skills", "skills", "education", "experience required", "the ideal candidate",
        "ideal candidate", "person specification", "candidate profile", "job requirements",
        "knowledge skills and abilities", "bonus points",
        // German, French, Spanish, Dutch, Italian, Portuguese, Polish
        "anforderungen", "ihr profil", "dein profil", "dein background", "das bringst du mit",
        "das bringen sie mit", "was du mitbringst", "was sie mitbringen", "qualifikationen",
        "voraussetzungen", "wir erwarten", "profil recherché", "votre profil", "ton profil",
        "compétences", "profil", "requisitos", "tu perfil", "perfil", "qué buscamos",
        "functie-eisen", "wat vragen wij", "wat breng je mee", "jouw profiel", "profiel",
        "requisiti", "il tuo profilo", "profilo", "competenze", "qualificações", "o que procuramos",
        "wymagania", "oczekujemy", "nasze wymagania"});
}

bool other_words(std::string_view l) {
  return any_in(l, {"responsibilities",
                    "duties",
                    "what you'll do",
                    "what you’ll do",
                    "what you will do",
                    "the role",
                    "about the role",
                    "about us",
                    "about the company",
                    "about the job",
                    "about the position",
                    "the company",
                    "who we are",
                    "our company",
                    "company overview",
                    "benefits",
                    "perks",
                    "what we offer",
                    "we offer",
                    "our offer",
                    "compensation",
                    "salary",
                    "remuneration",
                    "application",
                    "how to apply",
                    "apply",
                    "application procedures",
                    "deadline",
                    "equal opportunity",
                    "eeo",
                    "diversity",
                    "job description",
                    "description",
                    "overview",
                    "summary",
                    "location",
                    "why join us",
                    "why us",
                    "why work",
                    "your role",
                    "your tasks",
                    "your responsibilities",
                    "day to day",
                    "key responsibilities",
                    "tech stack",
                    "our stack",
                    "interview process",
                    "contact",
                    "note",
                    "disclaimer",
                    "working conditions",
                    "physical demands",
                    "physical requirements",
                    "hours",
                    "start date",
                    "about",
                    "aufgaben",
                    "ihre aufgaben",
                    "deine aufgaben",
                    "wir bieten",
                    "unser angebot",
                    "über uns",
                    "benefits",
                    "kontakt",
                    "bewerbung",
                    "das erwartet dich",
                    "das erwartet sie",
                    "vos missions",
                    "missions",
                    "avantages",
                    "à propos",
                    "nous offrons",
                    "le poste",
                    "responsabilidades",
                    "funciones",
                    "ofrecemos",
                    "beneficios",
                    "sobre nosotros",
                    "wat ga je doen",
                    "wat bieden wij",
                    "wij bieden",
                    "over ons",
                    "responsabilità",
                    "offriamo",
                    "chi siamo",
                    "responsabilidades",
                    "benefícios",
                    "oferecemos",
                    "obowiązki",
                    "oferujemy",
                    "o nas"});
}

/// What kind of heading a line is; prose and list items are none.
Heading heading(std::string_view line) {
  if (line.empty() || line.size() > 80 || line.starts_with("- "))
    return Heading::none;
  auto colon = line.find(':');
  bool ends_in_colon = colon != line.npos && text::trim(line.substr(colon + 1)).empty();
  auto label = text::lower(ends_in_colon ? line.substr(0, colon) : line);
  auto words = std::count(label.begin(), label.end(), ' ') + 1;
  if (!ends_in_colon &&
      (words > 7 || label.back() == '.' || label.back() == ',' || label.back() == ';'))
    return Heading::none;
  if (words > 10)
    return Heading::none;
  // Physical requirements, application requirements: requirements of another kind.
  bool other_kind =
    any_in(label, {"physical", "application", "how to apply", "about the", "about us"});
  if (asks_words(label) && !other_kind)
    return Heading::asks;
  return ends_in_colon || other_words(label)
           ? (other_words(label) || words <= 5 ? Heading::other : Heading::none)
           : Heading::none;
}

}  // namespace

std::string requirements_in(std::string_view description) {
  std::string out;
  bool inside = false;
  while (!description.empty()) {
    auto end = description.find('\n');
    auto line = text::trim(description.substr(0, end));
    description.remove_prefix(end == description.npos ? description.size() : end + 1);
    // `REQUIREMENTS: 5 years …` on one line.
    auto colon = line.find(':');
    if (colon != line.npos && colon < 60 && !line.starts_with("- ") &&
        !text::trim(line.substr(colon + 1)).empty()) {
      auto label = line.substr(0, colon + 1);
      if (auto kind = heading(label); kind != Heading::none && (asks_words(text::lower(label)) ||
                                                                other_words(text::lower(label)))) {
        inside = kind == Heading::asks;
        if (inside)
          out += std::string{text::trim(line.substr(colon + 1))} + "\n";
        continue;
      }
    }
    switch (heading(line)) {
    case Heading::asks:
      inside = true;
      continue;
    case Heading::other:
      inside = false;
      continue;
    case Heading::none:
      break;
    }
    if (inside && !line.empty())
      out += std::string{line} + "\n";
    if (out.size() > 20'000)
      break;
  }
  return std::string{text::trim(text::cut(out, 20'000))};
}

}  // namespace jobraker
