#include "net/process/document_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "make_document.hpp"

namespace jobraker {
namespace {

using testing::HasSubstr;

TEST(DocumentText, ReadsEveryType) {
  const std::pair<DocumentType, std::string> documents[] = {
    {DocumentType::pdf, make_pdf("Jane Doe, Welder")},
    {DocumentType::docx, make_docx("<w:p><w:r><w:t>Jane Doe, Welder</w:t></w:r></w:p>")},
    {DocumentType::odt, make_odt("<text:p>Jane Doe, Welder</text:p>")},
    {DocumentType::rtf, "{\\rtf1\\ansi Jane Doe, Welder\\par}"},
    {DocumentType::txt, "Jane Doe, Welder"}};
  for (const auto& [type, bytes] : documents) {
    auto text = text_of(type, bytes);
    ASSERT_TRUE(text) << name_of(type) << ": " << text.error().detail;
    EXPECT_THAT(*text, HasSubstr("Jane Doe, Welder"));
  }
}

TEST(DocumentText, SaysWhatIsWrong) {
  struct Case {
    DocumentType type;
    std::string bytes;
    Errc code;
    const char* detail;
  };
  const Case cases[] = {
    {DocumentType::pdf, "%PDF-1.4 nothing more", Errc::malformed, "damaged"},
    {DocumentType::pdf, make_pdf(""), Errc::unprocessable, "scan"},
    {DocumentType::docx, "PK\x03\x04 no zip", Errc::malformed, "damaged"},
    {DocumentType::docx, make_zip({{"word/other.xml", "<a/>"}}), Errc::malformed, "damaged"},
    {DocumentType::docx, make_docx("<w:p>"), Errc::malformed, "damaged"},
    {DocumentType::docx, make_docx("<w:p/>"), Errc::unprocessable, "scan"},
    {DocumentType::odt, make_zip({{"mimetype", "x"}}), Errc::malformed, "damaged"},
    {DocumentType::rtf, "plain", Errc::malformed, "damaged"},
    {DocumentType::txt, std::string(100, '\x01'), Errc::malformed, "damaged"},
    {DocumentType::txt, " \n ", Errc::unprocessable, "no text"},
    {DocumentType::txt, "", Errc::unprocessable, "empty"}};
  for (const auto& c : cases) {
    auto text = text_of(c.type, c.bytes);
    ASSERT_FALSE(text) << name_of(c.type) << " gave " << *text;
    EXPECT_EQ(text.error().code, c.code) << name_of(c.type) << ": " << text.error().detail;
    EXPECT_THAT(text.error().detail, HasSubstr(c.detail));
  }
}

TEST(DocumentText, KeepsTheCallersDeadlineAndItsLimits) {
  auto late = wait(document_text({}, DocumentType::txt, "x", now() - std::chrono::seconds{1}));
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, Errc::timed_out);
  DocumentTextSettings small;
  small.output = 1000;
  auto flood = text_of(DocumentType::txt, std::string(100'000, 'x'), small);
  ASSERT_FALSE(flood);
  EXPECT_EQ(flood.error().code, Errc::too_large);
  DocumentTextSettings missing;
  missing.program = "/nonexistent/doctext";
  auto none = text_of(DocumentType::txt, "x", missing);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, Errc::unavailable);
  DocumentTextSettings slow;
  slow.program = JOBRAKER_SOURCE_DIR "/tests/process/hang.sh";
  slow.wall = std::chrono::milliseconds{200};
  auto hang = text_of(DocumentType::txt, "x", slow);
  ASSERT_FALSE(hang);
  EXPECT_EQ(hang.error().code, Errc::timed_out);
}

}  // namespace
}  // namespace jobraker
