#include "actors/skills/skills.hpp"

#include <algorithm>

#include "actors/skills/skill_context.hpp"
#include "actors/skills/skill_table.hpp"

namespace jobraker {
namespace {

using skills::Entry;
using skills::SkillTable;
using skills::Spelling;
using skills::Token;

/// How far, in bytes, another skill vouches for a word that may be none.
constexpr std::size_t near_bytes = 40;
constexpr std::size_t near_letter_bytes = 160;

/// A mention that may have to be vouched for.
struct Candidate {
  std::size_t begin, end;
  const Entry* entry;
};

bool is_digits(std::string_view word) {
  return !word.empty() && word.find_first_not_of("0123456789+.") == std::string_view::npos;
}

/// Words that no spelling has are taken apart where a small letter meets a capital: headings of
/// badly converted documents are glued to the next word.
void split_glued(std::string_view text, const SkillTable& table, std::vector<Token>& tokens,
                 std::vector<std::uint32_t>& words) {
  std::vector<Token> out;
  out.reserve(tokens.size() + 16);
  words.reserve(tokens.size() + 16);
  auto push = [&](const Token& token) {
    out.push_back(token);
    words.push_back(table.word(token, text));
  };
  for (const auto& token : tokens) {
    push(token);
    if (words.back() != SkillTable::none || token.end - token.begin < 5)
      continue;
    auto part = token.begin;
    bool first = true;
    auto piece = [&](std::size_t end) {
      if (first) {
        out.pop_back();
        words.pop_back();
      }
      push(
        {part, end, skills::hash_word(text.substr(part, end - part)), first ? token.joins : true});
      first = false;
      part = end;
    };
    for (auto i = token.begin + 1; i < token.end; ++i)
      if (text[i] >= 'A' && text[i] <= 'Z' && text[i - 1] >= 'a' && text[i - 1] <= 'z')
        piece(i);
    if (!first)
      piece(token.end);
  }
  tokens = std::move(out);
}

std::vector<Candidate> candidates(std::string_view text) {
  const auto& table = SkillTable::get();
  std::vector<Token> tokens;
  tokens.reserve(text.size() / 5);
  skills::tokenize(text, tokens);
  std::vector<std::uint32_t> words;
  split_glued(text, table, tokens, words);
  std::vector<Candidate> found;
  for (std::size_t i = 0; i < tokens.size();) {
    auto node = words[i] == SkillTable::none ? SkillTable::none : table.root(words[i]);
    std::size_t last = i;
    const Entry* best = nullptr;
    for (auto j = i; node != SkillTable::none;) {
      if (const auto* entry = table.entry(node)) {
        best = entry;
        last = j;
      }
      if (++j == tokens.size() || !tokens[j].joins || words[j] == SkillTable::none)
        break;
      node = table.next(node, words[j]);
    }
    if (best)
      found.push_back({tokens[i].begin, tokens[last].end, best});
    i = last + 1;
  }
  return found;
}

bool same_case(std::string_view written, std::string_view spelling) {
  if (written == spelling)
    return true;
  return spelling.size() >= 4 && written.size() == spelling.size() &&
         std::none_of(written.begin(), written.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}

/// Decides about a word that is also something else. `distance` is to the nearest certain skill.
bool counts(std::string_view text, const Candidate& c, std::size_t distance) {
  auto written = text.substr(c.begin, c.end - c.begin);
  auto around = skills::look_around(text, c.begin, c.end);
  // Lists in small letters are common; there the neighbours vouch for it.
  if (c.entry->kind == Spelling::exact && !same_case(written, c.entry->text) &&
      (written.size() < 2 || !around.in_list || distance > near_bytes))
    return false;
  if (around.after_other)
    return false;
  if (c.entry->kind == Spelling::plain)
    return around.in_list || (around.after_label && (around.left_edge || around.right_edge));
  if (written.size() == 1) {
    bool placed = around.in_list || ((around.left_edge || around.after_lead) && around.right_edge);
    return around.before_trade || (placed && (distance <= near_letter_bytes || around.after_label));
  }
  bool edge = around.left_edge || around.right_edge || around.after_lead;
  return around.in_list || around.alone || around.before_trade ||
         (around.after_lead && around.right_edge) || (edge && distance <= near_bytes) ||
         (around.after_label && edge);
}

}  // namespace

std::span<const CanonicalSkill> all_skills() { return SkillTable::get().skills(); }

std::optional<CanonicalSkill> canonical(std::string_view spelling) {
  const auto& table = SkillTable::get();
  // "Python (Programming Language)": what is in brackets only explains.
  if (auto bracket = spelling.find('('); bracket != std::string_view::npos && bracket > 0)
    spelling = spelling.substr(0, bracket);
  if (spelling.size() > 200)
    return std::nullopt;
  std::vector<Token> tokens;
  skills::tokenize(spelling, tokens);
  auto look_up = [&]() -> std::optional<CanonicalSkill> {
    auto node = SkillTable::none;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      auto word = table.word(tokens[i], spelling);
      if (word == SkillTable::none || (i > 0 && !tokens[i].joins))
        return std::nullopt;
      node = i == 0 ? table.root(word) : table.next(node, word);
      if (node == SkillTable::none)
        return std::nullopt;
    }
    const auto* entry = node == SkillTable::none ? nullptr : table.entry(node);
    return entry ? std::optional{table.skills()[entry->skill]} : std::nullopt;
  };
  while (!tokens.empty()) {
    if (auto found = look_up())
      return found;
    // "Java 17", "Python 3.8+": a version is not part of the name.
    const auto& tail = tokens.back();
    if (!is_digits(spelling.substr(tail.begin, tail.end - tail.begin)))
      return std::nullopt;
    tokens.pop_back();
  }
  return std::nullopt;
}

std::string skill_key(std::string_view spelling) {
  auto lower = [](std::string text) {
    for (auto& c : text)
      if (c >= 'A' && c <= 'Z')
        c = static_cast<char>(c + 32);
    return text;
  };
  if (auto known = canonical(spelling))
    return lower(std::string{known->name});
  std::vector<Token> tokens;
  skills::tokenize(spelling, tokens);
  std::string key;
  for (const auto& token : tokens) {
    if (!key.empty())
      key.push_back(' ');
    key.append(spelling.substr(token.begin, token.end - token.begin));
  }
  return lower(key.empty() ? std::string{spelling} : key);
}

std::vector<SkillMention> find_skills(std::string_view text) {
  const auto& table = SkillTable::get();
  auto found = candidates(text);
  std::vector<SkillMention> mentions;
  mentions.reserve(found.size());
  constexpr auto far = static_cast<std::size_t>(-1);
  // The nearest certain skill after each candidate, by one pass from the end.
  std::vector<std::size_t> ahead(found.size(), far);
  for (std::size_t i = found.size(), next = far; i-- > 0;) {
    ahead[i] = next == far ? far : next - found[i].end;
    if (found[i].entry->kind == Spelling::certain)
      next = found[i].begin;
  }
  std::size_t before = far;
  for (std::size_t i = 0; i < found.size(); ++i) {
    const auto& c = found[i];
    bool certain = c.entry->kind == Spelling::certain;
    auto behind = before == far ? far : c.begin - before;
    if (certain || counts(text, c, std::min(ahead[i], behind)))
      mentions.push_back({c.begin, c.end, table.skills()[c.entry->skill]});
    if (certain)
      before = c.end;
  }
  return mentions;
}

std::vector<CanonicalSkill> skills_in(std::string_view text) {
  std::vector<bool> seen(all_skills().size());
  std::vector<CanonicalSkill> distinct;
  for (const auto& mention : find_skills(text))
    if (!seen[mention.skill.id]) {
      seen[mention.skill.id] = true;
      distinct.push_back(mention.skill);
    }
  return distinct;
}

double related(std::string_view a, std::string_view b) {
  auto left = canonical(a), right = canonical(b);
  if (left && right)
    return related(*left, *right);
  return skill_key(a) == skill_key(b) ? 1 : 0;
}

double related(const CanonicalSkill& a, const CanonicalSkill& b) {
  return SkillTable::get().related(a.id, b.id);
}

}  // namespace jobraker
