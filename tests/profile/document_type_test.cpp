#include "actors/profile/core/document_type.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace jobraker {
namespace {

using namespace std::string_literals;

TEST(DocumentTypes, AreToldByContentAndNotByName) {
  struct Case {
    std::string bytes;
    DocumentType type;
  };
  const Case cases[] = {
    {"%PDF-1.4\n...", DocumentType::pdf},
    {"junk before\n%PDF-1.7", DocumentType::pdf},
    {"{\\rtf1 hello}", DocumentType::rtf},
    {"PK\x03\x04........[Content_Types].xml...word/document.xml", DocumentType::docx},
    {"PK\x03\x04" + std::string(26, '.') + "mimetypeapplication/vnd.oasis.opendocument.text",
     DocumentType::odt},
    {"Jane Doe\nEngineer", DocumentType::txt},
    {"\xFF\xFEJ\0a\0"s, DocumentType::txt},
    {"J\0a\0n\0e\0 \0D\0o\0e\0"s, DocumentType::txt},
    {"Z\xFCrich", DocumentType::txt}};
  for (const auto& c : cases) {
    auto type = document_type(c.bytes, "wrong.png", "image/png");
    ASSERT_TRUE(type) << c.bytes << type.error().detail;
    EXPECT_EQ(*type, c.type) << c.bytes;
  }
}

TEST(DocumentTypes, RefuseTheRestWithAdvice) {
  struct Case {
    std::string bytes;
    Errc code;
    std::string hint;
  };
  const Case cases[] = {
    {"\x89PNG\r\n\x1A\n....", Errc::unsupported_media, "pictures"},
    {"\xFF\xD8\xFF\xE0....", Errc::unsupported_media, "pictures"},
    {"RIFF....WEBPVP8 ", Errc::unsupported_media, "pictures"},
    {"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1....", Errc::unsupported_media, "save it as DOCX"},
    {"\xD0\xCF\x11\xE0..E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0"s, Errc::unprocessable,
     "password"},
    {"PK\x03\x04....xl/workbook.xml", Errc::unsupported_media, "spreadsheets"},
    {"PK\x03\x04....photos/cat.jpg", Errc::unsupported_media, "archive"},
    {"\x7F"
     "ELF\x02\x01\x01\0\0\0\0\0\0\0\0\x03\x01\x02\x05\x06"s,
     Errc::unsupported_media, "resume.exe"},
    {"", Errc::unprocessable, "empty"}};
  for (const auto& c : cases) {
    auto type = document_type(c.bytes, "resume.exe", "application/pdf");
    ASSERT_FALSE(type) << c.bytes;
    EXPECT_EQ(type.error().code, c.code) << c.bytes;
    EXPECT_THAT(type.error().detail, testing::HasSubstr(c.hint));
  }
}

TEST(DocumentTypes, ACutFileIsAnsweredLikeAnyOther) {
  for (std::string whole : {"\x89PNG\r\n\x1A\n....", "RIFF....WEBPVP8 ", "....ftypheic....",
                            "PK\x03\x04....xl/workbook.xml", "%PDF-1.7\n", "{\\rtf1 x}"})
    for (std::size_t n = 0; n <= whole.size(); ++n) {
      auto type = document_type(whole.substr(0, n), "resume", "");
      EXPECT_TRUE(type || !type.error().detail.empty()) << whole.substr(0, n);
    }
  EXPECT_EQ(document_type("....ftypheic", "resume", "").error().code, Errc::unsupported_media);
}

}  // namespace
}  // namespace jobraker
