#include "make_document.hpp"

#include <archive.h>
#include <archive_entry.h>

namespace jobraker {

std::string make_zip(const std::vector<std::pair<std::string, std::string>>& entries) {
  std::string out;
  for (const auto& [name, content] : entries)
    out.reserve(out.size() + content.size() + 4096);
  std::vector<char> buffer(out.capacity() + 65536);
  std::size_t used = 0;
  auto* a = archive_write_new();
  archive_write_set_format_zip(a);
  archive_write_open_memory(a, buffer.data(), buffer.size(), &used);
  for (const auto& [name, content] : entries) {
    auto* entry = archive_entry_new();
    archive_entry_set_pathname(entry, name.c_str());
    archive_entry_set_size(entry, static_cast<la_int64_t>(content.size()));
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    archive_write_header(a, entry);
    archive_write_data(a, content.data(), content.size());
    archive_entry_free(entry);
  }
  archive_write_close(a);
  archive_write_free(a);
  return {buffer.data(), used};
}

std::string make_docx(const std::string& body) {
  return make_zip(
    {{"[Content_Types].xml", "<Types/>"},
     {"word/document.xml",
      R"(<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><w:body>)" +
        body + "</w:body></w:document>"}});
}

std::string make_odt(const std::string& body) {
  return make_zip(
    {{"mimetype", "application/vnd.oasis.opendocument.text"},
     {"content.xml",
      R"(<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"><office:body><office:text>)" +
        body + "</office:text></office:body></office:document-content>"}});
}

std::string make_pdf(const std::string& line) {
  auto stream = "BT /F1 12 Tf 72 700 Td (" + line + ") Tj ET";
  const std::string objects[] = {
    "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << "
    "/F1 5 0 R >> >> >>",
    "<< /Length " + std::to_string(stream.size()) + " >>\nstream\n" + stream + "\nendstream",
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"};
  std::string pdf = "%PDF-1.4\n", table;
  int number = 0;
  for (const auto& object : objects) {
    auto offset = std::to_string(pdf.size());
    table += std::string(10 - offset.size(), '0') + offset + " 00000 n \n";
    pdf += std::to_string(++number) + " 0 obj\n" + object + "\nendobj\n";
  }
  auto start = std::to_string(pdf.size());
  return pdf + "xref\n0 6\n0000000000 65535 f \n" + table +
         "trailer << /Size 6 /Root 1 0 R >>\nstartxref\n" + start + "\n%%EOF\n";
}

Result<std::string> text_of(DocumentType type, std::string bytes, DocumentTextSettings settings) {
  return wait(document_text(settings, type, std::move(bytes), now() + std::chrono::seconds{60}));
}

}  // namespace jobraker
