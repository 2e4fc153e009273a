#include "actors/jobs/core/place_words.hpp"

#include "actors/jobs/core/text.hpp"

namespace jobraker {

Workplace take_workplace(std::string& s) {
  struct Word {
    std::string_view text;
    Workplace meaning;
  };
  // Longer spellings first: what is found is cut out.
  constexpr Word words[] = {{"anywhere in the world", Workplace::remote},
                            {"work from anywhere", Workplace::remote},
                            {"work from home", Workplace::remote},
                            {"fully remote", Workplace::remote},
                            {"100% remote", Workplace::remote},
                            {"remote only", Workplace::remote},
                            {"remote-first", Workplace::remote},
                            {"remote first", Workplace::remote},
                            {"partially remote", Workplace::hybrid},
                            {"teilweise remote", Workplace::hybrid},
                            {"hybrid remote", Workplace::hybrid},
                            {"remote-friendly", Workplace::unknown},
                            {"hybrid", Workplace::hybrid},
                            {"home office", Workplace::remote},
                            {"homeoffice", Workplace::remote},
                            {"home-office", Workplace::remote},
                            {"home based", Workplace::remote},
                            {"home-based", Workplace::remote},
                            {"télétravail", Workplace::remote},
                            {"telecommute", Workplace::remote},
                            {"worldwide", Workplace::remote},
                            {"anywhere", Workplace::remote},
                            {"distributed", Workplace::remote},
                            {"remoto", Workplace::remote},
                            {"remote", Workplace::remote},
                            {"virtual", Workplace::remote},
                            {"wfh", Workplace::remote},
                            {"on-site", Workplace::on_site},
                            {"on site", Workplace::on_site},
                            {"onsite", Workplace::on_site},
                            {"in-office", Workplace::on_site},
                            {"in office", Workplace::on_site}};
  auto result = Workplace::unknown;
  for (const auto& word : words) {
    auto at = text::find_word(text::lower(s), word.text);
    if (at == s.npos)
      continue;
    s.replace(at, word.text.size(), ",");
    // Hybrid is the narrower promise of the two.
    if (result == Workplace::unknown || word.meaning == Workplace::hybrid)
      result = word.meaning;
  }
  return result;
}

std::string simplified(std::string s) {
  for (std::string_view dash :
       {" - ", " – ", " — ", " / ", "|", "·", "•", "(", ")", "[", "]", ">", ":"})
    s = text::replace_all(std::move(s), dash, ",");
  auto drop = [&](std::string_view word) {
    for (auto at = text::find_word(text::lower(s), word); at != s.npos;
         at = text::find_word(text::lower(s), word))
      s.replace(at, word.size(), ",");
  };
  for (std::string_view word :
       {"only", "based", "within", "near", "greater", "metro", "metropolitan area",
        "and surroundings", "area", "candidates", "residents", "employees"})
    drop(word);
  return s;
}

}  // namespace jobraker
