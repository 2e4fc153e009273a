#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

/// Text out of one document. This program parses what strangers send, so it knows nothing else and
/// runs alone, under limits (net/process/document_text.hpp starts it).
namespace jobraker::doctext {

/// How the program ends; part of its interface.
enum class Exit : int {
  ok = 0,         ///< the text is on standard output
  usage = 2,      ///< wrong options
  malformed = 3,  ///< not a whole document of the type named
  encrypted = 4,  ///< a password is needed, or copying is forbidden
  limit = 5,      ///< unpacks to too much, or needs more memory than allowed
  no_text = 6,    ///< a fine document without text
  failed = 7      ///< a fault of this program or its surroundings (pdftotext is missing)
};

/// The text in UTF-8, or why there is none.
using Extracted = tl::expected<std::string, Exit>;

/// Most bytes one packed part may unpack to, and how many times its packed size. The largest real
/// part (a long document of tables) packs about 1:40; a bomb 1:1000.
inline constexpr std::size_t part_bytes_max = 50U << 20;
inline constexpr std::size_t part_ratio_max = 200;

/// Office Open XML (ECMA-376), transitional and strict: headers, body, footers, notes.
Extracted docx_text(std::string_view bytes);
/// OpenDocument text (OASIS ODF 1.2).
Extracted odt_text(std::string_view bytes);
/// Rich Text Format 1.9.1. Our own reader: unrtf 0.21, the packaged one, drops \u characters, adds
/// lines of its own and writes pictures beside it.
Extracted rtf_text(std::string_view bytes);
/// Plain text in UTF-8, UTF-16 (with or without mark), or else Windows-1252.
Extracted plain_text(std::string_view bytes);
/// PDF, by pdftotext reading our standard input from its start.
Extracted pdf_text(std::size_t output_max);

/// True when nothing in it is a letter or digit (in any script).
bool is_blank(std::string_view text);

/// Appends a code point in UTF-8; what is no character becomes U+FFFD.
void append_utf8(std::string& out, char32_t c);

}  // namespace jobraker::doctext
