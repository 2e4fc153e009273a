#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "make_document.hpp"
#include "tools/doctext/columns.hpp"
#include "tools/doctext/extract.hpp"

namespace jobraker::doctext {
namespace {

using namespace std::string_literals;

TEST(Docx, PutsParagraphsListsTablesAndBoxesInReadingOrder) {
  auto run = [](const std::string& text) { return "<w:r><w:t>" + text + "</w:t></w:r>"; };
  auto paragraph = [&](const std::string& inside) { return "<w:p>" + inside + "</w:p>"; };
  auto cell = [&](const std::string& inside) { return "<w:tc>" + inside + "</w:tc>"; };
  auto text = docx_text(make_docx(
    paragraph(run("Jane") + "<w:r><w:tab/></w:r>" + run("Doe &amp; Co") + "<w:r><w:br/></w:r>" +
              run("Welder")) +
    paragraph("<w:pPr><w:numPr><w:numId w:val=\"1\"/></w:numPr></w:pPr>" + run("first")) +
    "<w:tbl><w:tr>" + cell(paragraph(run("2019"))) + cell(paragraph(run("Acme"))) +
    "</w:tr><w:tr>" + cell(paragraph(run("a")) + paragraph(run("b"))) + cell(paragraph(run("c"))) +
    "</w:tr></w:tbl>" +
    paragraph("<w:r><mc:AlternateContent><mc:Choice><w:txbxContent>" + paragraph(run("box")) +
              "</w:txbxContent></mc:Choice><mc:Fallback><w:txbxContent>" + paragraph(run("box")) +
              "</w:txbxContent></mc:Fallback></mc:AlternateContent></w:r>" + run("beside")) +
    paragraph("<w:del><w:r><w:delText>old</w:delText></w:r></w:del><w:r><w:rPr><w:vanish/></"
              "w:rPr><w:t>hidden</w:t></w:r>" +
              run("<![CDATA[end]]>"))));
  ASSERT_TRUE(text);
  EXPECT_EQ(
    *text, "Jane\tDoe & Co\nWelder\n\xE2\x80\xA2 first\n2019\tAcme\na\nb\nc\nbeside\nbox\nend\n\n");
}

TEST(Odt, ReadsSpacesTabsListsAndTables) {
  auto text =
    odt_text(make_odt("<text:h>Jane  \n Doe</text:h><text:p>a<text:s "
                      "text:c=\"2\"/>b<text:tab/>c<text:line-break/>d</text:p>"
                      "<text:list><text:list-item><text:p>one</text:p></text:list-item></text:list>"
                      "<table:table><table:table-row><table:table-cell><text:p>x</text:p></"
                      "table:table-cell><table:table-cell><text:p>y"
                      "</text:p></table:table-cell></table:table-row></"
                      "table:table><text:p>n<text:note><text:note-citation>1"
                      "</text:note-citation></text:note></text:p>"));
  ASSERT_TRUE(text);
  EXPECT_EQ(*text, "Jane Doe\na  b\tc\nd\n\xE2\x80\xA2 one\nx\ty\nn\n");
}

TEST(Rtf, ReadsEscapesCodePagesAndSkipsWhatIsNoText) {
  struct Case {
    std::string rtf, text;
  };
  const Case cases[] = {
    {"{\\rtf1\\ansi\\ansicpg1252 Caf\\'e9 \\'80\\par next}", "Caf\xC3\xA9 \xE2\x82\xAC\nnext"},
    {"{\\rtf1 \\u8364?uro \\u-10179?\\u-8704? \\uc0\\u233 t\\uc2\\u232 ??x}",
     "\xE2\x82\xACuro \xF0\x9F\x98\x80 \xC3\xA9t\xC3\xA8x"},
    {"{\\rtf1{\\fonttbl{\\f0 Arial;}{\\f1\\fcharset204 Arial;}}\\f1 \\'cf\\'f0{\\f0 a}}",
     "\xD0\x9F\xD1\x80"
     "a"},
    {"{\\rtf1{\\stylesheet{\\s1 Heading;}}{\\info{\\author X}}{\\*\\generator Y;}{\\pict "
     "00ff}text}",
     "text"},
    {"{\\rtf1 a\\{b\\}\\\\c\\~d\\_e\\-f}", "a{b}\\c d-ef"},
    {"{\\rtf1 \\bullet  a\\emdash b\\lquote c\\rquote\\tab d}", "\xE2\x80\xA2 a\xE2\x80\x94"
                                                                "b\xE2\x80\x98"
                                                                "c\xE2\x80\x99\td"},
    {"{\\rtf1 see {\\field{\\*\\fldinst HYPERLINK \"x\"}{\\fldrslt site}} {\\v hidden}end}",
     "see site end"},
    {"{\\rtf1 a{\\bin3 }}}b}", "ab"},
    {"{\\rtf1 x\\row y\\cell z\r\nw}", "x\ny\tzw"},
    {"{\\rtf1 unfinished", "unfinished"},
    {"{\\rtf1{\\*\\shpinst{\\sp{\\sn pib}{\\sv x}}{\\shptxt box}}}", "box"}};
  for (const auto& c : cases) {
    auto text = rtf_text(c.rtf);
    ASSERT_TRUE(text) << c.rtf;
    EXPECT_EQ(*text, c.text) << c.rtf;
  }
}

TEST(Rtf, NeverFallsOverNoise) {
  static const std::vector<std::string> pieces = {"{",   "}",   "\\",          "u",    "-5",  "'",
                                                  "e9",  "bin", "99999999999", "*",    " ",   "\\u",
                                                  "\\'", "f1",  "fonttbl",     "\xFF", "\\uc"};
  EXPECT_TRUE(rc::check([] {
    std::string rtf = "{\\rtf1 ";
    for (const auto& piece :
         *rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(pieces)))
      rtf += piece;
    auto text = rtf_text(rtf);
    RC_ASSERT(!text || text->size() <= rtf.size() * 4);
  }));
}

TEST(Plain, FindsItsEncoding) {
  struct Case {
    std::string bytes, text;
  };
  const Case cases[] = {
    {"\xEF\xBB\xBFJane", "Jane"},
    {"J\xC3\xA9", "J\xC3\xA9"},
    {"\xFF\xFEJ\0\xE9\0"s, "J\xC3\xA9"},
    {"\xFE\xFF\0J\0\xE9"s, "J\xC3\xA9"},
    {"J\0a\0n\0e\0"s, "Jane"},
    {"\0J\0a\0n\0e"s, "Jane"},
    {"\xFF\xFE\x3D\xD8\x00\xDE"s, "\xF0\x9F\x98\x80"},
    {"Z\xFCrich \x80 \x93x\x94", "Z\xC3\xBCrich \xE2\x82\xAC \xE2\x80\x9Cx\xE2\x80\x9D"}};
  for (const auto& c : cases) {
    auto text = plain_text(c.bytes);
    ASSERT_TRUE(text);
    EXPECT_EQ(*text, c.text);
  }
}

TEST(Columns, AreUnfoldedWhereTheyAreAndNowhereElse) {
  std::string two = "            Jane Doe\n", left, right;
  for (int i = 0; i < 12; ++i) {
    two += "a long line of the left side " + std::to_string(10 + i) + "     right side " +
           std::to_string(10 + i) + "\n";
    left += "a long line of the left side " + std::to_string(10 + i) + "\n";
    right += "right side " + std::to_string(10 + i) + "\n";
  }
  auto unfolded = unfold_columns(two + "\fnext page\n");
  auto plain = unfolded;
  for (std::size_t at; (at = plain.find(" \n")) != std::string::npos;)
    plain.erase(at, 1);
  for (std::size_t at; (at = plain.find("\n ")) != std::string::npos;)
    plain.erase(at + 1, 1);
  EXPECT_EQ(plain, "            Jane Doe\n" + left + "\n" + right + "\nnext page\n\n");

  std::string dates;
  for (int i = 0; i < 12; ++i)
    dates += "Employment number " + std::to_string(i) + std::string(20, ' ') +
             "2019\n  what was done there, in a line as long as the page\n";
  EXPECT_EQ(unfold_columns(dates), dates + "\n");
}

}  // namespace
}  // namespace jobraker::doctext
