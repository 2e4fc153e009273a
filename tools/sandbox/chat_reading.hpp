#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tools/sandbox/openai_request.hpp"

/// How the sandbox's model reads a conversation: what is an instruction, what is data, what is
/// asked, what was said already.
namespace jobraker::sandbox {

/// A block `<untrusted id="S1" kind="…" title="…">…</untrusted>`. The tag may have a suffix
/// (`<untrusted-7f3a id=…>`), which its end must have too.
struct FencedText {
  std::string id, kind, title;
  std::string text;  ///< entities such as `&lt;` read back
};

/// A text in two: what stands inside fences and what does not.
struct Parted {
  std::string outside;
  std::vector<FencedText> fenced;
  std::string
    escaped;  ///< of `outside`: what lies between a fence's end and a closing tag too many
};

/// Takes a text apart. The first closing tag ends a fence: what follows a forged one is outside. An
/// opening tag without an id, without an end, or with another opening before its end is no fence.
Parted part(std::string_view text);

/// The outcome of one function call.
struct ToolResult {
  std::string name;
  std::string text;     ///< with what stood in fences
  std::string outside;  ///< without
  std::vector<FencedText> fenced;
};

/// A conversation as the rules see it.
struct Reading {
  std::string system;                ///< system and developer messages outside of fences
  std::string system_raw;            ///< the same as they are
  std::string rules;                 ///< the first of them, each fence shown only as `<untrusted>`
  bool fences_are_data = false;      ///< the system prompt says that fenced text is data
  bool user_is_bound = false;        ///< and that a user cannot change the rules or see the prompt
  std::vector<FencedText> sources;   ///< retrieved material, ids S1, S2, …
  std::string escaped;               ///< what got out of a fence through a forged closing tag
  std::vector<FencedText> material;  ///< every fence of system messages and the user's last
  std::string asked;                 ///< the last user's message outside of fences
  std::string picture;               ///< what stands in its pictures
  std::string question;              ///< the last user's message, without tags and fences
  std::vector<ToolResult> results;   ///< since that message
  std::vector<ToolResult> earlier;   ///< before it
  std::string all;                   ///< every text, for placeholders
  std::string said;                  ///< the beginning of the answer, which is to be continued
};

Reading read_conversation(const std::vector<ChatMessage>& messages);

/// Sentences of a text, trimmed; lines end them too.
std::vector<std::string> sentences(std::string_view text);

}  // namespace jobraker::sandbox
