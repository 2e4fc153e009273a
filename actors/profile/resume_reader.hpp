#pragma once

#include "actors/profile/core/parse_answer.hpp"
#include "actors/system/services.hpp"

namespace jobraker {

/// Whether the file is of a kind that can be read: a document, or a picture of at most this many
/// bytes. Errc::unsupported_media, malformed or too_large.
Done check_resume_type(const SubmitResume& resume, std::int64_t bytes_max);

/// Document → text (in a process of its own) → clean text → model → checked profile. Reports
/// progress on the task. On an I/O thread; everything heavy happens elsewhere.
task<Result<ParsedResume>> read_resume_document(Services& services, Context context,
                                                SubmitResume resume);

}  // namespace jobraker
