// Documents made to hurt, built here and read through the separate process.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "make_document.hpp"

namespace jobraker {
namespace {

using testing::HasSubstr;

void expect_refused(DocumentType type, const std::string& bytes, Errc code) {
  auto text = text_of(type, bytes);
  ASSERT_FALSE(text) << text->substr(0, 200);
  EXPECT_EQ(text.error().code, code) << text.error().detail;
}

TEST(Hostile, DocxBombOfZerosIsTooLarge) {
  auto bomb = make_zip({{"word/document.xml", std::string(100U << 20, '\0')}});
  ASSERT_LT(bomb.size(), 200'000U);
  expect_refused(DocumentType::docx, bomb, Errc::too_large);
}

TEST(Hostile, DocxBombOfGoodXmlIsTooLarge) {
  std::string body;
  for (int i = 0; i < 1'500'000; ++i)
    body += "<w:p><w:r><w:t>a</w:t></w:r></w:p>";
  expect_refused(DocumentType::docx, make_docx(body), Errc::too_large);
}

TEST(Hostile, BombInASidePartIsTooLargeToo) {
  auto bomb =
    make_zip({{"word/document.xml", "<d/>"}, {"word/header1.xml", std::string(60U << 20, ' ')}});
  expect_refused(DocumentType::docx, bomb, Errc::too_large);
  expect_refused(DocumentType::odt, make_zip({{"content.xml", std::string(60U << 20, ' ')}}),
                 Errc::too_large);
}

TEST(Hostile, DeclaredSizesThatLieDoNotHelpABomb) {
  auto bomb = make_zip({{"word/document.xml", std::string(60U << 20, ' ')}});
  // The uncompressed size in the central directory (APPNOTE 4.3.12) becomes ten bytes.
  auto directory = bomb.rfind("PK\x01\x02");
  ASSERT_NE(directory, std::string::npos);
  for (std::size_t i = 0; i < 4; ++i)
    bomb[directory + 24 + i] = i == 0 ? 10 : 0;
  auto text = text_of(DocumentType::docx, bomb);
  ASSERT_FALSE(text);
  EXPECT_TRUE(text.error().code == Errc::too_large || text.error().code == Errc::malformed)
    << text.error().detail;
}

TEST(Hostile, EntitiesThatGrowAreRefusedBeforeTheyDo) {
  std::string type = "<!DOCTYPE d [<!ENTITY a \"aaaaaaaaaa\">";
  for (char c = 'b'; c < 'l'; ++c)
    type += std::string{"<!ENTITY "} + c + " \"" + [&] {
      std::string ten;
      for (int i = 0; i < 10; ++i)
        ten += std::string{"&"} + static_cast<char>(c - 1) + ";";
      return ten;
    }() + "\">";
  type += "]>";
  auto xml =
    type +
    R"(<w:document xmlns:w="w"><w:body><w:p><w:r><w:t>&k;</w:t></w:r></w:p></w:body></w:document>)";
  expect_refused(DocumentType::docx, make_zip({{"word/document.xml", xml}}), Errc::malformed);
}

TEST(Hostile, ExternalEntitiesReadNoFile) {
  auto xml =
    R"(<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/hostname">]><w:document xmlns:w="w"><w:body><w:p><w:r><w:t>&x;</w:t></w:r></w:p></w:body></w:document>)";
  expect_refused(DocumentType::docx, make_zip({{"word/document.xml", xml}}), Errc::malformed);
}

TEST(Hostile, DeepNestingIsAnErrorAndNoCrash) {
  std::string open, rtf = "{\\rtf1 ";
  for (int i = 0; i < 100'000; ++i)
    open += "<w:tc>";
  expect_refused(DocumentType::docx, make_docx(open), Errc::malformed);
  expect_refused(DocumentType::rtf, rtf + std::string(100'000, '{'), Errc::malformed);
}

TEST(Hostile, CutFilesAreMalformed) {
  auto whole = make_docx("<w:p><w:r><w:t>Jane Doe</w:t></w:r></w:p>");
  for (auto part : {whole.size() / 3, whole.size() / 2})
    expect_refused(DocumentType::docx, whole.substr(0, part), Errc::malformed);
}

TEST(Hostile, EncryptedPdfSaysSo) {
  auto folder = std::filesystem::path{testing::TempDir()};
  auto plain = folder / "jobraker_plain.pdf", locked = folder / "jobraker_locked.pdf";
  std::ofstream{plain, std::ios::binary} << make_pdf("Jane Doe");
  auto command =
    "qpdf --encrypt user owner 256 -- '" + plain.string() + "' '" + locked.string() + "'";
  if (std::system(command.c_str()) != 0)
    GTEST_SKIP() << "qpdf is not there";
  std::ostringstream bytes;
  bytes << std::ifstream{locked, std::ios::binary}.rdbuf();
  auto text = text_of(DocumentType::pdf, bytes.str());
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().code, Errc::unprocessable);
  EXPECT_THAT(text.error().detail, HasSubstr("password"));
  std::filesystem::remove(plain);
  std::filesystem::remove(locked);
}

TEST(Hostile, EncryptedOdtSaysSo) {
  auto odt = make_zip(
    {{"content.xml", "\x12\x34"}, {"META-INF/manifest.xml", "<manifest:encryption-data/>"}});
  auto text = text_of(DocumentType::odt, odt);
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().code, Errc::unprocessable);
  EXPECT_THAT(text.error().detail, HasSubstr("password"));
}

}  // namespace
}  // namespace jobraker
