#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace jobraker::sandbox {

/// A skill the sandbox knows, from data/skills.txt.
struct Skill {
  std::string name;      ///< the usual spelling
  std::string category;  ///< programming_language, framework_library, tool_platform or soft_skill
  std::string group;     ///< the trade it belongs to, e.g. `software`, `health`
};

/// A skill found in a text: bytes [begin, end).
struct SkillHit {
  const Skill* skill;
  std::size_t begin;
  std::size_t end;
};

/// What a title says about the line of work, and where in it.
struct TitleHit {
  std::string_view family;  ///< e.g. `nursing`; empty when no word was known
  std::size_t length = 0;   ///< of the words that decided, in bytes
};

/// The sandbox's own knowledge of skills and lines of work. It shares nothing with the product's.
class Lexicon {
public:
  /// The one built from the embedded data files.
  static const Lexicon& instance();

  /// Skills in order of appearance; overlapping ones: the longest wins.
  std::vector<SkillHit> find(std::string_view text) const;
  /// The skill of exactly that name or spelling, without regard to case; nullptr when unknown.
  const Skill* by_name(std::string_view name) const;
  /// The line of work that a job title names.
  TitleHit family_of(std::string_view title) const;
  /// 1 for the same line of work, less for one that a person could move to, 0 for another.
  double kinship(std::string_view from, std::string_view to) const;
  /// Every family name.
  std::vector<std::string_view> families() const;

private:
  struct Family {
    std::string name;
    std::vector<std::string> near;
  };
  struct Spelling {
    std::size_t skill;
    bool exact;  ///< everyday word: exact case, and only inside a list
    std::string text;
  };

  Lexicon();
  void read_skills(std::string_view data);
  void read_families(std::string_view data);
  void add_spelling(std::string_view text, std::size_t skill);

  std::vector<Skill> skills_;
  std::vector<Spelling> spellings_;
  std::unordered_map<std::uint64_t, std::uint32_t> edges_;  ///< (node, byte) to node
  std::vector<std::uint32_t> ends_{0};                      ///< per node: spelling + 1
  std::unordered_map<std::string, std::size_t> names_;
  std::vector<Family> families_;
  std::vector<std::pair<std::string, std::size_t>> title_words_;  ///< longest first
};

}  // namespace jobraker::sandbox
