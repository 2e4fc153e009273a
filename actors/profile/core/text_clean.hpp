#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace jobraker {

/// Code points of résumé text that are kept and shown to the model.
inline constexpr std::size_t resume_text_max = 25'000;

/// Text as extracted from a document, made fit to read, search and store: valid UTF-8 (broken bytes
/// dropped, text that was encoded twice repaired), NFC, ligatures taken apart, soft hyphens,
/// zero-width and control characters and private-use glyphs removed, every kind of space a plain
/// one, bullets one glyph (•), lines ended by \n, runs of spaces and of blank lines collapsed,
/// words hyphenated at a line's end joined when both halves are lower case, and cut near `limit`
/// code points at the end of a line or word. Cleaning clean text changes nothing.
std::string clean_text(std::string_view text, std::size_t limit = resume_text_max);

}  // namespace jobraker
