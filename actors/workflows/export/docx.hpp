#pragma once

#include <string>

#include "actors/workflows/export/markdown.hpp"
#include "messages/result.hpp"

namespace jobraker::documents {

/// The document as Office Open XML (ECMA-376, transitional): A4, headings, lists and links as Word
/// has them. The same document gives the same bytes. Takes a processor for about a millisecond.
Result<std::string> to_docx(const RichText& document);

}  // namespace jobraker::documents
