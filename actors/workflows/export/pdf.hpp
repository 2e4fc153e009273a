#pragma once

#include <string>

#include "actors/workflows/export/markdown.hpp"
#include "messages/result.hpp"

namespace jobraker::documents {

/// The document as PDF: A4, as many pages as it takes, text that can be selected and searched in
/// every script the installed fonts have, links that can be clicked. Takes a processor for some
/// tens of milliseconds, so it belongs on the work pool. Errc::unavailable when no font is
/// installed; Errc::too_large for more than 50 pages.
Result<std::string> to_pdf(const RichText& document);

}  // namespace jobraker::documents
