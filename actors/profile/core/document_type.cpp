#include "actors/profile/core/document_type.hpp"

#include <string>

namespace jobraker {
namespace {

constexpr std::string_view advice = "please send a PDF, DOCX, ODT, RTF or TXT file";

tl::unexpected<Error> refuse(std::string why) {
  return fail(Errc::unsupported_media, why.append("; ").append(advice));
}

bool contains(std::string_view bytes, std::string_view what) {
  return bytes.find(what) != std::string_view::npos;
}

/// The zip formats. Names of parts stand unpacked in the local headers and in the directory.
Result<DocumentType> zip_type(std::string_view bytes) {
  if (contains(bytes.substr(0, 200), "mimetypeapplication/vnd.oasis.opendocument.text"))
    return DocumentType::odt;
  if (contains(bytes.substr(0, 200), "mimetypeapplication/vnd.oasis.opendocument"))
    return refuse("this OpenDocument file is no text document");
  if (contains(bytes, "word/document") ||
      (contains(bytes, "[Content_Types].xml") && contains(bytes, "/document.xml")))
    return DocumentType::docx;
  if (contains(bytes, "content.xml") && contains(bytes, "META-INF/manifest.xml"))
    return DocumentType::odt;
  if (contains(bytes, "xl/workbook") || contains(bytes, "ppt/presentation"))
    return refuse("spreadsheets and presentations are not read");
  if (contains(bytes, "Index/Document.iwa"))
    return refuse("Pages documents are not read: export it first");
  return refuse("this archive is no document");
}

/// Whether `what` stands at this place; there may be fewer bytes than that.
bool has_at(std::string_view bytes, std::size_t place, std::string_view what) {
  return bytes.size() > place && bytes.substr(place, what.size()) == what;
}

bool is_picture(std::string_view bytes) {
  return bytes.starts_with("\x89PNG\r\n\x1A\n") || bytes.starts_with("\xFF\xD8\xFF") ||
         bytes.starts_with("GIF8") || bytes.starts_with("II*") ||
         bytes.starts_with(std::string_view{"MM\0*", 4}) || bytes.starts_with("BM\x00") ||
         (bytes.starts_with("RIFF") && has_at(bytes, 8, "WEBP")) || has_at(bytes, 4, "ftypheic") ||
         has_at(bytes, 4, "ftypavif");
}

/// Text has hardly any control characters; UTF-16 has zeros in every other byte.
bool looks_like_text(std::string_view bytes) {
  if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF"))
    return true;
  auto head = bytes.substr(0, 65536);
  std::size_t control = 0, zeros[2] = {0, 0};
  for (std::size_t i = 0; i < head.size(); ++i) {
    auto c = static_cast<unsigned char>(head[i]);
    if (c == 0)
      ++zeros[i % 2];
    else if (c < 0x20 && !(c >= '\t' && c <= '\r') && c != 0x1B)
      ++control;
  }
  auto half = head.size() / 2;
  if (zeros[0] + zeros[1] > half * 2 / 5 && (zeros[0] <= half / 20 || zeros[1] <= half / 20))
    return control * 20 <= head.size();
  return (control + zeros[0] + zeros[1]) * 20 <= head.size();
}

}  // namespace

Result<DocumentType> document_type(std::string_view bytes, std::string_view file_name,
                                   std::string_view content_type) {
  if (bytes.empty())
    return fail(Errc::unprocessable, "the file is empty");
  if (is_picture(bytes))
    return refuse("pictures cannot be read yet");
  // Writers may put up to a kilobyte before the header (PDF 1.7, appendix H.3.4.1).
  if (contains(bytes.substr(0, 1024), "%PDF-"))
    return DocumentType::pdf;
  if (bytes.starts_with("PK\x03\x04"))
    return zip_type(bytes);
  if (bytes.starts_with("{\\rtf"))
    return DocumentType::rtf;
  if (bytes.starts_with("\xD0\xCF\x11\xE0")) {
    constexpr std::string_view encrypted{"E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0", 32};
    if (contains(bytes, encrypted))
      return fail(
        Errc::unprocessable,
        "the Word document is protected by a password; please send a copy without protection");
    return refuse("old Word files (.doc) are not read: save it as DOCX");
  }
  if (looks_like_text(bytes))
    return DocumentType::txt;
  auto named = file_name.empty() ? content_type : file_name;
  return refuse("this is no document that can be read" +
                (named.empty() ? std::string{} : " (" + std::string{named.substr(0, 100)} + ")"));
}

}  // namespace jobraker
