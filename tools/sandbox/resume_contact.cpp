#include <algorithm>
#include <array>

#include "tools/sandbox/lexicon.hpp"
#include "tools/sandbox/resume_rules.hpp"
#include "tools/sandbox/text.hpp"

namespace jobraker::sandbox {

namespace {

bool is_email_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '.' || c == '_' ||
         c == '%' || c == '+' || c == '-';
}

std::optional<Sourced> find_email(std::string_view text) {
  for (auto at = text.find('@'); at != std::string_view::npos; at = text.find('@', at + 1)) {
    auto begin = at;
    while (begin > 0 && is_email_byte(text[begin - 1]))
      --begin;
    auto end = at + 1;
    while (end < text.size() && is_email_byte(text[end]))
      ++end;
    while (end > at && text[end - 1] == '.')
      --end;
    auto domain = text.substr(at + 1, end - at - 1);
    if (begin < at && domain.find('.') != std::string_view::npos && domain.find('.') > 0)
      return Sourced{std::string{text.substr(begin, end - begin)},
                     std::string{text.substr(begin, end - begin)}};
  }
  return std::nullopt;
}

/// A run of 9 to 15 digits with the usual signs between them; not a range of years.
std::optional<Sourced> find_phone(const std::vector<Line>& lines) {
  for (const auto& line : lines) {
    auto text = line.text;
    for (std::size_t i = 0; i < text.size(); ++i) {
      bool opens = is_digit(text[i]) || ((text[i] == '+' || text[i] == '(') &&
                                         i + 1 < text.size() && is_digit(text[i + 1]));
      if (!opens ||
          (i > 0 && (is_word_at(text, i - 1) || text[i - 1] == '.' || text[i - 1] == '/')))
        continue;
      std::size_t digits = 0, end = i, blank = 0;
      for (auto k = i; k < text.size(); ++k) {
        if (is_digit(text[k])) {
          ++digits;
          end = k + 1;
          blank = 0;
        } else if (text[k] == ' ' || text[k] == '-' || text[k] == '.' || text[k] == '(' ||
                   text[k] == ')' || text[k] == '+' || text[k] == '/') {
          if (++blank > 2)
            break;
        } else if (text.substr(k).starts_with("\xE2\x80\x90") ||
                   text.substr(k).starts_with("\xC2\xAD")) {
          k += text[k] == '\xE2' ? 2 : 1;  // hyphens of other kinds
        } else {
          break;
        }
      }
      auto run = text.substr(i, end - i);
      if (digits >= 9 && digits <= 15 && !find_range(run) &&
          (end >= text.size() || !is_word_at(text, end)))
        return Sourced{squeeze(run), std::string{run}};
      i = std::max(i, end);
    }
  }
  return std::nullopt;
}

/// The value after a label such as "Location:" in the line.
std::optional<std::string_view> labelled(std::string_view text,
                                         std::initializer_list<std::string_view> labels) {
  auto low = lower(text);
  for (auto label : labels) {
    auto at = find_phrase(low, label);
    if (at == std::string_view::npos)
      continue;
    auto rest = text.substr(at + label.size());
    auto blank = trim(rest);
    if (blank.empty() || (blank.front() != ':' && label != "location"))
      continue;
    if (blank.front() == ':')
      blank = trim(blank.substr(1));
    auto end = blank.size();
    for (std::string_view stop : {"   ", "\t", " | ", " • ", " · ", ";"})
      end = std::min(end, blank.find(stop));
    blank = trim(blank.substr(0, end));
    if (!blank.empty())
      return blank;
  }
  return std::nullopt;
}

/// Pieces of a contact line: between blanks in runs, bars, dots and commas with blanks around.
std::vector<std::string_view> contact_pieces(std::string_view line) {
  std::vector<std::string_view> out;
  for (auto cell : cells(line)) {
    std::size_t begin = 0;
    for (std::size_t i = 0; i <= cell.size(); ++i) {
      auto rest = cell.substr(i);
      std::size_t skip = 0;
      if (rest.empty())
        skip = 1;
      else if (rest[0] == '|' || rest[0] == ';' || rest.starts_with(" , "))
        skip = rest[0] == ' ' ? 3 : 1;
      else if (rest.starts_with("•") || rest.starts_with("●"))
        skip = 3;
      else if (rest.starts_with("·"))
        skip = 2;
      else if (rest.starts_with(" - ") || rest.starts_with(" – "))
        skip = rest.find(' ', 1) + 1;
      if (skip == 0)
        continue;
      if (auto piece = trim(cell.substr(begin, i - begin)); !piece.empty())
        out.push_back(piece);
      begin = i + skip;
      i = begin - 1;
    }
  }
  return out;
}

bool looks_like_name(std::string_view text) {
  auto name = trim(text);
  for (std::string_view end : {",", ", RN", ", PhD", ", CPA", ", MBA", ", MD", ", PMP", ", BSN"})
    if (name.ends_with(end))
      name = name.substr(0, name.size() - end.size());
  if (name.size() < 4 || name.size() > 48)
    return false;
  std::size_t count = 0;
  for (auto word : split(name, ' ')) {
    ++count;
    bool particle = word == "von" || word == "van" || word == "de" || word == "der" ||
                    word == "da" || word == "di" || word == "el" || word == "bin" || word == "la";
    if (!particle && !is_upper(word, 0))
      return false;
    for (std::size_t i = 0; i < word.size(); ++i)
      if (!is_word_at(word, i) && word[i] != '.' && word[i] != '-' && word[i] != '\'' &&
          !word.substr(i).starts_with("’") && (static_cast<unsigned char>(word[i]) < 0x80))
        return false;
    if (std::any_of(word.begin(), word.end(), is_digit))
      return false;
  }
  if (count < 2 || count > 4)
    return false;
  auto low = lower(name);
  for (std::string_view no :
       {"curriculum", "vitae",   "resume",   "résumé",      "lebenslauf",   "engineer",
        "manager",    "page",    "updated",  "welcome",     "university",   "intern",
        "school",     "skills",  "areas",    "summary",     "professional", "technical",
        "student",    "company", "software", "confidential"})
    if (low.find(no) != std::string::npos)
      return false;
  std::string_view rest;
  const auto& lexicon = Lexicon::instance();
  return !section_of(name, rest) && lexicon.family_of(name).family.empty() &&
         lexicon.find(name).empty() && !looks_like_place(name);
}

std::optional<Sourced> find_authorization(std::string_view text, const std::vector<Line>& lines) {
  for (const auto& line : lines)
    if (auto value = labelled(line.text, {"work authorization", "work authorisation", "work permit",
                                          "visa status", "right to work", "citizenship",
                                          "nationality", "visa", "arbeitserlaubnis"}))
      return Sourced{std::string{*value}, std::string{line.text}};
  static constexpr std::array<std::string_view, 22> phrases{
    "authorized to work in the united states",
    "authorized to work in the us",
    "authorised to work in the uk",
    "right to work in the uk",
    "eligible to work in the uk",
    "eligible to work in the united states",
    "authorized to work",
    "authorised to work",
    "legally entitled to work",
    "right to work",
    "us citizen",
    "u.s. citizen",
    "eu citizen",
    "british citizen",
    "german citizen",
    "canadian citizen",
    "green card",
    "permanent resident",
    "h-1b",
    "h1b",
    "blue card",
    "settled status"};
  auto low = lower(text);
  for (auto phrase : phrases)
    if (auto at = find_phrase(low, phrase); at != std::string_view::npos)
      for (const auto& line : lines) {
        auto offset = static_cast<std::size_t>(line.text.data() - text.data());
        if (line.text.data() >= text.data() && offset <= at && at < offset + line.text.size()) {
          auto words = text.substr(at, phrase.size());
          // Short lines are taken whole: they say for which country.
          return line.text.size() <= 90 ? Sourced{std::string{line.text}, std::string{line.text}}
                                        : Sourced{std::string{words}, std::string{words}};
        }
      }
  return std::nullopt;
}

}  // namespace

