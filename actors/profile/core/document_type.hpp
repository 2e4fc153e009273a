#pragma once

#include <string_view>

#include "messages/documents.hpp"
#include "messages/result.hpp"

namespace jobraker {

/// What an uploaded file is, decided by its bytes (file signatures; for the zip formats the names
/// and the `mimetype` entry inside, PKWARE APPNOTE 4.3 and OpenDocument 1.2 part 3 §3.3).
/// `file_name` and `content_type` are only hints, used to word the refusal. Errc::unsupported_media
/// with advice for pictures, old Word files, other archives and unknown binary; Errc::unprocessable
/// for an empty file.
Result<DocumentType> document_type(std::string_view bytes, std::string_view file_name,
                                   std::string_view content_type);

}  // namespace jobraker
