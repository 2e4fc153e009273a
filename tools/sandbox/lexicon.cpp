#include "tools/sandbox/lexicon.hpp"

#include <algorithm>

#include "embedded/sandbox_data.hpp"
#include "tools/sandbox/text.hpp"

namespace jobraker::sandbox {

namespace {

std::string_view data_file(std::string_view name) {
  for (const auto& file : sandbox_data())
    if (file.name == name)
      return file.content;
  return {};
}

std::string_view category_of(std::string_view letter) {
  return letter == "p"   ? "programming_language"
         : letter == "f" ? "framework_library"
         : letter == "s" ? "soft_skill"
                         : "tool_platform";
}

/// Whether the nearest thing on one side is what separates the members of a list.
bool delimited(std::string_view text, std::size_t begin, std::size_t end) {
  auto is_delimiter = [](char c) {
    return c == ',' || c == ';' || c == '/' || c == '|' || c == '(' || c == ')' || c == ':' ||
           c == '\n' || c == '\t' || static_cast<unsigned char>(c) >= 0x80;
  };
  std::size_t left = begin;
  while (left > 0 && text[left - 1] == ' ')
    --left;
  std::size_t right = end;
  while (right < text.size() && text[right] == ' ')
    ++right;
  // A full stop after a single letter is an initial, not the end of a list.
  bool stop = right < text.size() && text[right] == '.' && end - begin > 1;
  bool wide_left = begin - left >= 2, wide_right = right - end >= 2;
  bool open = left == 0 || is_delimiter(text[left - 1]) || wide_left;
  bool close = right >= text.size() || is_delimiter(text[right]) || stop || wide_right;
  auto word_left = text.substr(0, left), word_right = text.substr(right);
  bool and_left =
    word_left.ends_with(" and") || word_left.ends_with(" or") || word_left.ends_with("&");
  bool and_right =
    word_right.starts_with("and ") || word_right.starts_with("or ") || word_right.starts_with("& ");
  return (open && (close || and_right)) || (and_left && close);
}

}  // namespace

const Lexicon& Lexicon::instance() {
  static const Lexicon lexicon;
  return lexicon;
}

Lexicon::Lexicon() {
  read_skills(data_file("skills.txt"));
  read_families(data_file("families.txt"));
}

void Lexicon::add_spelling(std::string_view text, std::size_t skill) {
  bool exact = text.starts_with('!');
  if (exact)
    text.remove_prefix(1);
  auto low = lower(text);
  std::uint32_t node = 0;
  for (char c : low) {
    auto key = std::uint64_t{node} << 8 | static_cast<unsigned char>(c);
    auto [edge, added] = edges_.try_emplace(key, static_cast<std::uint32_t>(ends_.size()));
    if (added)
      ends_.push_back(0);
    node = edge->second;
  }
  if (ends_[node] == 0) {
    spellings_.push_back({skill, exact, std::string{text}});
    ends_[node] = static_cast<std::uint32_t>(spellings_.size());
  }
  names_.try_emplace(std::move(low), skill);
}

void Lexicon::read_skills(std::string_view data) {
  std::string group, category;
  for (auto line : split(data, '\n')) {
    if (line.starts_with('#'))
      continue;
    if (line.starts_with('@')) {
      auto parts = split(line.substr(1), ' ');
      group = parts[0];
      category = category_of(parts[1]);
      continue;
    }
    for (auto entry : split(line, ';')) {
      auto spellings = split(entry, '=');
      auto name = spellings[0].starts_with('!') ? spellings[0].substr(1) : spellings[0];
      skills_.push_back({std::string{name}, category, group});
      for (auto spelling : spellings)
        add_spelling(spelling, skills_.size() - 1);
    }
  }
}

void Lexicon::read_families(std::string_view data) {
  for (auto line : split(data, '\n')) {
    if (line.starts_with('#'))
      continue;
    auto columns = split(line, '|');
    Family family{std::string{columns[0]}, {}};
    for (auto near : split(columns[2], ','))
      family.near.emplace_back(near);
    families_.push_back(std::move(family));
    for (auto word : split(columns[1], ','))
      title_words_.emplace_back(word, families_.size() - 1);
  }
  std::stable_sort(title_words_.begin(), title_words_.end(),
                   [](const auto& a, const auto& b) { return a.first.size() > b.first.size(); });
}

std::vector<SkillHit> Lexicon::find(std::string_view text) const {
  std::vector<SkillHit> hits;
  auto low = lower(text);
  for (std::size_t i = 0; i < low.size();) {
    char c = low[i];
    bool starts = i == 0 || !is_word_at(low, i - 1) || !is_word_at(low, i);
    if (c == ' ' || c == '\n' || !starts) {
      ++i;
      continue;
    }
    std::uint32_t node = 0;
    std::size_t end = i, best_end = 0;
    const Spelling* best = nullptr;
    while (end < low.size()) {
      // A line break or a run of blanks inside a name counts as one space.
      bool blank = low[end] == ' ' || low[end] == '\n' || low[end] == '\t';
      auto byte = static_cast<unsigned char>(blank ? ' ' : low[end]);
      auto edge = edges_.find(std::uint64_t{node} << 8 | byte);
      if (edge == edges_.end())
        break;
      node = edge->second;
      ++end;
      while (blank && end < low.size() && (low[end] == ' ' || low[end] == '\n'))
        ++end;
      bool closed =
        end >= low.size() || (!is_word_at(low, end) && low[end] != '+' && low[end] != '#');
      if (ends_[node] == 0 || !closed)
        continue;
      const auto& spelling = spellings_[ends_[node] - 1];
      if (spelling.exact && (text.substr(i, end - i) != spelling.text || !delimited(text, i, end)))
        continue;
      best = &spelling;
      best_end = end;
    }
    if (best) {
      hits.push_back({&skills_[best->skill], i, best_end});
      i = best_end;
    } else {
      ++i;
    }
  }
  return hits;
}

const Skill* Lexicon::by_name(std::string_view name) const {
  auto found = names_.find(lower(trim(name)));
  return found == names_.end() ? nullptr : &skills_[found->second];
}

TitleHit Lexicon::family_of(std::string_view title) const {
  auto low = lower(title);
  for (const auto& [word, family] : title_words_)
    if (has_phrase(low, word))
      return {families_[family].name, word.size()};
  // "Engineer", "Manager", "Intern" alone say level or form, not the line of work.
  return {};
}

double Lexicon::kinship(std::string_view from, std::string_view to) const {
  if (from.empty() || to.empty())
    return 0.35;
  if (from == to)
    return 1;
  for (const auto& family : families_) {
    if (family.name != from)
      continue;
    double value = 0.6;
    for (const auto& near : family.near) {
      if (near == to)
        return value;
      value -= 0.12;
    }
  }
  return 0;
}

std::vector<std::string_view> Lexicon::families() const {
  std::vector<std::string_view> names;
  for (const auto& family : families_)
    names.push_back(family.name);
  return names;
}

}  // namespace jobraker::sandbox
