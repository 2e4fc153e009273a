#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "actors/skills/skill_tokens.hpp"
#include "actors/skills/skills.hpp"

namespace jobraker::skills {

/// How much a spelling says by itself.
enum class Spelling : std::uint8_t {
  certain,  ///< names a skill wherever it stands
  exact,    ///< also a word (Go): only in this case, in a place for skills
  plain     ///< an ordinary word (planning): any case, only inside a list
};

/// A spelling of the table that ends at some node of the trie.
struct Entry {
  std::uint32_t skill = 0;
  Spelling kind = Spelling::certain;
  std::string_view text{};
};

/// The synonym table as a trie over words. Built once, read by any thread.
class SkillTable {
public:
  static const SkillTable& get();

  static constexpr std::uint32_t none = 0;

  /// The number of a word in the vocabulary of spellings; also of its singular, and of the word
  /// before a version number (`python3`). `none` when no spelling has it.
  std::uint32_t word(const Token& token, std::string_view text) const;

  /// Where the spellings that begin with this word go on; `none` when there are none.
  std::uint32_t root(std::uint32_t word) const { return roots_[word]; }
  /// The node one word further on, or `none`.
  std::uint32_t next(std::uint32_t node, std::uint32_t word) const;
  /// The spelling that ends here, or null.
  const Entry* entry(std::uint32_t node) const {
    return nodes_[node].ends ? &nodes_[node].entry : nullptr;
  }

  const std::vector<CanonicalSkill>& skills() const { return skills_; }
  double related(std::uint32_t a, std::uint32_t b) const;

private:
  SkillTable();
  void read_skills(std::string_view table);
  void read_groups(std::string_view table);
  void add(std::string_view spelling, std::uint32_t skill);
  std::uint32_t find_word(std::uint64_t hash) const;

  struct Node {
    std::vector<std::pair<std::uint32_t, std::uint32_t>> children;
    Entry entry;
    bool ends = false;
  };
  struct Slot {
    std::uint64_t hash = 0;
    std::uint32_t word = none;
  };
  std::vector<Slot> vocabulary_;      ///< open addressing, a power of two
  std::vector<std::uint32_t> roots_;  ///< by word
  std::vector<Node> nodes_;
  std::vector<CanonicalSkill> skills_;
  std::unordered_map<std::uint64_t, float> related_;
};

}  // namespace jobraker::skills
