#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tools/sandbox/chat_reading.hpp"
#include "tools/sandbox/postings.hpp"

/// What the sandbox's model writes when it calls nothing.
namespace jobraker::sandbox {

/// The words of a text that carry meaning, in the singular, each once.
std::vector<std::string> content_words(std::string_view text);

/// An answer that quotes the sources which share words with the question and names them as `[S1]`;
/// nullopt when none does. At most two are quoted.
std::optional<std::string> grounded(const Reading& reading);

/// "Your e-mail address is [EMAIL_1]." when that is asked and the conversation has such a
/// placeholder.
std::optional<std::string> personal_answer(const Reading& reading);

/// What a person wants repeated word by word: after "repeat:" or "say exactly", in quotes or to the
/// end.
std::optional<std::string> repeated(std::string_view question);

/// A long text about the question: as many words as it names ("in 800 words"), four hundred for "at
/// length" or "in detail"; nullopt when nothing of that is asked.
std::optional<std::string> long_answer(std::string_view question);

/// The gist of a transcript: the first sentence of what each side said, shortened. For prompts that
/// ask for a summary without a schema.
std::string summary_of(std::string_view transcript, std::size_t words_max);

/// What is said of the results of function calls.
std::string summarise_results(const std::vector<ToolResult>& results);

/// A short, deterministic answer about jobs to what a person wrote.
std::string free_chat(std::string_view text, std::string_view system, const PostingStore& postings);

}  // namespace jobraker::sandbox
