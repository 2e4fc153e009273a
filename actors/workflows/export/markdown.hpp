#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// The part of Markdown (CommonMark 0.30) that documents of applications are written in: headings
/// with `#`, paragraphs, lists with `-`, `*`, `+` or numbers, rules, hard line breaks, bold,
/// italic, code (shown as text), links to http, https and mailto. Everything else, HTML too, is
/// shown as it is written.
namespace jobraker::documents {

/// A piece of text of one look. A `\n` in it is a line break.
struct Run {
  std::string text{};
  bool bold = false;
  bool italic = false;
  std::string link{};  ///< where it leads; empty: nowhere
  bool operator==(const Run&) const = default;
};

enum class BlockKind : std::uint8_t { heading, paragraph, item, rule };

struct Block {
  BlockKind kind = BlockKind::paragraph;
  int level = 0;         ///< of a heading 1 to 6; of an item 0 to 3
  std::string marker{};  ///< of an item: its bullet or number
  std::vector<Run> runs{};
  bool operator==(const Block&) const = default;
};

/// A document.
struct RichText {
  std::vector<Block> blocks{};
};

/// Reads any text; nothing is an error.
RichText parse_markdown(std::string_view text);

/// The text of a block without its looks.
std::string plain_text(const Block& block);

/// The text as a reader of the finished document gets it: a line for each block, items behind their
/// markers.
std::string plain_text(const RichText& document);

/// The first heading's text, or empty.
std::string title_of(const RichText& document);

}  // namespace jobraker::documents
