#include "actors/jobs/core/decoration.hpp"

#include <algorithm>

#include <utf8proc.h>

#include "actors/jobs/core/text.hpp"

namespace jobraker {
namespace {

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80;
}
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Capitals that stay capitals inside a shouted title.
bool abbreviation(std::string_view word) {
  static constexpr std::string_view known[] = {
    "AI",  "AP",   "API", "AR",   "AS400", "AWS", "B2B",  "B2C",  "BA",  "BI",  "CAD",
    "CEO", "CFO",  "CIO", "CMO",  "CNA",   "CNC", "COO",  "CPA",  "CRM", "CSS", "CTO",
    "DBA", "DC",   "EHS", "ER",   "ERP",   "ETL", "EU",   "FP&A", "GCP", "GIS", "GP",
    "HGV", "HR",   "HSE", "HTML", "HVAC",  "IBM", "ICU",  "II",   "III", "IOS", "IT",
    "IV",  "J2EE", "LPN", "LVN",  "MBA",   "MEP", "ML",   "MRI",  "MS",  "NDT", "NHS",
    "NLP", "OR",   "OT",  "PA",   "PHP",   "PLC", "PM",   "PMO",  "PR",  "PT",  "QA",
    "QC",  "R&D",  "RN",  "RPA",  "SAP",   "SAS", "SDET", "SEM",  "SEO", "SME", "SQL",
    "SRE", "UI",   "UK",  "US",   "USA",   "UX",  "VBA",  "VP",   "XML"};
  return std::find(std::begin(known), std::end(known), word) != std::end(known);
}

std::string proper_word(std::string_view word, bool first) {
  static constexpr std::string_view small[] = {"a",   "an", "and", "at", "by",  "de",  "der", "des",
                                               "die", "du", "en",  "et", "for", "fur", "in",  "la",
                                               "of",  "on", "the", "to", "und", "with"};
  auto lowered = text::lower(word);
  if (!first && std::find(std::begin(small), std::end(small), lowered) != std::end(small))
    return lowered;
  // Two letters are an abbreviation (NY, QA) unless they are a word.
  static constexpr std::string_view short_words[] = {"am", "as", "be", "do", "go", "if", "is",
                                                     "it", "me", "my", "no", "or", "so", "up",
                                                     "us", "we", "im", "am", "zu"};
  bool two =
    word.size() == 2 &&
    std::find(std::begin(short_words), std::end(short_words), lowered) == std::end(short_words) &&
    std::find(std::begin(small), std::end(small), lowered) == std::end(small);
  if (two || abbreviation(word) || word.find_first_of("0123456789+#.&") != word.npos ||
      word.size() == 1)
    return std::string{word};
  if (!lowered.empty() && lowered[0] >= 'a' && lowered[0] <= 'z')
    lowered[0] = static_cast<char>(lowered[0] - 32);
  return lowered;
}

}  // namespace

std::string without_emoji(std::string_view s) {
  std::string out;
  auto at = reinterpret_cast<const utf8proc_uint8_t*>(s.data());
  auto left = static_cast<utf8proc_ssize_t>(s.size());
  while (left > 0) {
    utf8proc_int32_t c = 0;
    auto used = utf8proc_iterate(at, left, &c);
    if (used <= 0)
      break;
    bool drop = (c >= 0x1F000 && c <= 0x1FAFF) || (c >= 0x2190 && c <= 0x21FF) ||
                (c >= 0x2300 && c <= 0x27BF) || (c >= 0x2900 && c <= 0x2BFF) ||
                (c >= 0xFE00 && c <= 0xFE0F) || c == 0x20E3;
    if (drop)
      out += ' ';
    else
      out.append(reinterpret_cast<const char*>(at), static_cast<std::size_t>(used));
    at += used;
    left -= used;
  }
  return out;
}

std::string unshouted(const std::string& s) {
  int upper = 0, lower = 0, words = 1;
  for (char c : s) {
    upper += is_upper(c);
    lower += c >= 'a' && c <= 'z';
    words += c == ' ';
  }
  if (upper < 6 || lower * 8 > upper || (words == 1 && upper < 8))
    return s;
  std::string out, word;
  bool first = true;
  auto flush = [&] {
    out += proper_word(word, first);
    first = first && word.empty();
    word.clear();
  };
  for (char c : s) {
    if (is_letter(c) || is_digit(c) || c == '+' || c == '#' || c == '&' || c == '.' || c == '\'') {
      word += c;
    } else {
      flush();
      out += c;
      first = first || c == '(' || c == '-' || c == '/';
    }
  }
  flush();
  return out;
}

}  // namespace jobraker
