#include "actors/skills/skill_table.hpp"

#include <algorithm>
#include <cassert>

#include "embedded/embedded_skills.hpp"

namespace jobraker::skills {
namespace {

constexpr std::size_t vocabulary_slots = 16384;

/// Cuts what is before `separator` off the front of `rest`.
std::string_view cut(std::string_view& rest, char separator) {
  auto at = std::min(rest.find(separator), rest.size());
  auto head = rest.substr(0, at);
  rest.remove_prefix(std::min(at + 1, rest.size()));
  return head;
}

std::string_view without_mark(std::string_view spelling) {
  if (!spelling.empty() && (spelling.front() == '~' || spelling.front() == '^'))
    spelling.remove_prefix(1);
  return spelling;
}

std::uint64_t pair_key(std::uint32_t a, std::uint32_t b) {
  return (std::uint64_t{std::min(a, b)} << 32) | std::max(a, b);
}

}  // namespace

const SkillTable& SkillTable::get() {
  static const SkillTable table;
  return table;
}

SkillTable::SkillTable() : vocabulary_(vocabulary_slots), roots_(1, none), nodes_(1) {
  for (const auto& file : embedded_skills())
    if (file.name == "skills.tsv")
      read_skills(file.content);
  for (const auto& file : embedded_skills())
    if (file.name == "skill_groups.tsv")
      read_groups(file.content);
}

void SkillTable::read_skills(std::string_view table) {
  std::string_view domain;
  while (!table.empty()) {
    auto line = cut(table, '\n');
    if (line.empty() || line.front() == '#')
      continue;
    if (line.front() == '@') {
      domain = line.substr(1);
      continue;
    }
    auto name = cut(line, '\t');
    auto category = enum_from<SkillCategory>(cut(line, '\t'));
    assert(category);
    auto id = static_cast<std::uint32_t>(skills_.size());
    skills_.push_back(
      {without_mark(name), category.value_or(SkillCategory::tool_platform), domain, id});
    add(name, id);
    while (!line.empty())
      add(cut(line, '|'), id);
  }
}

void SkillTable::read_groups(std::string_view table) {
  std::unordered_map<std::string_view, std::uint32_t> by_name;
  for (const auto& skill : skills_)
    by_name.emplace(skill.name, skill.id);
  while (!table.empty()) {
    auto line = cut(table, '\n');
    if (line.empty() || line.front() == '#')
      continue;
    auto weight = std::stof(std::string{cut(line, '\t')});
    std::vector<std::uint32_t> members;
    while (!line.empty())
      if (auto found = by_name.find(cut(line, '|')); found != by_name.end())
        members.push_back(found->second);
    for (std::size_t i = 0; i < members.size(); ++i)
      for (std::size_t j = i + 1; j < members.size(); ++j) {
        auto& known = related_[pair_key(members[i], members[j])];
        known = std::max(known, weight);
      }
  }
}

void SkillTable::add(std::string_view marked, std::uint32_t skill) {
  auto spelling = without_mark(marked);
  auto kind = marked.front() == '~'   ? Spelling::exact
              : marked.front() == '^' ? Spelling::plain
                                      : Spelling::certain;
  std::vector<Token> tokens;
  tokenize(spelling, tokens);
  if (tokens.empty())  // an address, or signs only: nothing to find it by
    return;
  std::uint32_t node = none;
  for (const auto& token : tokens) {
    auto word = find_word(token.hash);
    if (word == none) {
      word = static_cast<std::uint32_t>(roots_.size());
      roots_.push_back(none);
      auto at = token.hash & (vocabulary_slots - 1);
      while (vocabulary_[at].word != none)
        at = (at + 1) & (vocabulary_slots - 1);
      vocabulary_[at] = {token.hash, word};
    }
    auto further = node == none ? roots_[word] : next(node, word);
    if (further == none) {
      further = static_cast<std::uint32_t>(nodes_.size());
      nodes_.emplace_back();
      if (node == none)
        roots_[word] = further;
      else
        nodes_[node].children.emplace_back(word, further);
    }
    node = further;
  }
  // Of two rows that claim one spelling the first wins; the test of the table names such pairs.
  if (!nodes_[node].ends) {
    nodes_[node].ends = true;
    nodes_[node].entry = {skill, kind, spelling};
  }
}

std::uint32_t SkillTable::find_word(std::uint64_t hash) const {
  auto at = hash & (vocabulary_slots - 1);
  while (vocabulary_[at].word != none) {
    if (vocabulary_[at].hash == hash)
      return vocabulary_[at].word;
    at = (at + 1) & (vocabulary_slots - 1);
  }
  return none;
}

std::uint32_t SkillTable::word(const Token& token, std::string_view text) const {
  if (auto found = find_word(token.hash); found != none)
    return found;
  auto spelled = text.substr(token.begin, token.end - token.begin);
  if (spelled.size() > 3 && (spelled.back() == 's' || spelled.back() == 'S'))
    return find_word(hash_word(spelled.substr(0, spelled.size() - 1)));
  auto letters = spelled.find_last_not_of("0123456789") + 1;
  if (letters >= 3 && letters < spelled.size())
    return find_word(hash_word(spelled.substr(0, letters)));
  return none;
}

std::uint32_t SkillTable::next(std::uint32_t node, std::uint32_t word) const {
  for (auto [step, further] : nodes_[node].children)
    if (step == word)
      return further;
  return none;
}

double SkillTable::related(std::uint32_t a, std::uint32_t b) const {
  if (a == b)
    return 1;
  auto found = related_.find(pair_key(a, b));
  return found == related_.end() ? 0 : static_cast<double>(found->second);
}

}  // namespace jobraker::skills
