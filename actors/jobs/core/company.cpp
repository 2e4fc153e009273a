#include "actors/jobs/core/decoration.hpp"
#include "actors/jobs/core/html_text.hpp"
#include "actors/jobs/core/text.hpp"
#include "actors/jobs/core/title.hpp"

namespace jobraker {
namespace {

constexpr std::string_view legal_forms[] = {"gmbh co kg",  "gmbh co kgaa", "gmbh",
                                            "mbh",         "ag",           "kg",
                                            "ohg",         "ug",           "ug haftungsbeschrankt",
                                            "se",          "e v",          "ev",
                                            "inc",         "incorporated", "corp",
                                            "corporation", "co",           "company",
                                            "llc",         "l l c",        "llp",
                                            "lp",          "ltd",          "limited",
                                            "plc",         "pty",          "pty ltd",
                                            "pvt",         "pvt ltd",      "private limited",
                                            "pte",         "pte ltd",      "s a",
                                            "sa",          "sas",          "s a s",
                                            "sarl",        "s a r l",      "sasu",
                                            "s l",         "sl",           "slu",
                                            "s l u",       "srl",          "s r l",
                                            "spa",         "s p a",        "bv",
                                            "b v",         "nv",           "n v",
                                            "ab",          "as",           "a s",
                                            "aps",         "oy",           "oyj",
                                            "sp z o o",    "sp zoo",       "spzoo",
                                            "z o o",       "kft",          "zrt",
                                            "doo",         "d o o",        "ooo",
                                            "cjsc",        "ojsc",         "jsc",
                                            "ltda",        "s a de c v",   "holding",
                                            "group"};

}  // namespace

std::string clean_company(std::string_view raw) {
  auto name = text::one_line(without_emoji(html_to_line(raw, 200)));
  // Short names in capitals are names (IBM, BMW); long ones are shouting.
  auto space = name.find(' ');
  return name.size() > 14 && space != name.npos ? unshouted(name) : name;
}

std::string company_key(std::string_view company) {
  auto key = text::key(clean_company(company));
  for (bool again = true; again;) {
    again = false;
    std::string_view longest;
    for (auto form : legal_forms)
      if (form.size() > longest.size() && key.size() > form.size() + 1 && key.ends_with(form) &&
          key[key.size() - form.size() - 1] == ' ')
        longest = form;
    if (!longest.empty()) {
      key.resize(key.size() - longest.size() - 1);
      again = true;
    }
  }
  if (key.starts_with("the ") && key.size() > 6)
    key.erase(0, 4);
  return key;
}

}  // namespace jobraker
