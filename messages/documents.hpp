#pragma once

#include <cstdint>
#include <string_view>

#include "messages/enums.hpp"

namespace jobraker {

/// The document formats that text is read from; the names are those of `jobraker-doctext --type`.
enum class DocumentType : std::uint8_t { pdf, docx, odt, rtf, txt };
template <>
inline constexpr std::string_view enum_names<DocumentType>[] = {"pdf", "docx", "odt", "rtf", "txt"};

}  // namespace jobraker