void read_contact(std::string_view text, const std::vector<Line>& lines, ReadResume& out) {
  out.email = find_email(text);
  out.phone = find_phone(lines);
  out.work_authorization = find_authorization(text, lines);
  std::size_t seen = 0;
  for (const auto& line : lines) {
    if (line.section != Section::header && out.full_name && out.location)
      break;
    if (++seen > 14)
      break;
    if (line.section == Section::header) {
      if (!out.full_name)
        if (auto value = labelled(line.text, {"full name", "name", "candidate name"});
            value && looks_like_name(*value))
          out.full_name = Sourced{squeeze(*value), std::string{*value}};
      for (auto piece : contact_pieces(line.text)) {
        while (piece.size() > 3 && piece[0] == '\xEF')
          piece = trim(piece.substr(3));  // an icon of a symbol font
        if (auto colon = piece.find(':'); colon != std::string_view::npos && colon < 16)
          piece = trim(piece.substr(colon + 1));
        auto comma = piece.find(',');
        if (!out.full_name && !looks_like_place(piece) && looks_like_name(piece.substr(0, comma)))
          out.full_name =
            Sourced{squeeze(piece.substr(0, comma)), std::string{trim(piece.substr(0, comma))}};
        else if (!out.location && looks_like_place(piece))
          out.location = Sourced{squeeze(piece), std::string{piece}};
      }
    }
    if (!out.location)
      if (auto place = labelled(line.text, {"location", "address", "residence", "city", "based in",
                                            "wohnort", "adresse"});
          place && place->size() <= 120 && is_upper(*place, 0))
        out.location = Sourced{squeeze(*place), std::string{*place}};
  }
}

}  // namespace jobraker::sandbox
