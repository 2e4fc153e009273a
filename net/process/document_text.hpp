#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "messages/documents.hpp"
#include "messages/result.hpp"
#include "messages/task.hpp"
#include "messages/time.hpp"

namespace jobraker {

/// Where the extractor is and what one document may cost.
struct DocumentTextSettings {
  std::string program{};                ///< path of jobraker-doctext; empty: beside the executable
  std::chrono::seconds cpu{10};         ///< processor time for one document
  std::uint64_t memory = 512ULL << 20;  ///< bytes of address space
  std::uint64_t output = 4ULL << 20;    ///< bytes of text
  std::chrono::milliseconds wall{20'000};  ///< time to wait in any case
};

/// The text of a document as UTF-8, read by a separate process with limits (tools/doctext), so that
/// a hostile file costs that process only. `deadline` is the caller's; the earlier of it and
/// `settings.wall` counts.
/// Errors, each with a sentence for the person: Errc::unprocessable (protected by a password; no
/// text in it, as in a scan), Errc::malformed (broken file), Errc::too_large (unpacks to too much,
/// or needs too much memory or processor time), Errc::timed_out, Errc::unavailable (the extractor
/// cannot be started), Errc::internal.
task<Result<std::string>> document_text(const DocumentTextSettings& settings, DocumentType type,
                                        std::string bytes, Time deadline);

}  // namespace jobraker
