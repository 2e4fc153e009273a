#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <sstream>

#include <unistd.h>

#include <gmock/gmock.h>
#include <rapidcheck.h>

#include "actors/profile/core/evidence.hpp"
#include "actors/workflows/core/render.hpp"
#include "actors/workflows/export/docx.hpp"
#include "actors/workflows/export/markdown.hpp"
#include "actors/workflows/export/pdf.hpp"
#include "tests/workflows/sample_career.hpp"
#include "tools/doctext/extract.hpp"

namespace jobraker::documents {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// A file that goes when the test does.
struct TemporaryFile {
  std::string path = ::testing::TempDir() + "jobraker-export-XXXXXX";
  explicit TemporaryFile(std::string_view content) {
    if (int handle = mkstemp(path.data()); handle >= 0)
      ::close(handle);
    std::ofstream{path, std::ios::binary} << content;
  }
  ~TemporaryFile() { std::remove(path.c_str()); }
};

std::string output_of(const std::string& command) {
  std::unique_ptr<FILE, int (*)(FILE*)> pipe{popen(command.c_str(), "r"), pclose};
  std::string out;
  std::array<char, 4096> buffer{};
  while (auto n = std::fread(buffer.data(), 1, buffer.size(), pipe.get()))
    out.append(buffer.data(), n);
  return out;
}

std::string text_of_pdf(const std::string& pdf, const std::string& options = "") {
  TemporaryFile file{pdf};
  return output_of("pdftotext -enc UTF-8 " + options + " " + file.path + " -");
}

/// The words of a text with one blank between them: where lines break is the page's business.
std::string words(std::string_view text) {
  std::istringstream in{std::string{text}};
  std::string out, word;
  while (in >> word)
    out += (out.empty() ? "" : " ") + word;
  return out;
}

RichText sample() {
  auto markdown =
    workflows::resume_markdown(workflows::honest_resume(), workflows::sample_profile());
  return parse_markdown(markdown);
}

constexpr std::string_view every_form = R"(# Zoë Müller-Łukasz

**Ingénieure** · [zoe@example.com](mailto:zoe@example.com) · Ελλάδα · Москва · 2 €

## Work — „quoted“

A paragraph that is *long enough* to be broken into more than one line on a page of A4, with office
and affluent workflow ligatures, and a line\
that breaks.

- first **bold** item
  - nested item with [a link](https://example.com/a?b=c&d='e')
- C++ & C# < D > E "F"

1. one
2. two

---

Last line with \*stars\* and 1 \_ 2.
)";

TEST(Markdown, ReadsBlocksAndLooks) {
  auto document = parse_markdown(every_form);
  ASSERT_EQ(document.blocks.size(), 11u);
  EXPECT_EQ(title_of(document), "Zoë Müller-Łukasz");
  EXPECT_EQ(document.blocks[1].runs[0], (documents::Run{"Ingénieure", true, false, ""}));
  EXPECT_EQ(document.blocks[1].runs[2],
            (documents::Run{"zoe@example.com", false, false, "mailto:zoe@example.com"}));
  EXPECT_THAT(plain_text(document.blocks[3]), HasSubstr("and a line\nthat breaks."));
  EXPECT_EQ(document.blocks[5].level, 1);
  EXPECT_EQ(document.blocks[5].runs[1].link, "https://example.com/a?b=c&d='e'");
  EXPECT_EQ(document.blocks[7].marker, "1.");
  EXPECT_EQ(document.blocks[9].kind, BlockKind::rule);
  EXPECT_EQ(plain_text(document.blocks[10]), "Last line with *stars* and 1 _ 2.");
}

TEST(Markdown, WhatIsNoMarkdownIsText) {
  for (std::string text : {"2 * 3 * 4", "snake_case_name", "a < b > c", "[not a link]", "`open",
                           "**open", "[x](javascript:alert(1))", "<script>alert(1)</script>",
                           "#hashtag", "5.5 percent", "C++", "* ", "\xE2\x82"})
    EXPECT_EQ(words(plain_text(parse_markdown(text))), words(text)) << text;
}

TEST(Markdown, LinksLeadToTheWebOrAMailOnly) {
  for (auto url : {"javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "//host/x",
                   "https://", "HTTPS://x y", "https://a\"b"})
    for (const auto& block : parse_markdown("[x](" + std::string{url} + ")").blocks)
      for (const auto& run : block.runs)
        EXPECT_EQ(run.link, "") << url;
}

TEST(Markdown, EscapedTextIsShownAsItIs) {
  EXPECT_TRUE(rc::check([] {
    auto text = *rc::gen::container<std::string>(
      rc::gen::elementOf(std::string{"ab 1.)-+*_`[]()<>#!\\~|=>&\n\t"}));
    auto shown = plain_text(parse_markdown(workflows::escaped_markdown(text)));
    RC_ASSERT(words(shown) == words(text));
  }));
}

TEST(Markdown, AnyTextIsReadAndKeepsItsLetters) {
  EXPECT_TRUE(rc::check([](const std::string& noise) {
    std::string letters, shown;
    for (char c : noise)
      if (c >= 'a' && c <= 'z')
        letters += c;
    for (char c : plain_text(parse_markdown(noise)))
      if (c >= 'a' && c <= 'z')
        shown += c;
    RC_ASSERT(shown == letters);
  }));
}

TEST(Markdown, DeepNestingCostsNothing) {
  for (char sign : {'[', '*', '_', '!', '`', '('})
    (void)parse_markdown(std::string(20'000, sign) + "x");
  std::string nested;
  for (int i = 0; i < 3000; ++i)
    nested += "**a *b ";
  (void)parse_markdown(nested);
}

TEST(Docx, IsReadBackWordForWord) {
  for (const auto& document : {sample(), parse_markdown(every_form)}) {
    auto docx = to_docx(document);
    ASSERT_TRUE(docx) << docx.error().detail;
    auto text = doctext::docx_text(*docx);
    ASSERT_TRUE(text);
    std::string expected = plain_text(document);
    // The reader shows every list item with a bullet.
    for (std::string_view marker : {"1. ", "2. "})
      if (auto at = expected.find("\n" + std::string{marker}); at != std::string::npos)
        expected.replace(at + 1, 2, "•");
    EXPECT_EQ(words(*text), words(expected));
  }
}

TEST(Docx, IsAZipWithWellFormedParts) {
  TemporaryFile file{*to_docx(parse_markdown(every_form))};
  auto script =
    std::string{"import sys,zipfile,xml.dom.minidom as m\n"
                "z=zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None\n"
                "print(' '.join(z.namelist()))\n"
                "[m.parseString(z.read(n)) for n in z.namelist()]\n"
                "d=z.read('word/document.xml').decode()\n"
                "r=z.read('word/_rels/document.xml.rels').decode()\n"
                "import re\n"
                "assert set(re.findall('r:id=\"(\\w+)\"',d))<=set(re.findall('Id=\"(\\w+)\"',r))\n"
                "assert 'mailto:zoe@example.com' in r\n"};
  TemporaryFile program{script};
  auto names = output_of("python3 " + program.path + " " + file.path + " 2>&1");
  EXPECT_THAT(names, ::testing::StartsWith("[Content_Types].xml _rels/.rels word/document.xml"))
    << names;
  EXPECT_THAT(names, ::testing::Not(HasSubstr("Traceback")));
}

TEST(Pdf, IsReadBackWordForWord) {
  for (const auto& document : {sample(), parse_markdown(every_form)}) {
    auto pdf = to_pdf(document);
    ASSERT_TRUE(pdf) << pdf.error().detail;
    EXPECT_EQ(words(text_of_pdf(*pdf)), words(plain_text(document)));
  }
}

TEST(Pdf, IsA4WithTitleAndLinks) {
  TemporaryFile file{*to_pdf(parse_markdown(every_form))};
  auto info = output_of("pdfinfo " + file.path);
  EXPECT_THAT(info, HasSubstr("A4"));
  EXPECT_THAT(info, HasSubstr("Zoë Müller-Łukasz"));
  EXPECT_THAT(info, HasSubstr("Pages:           1"));
  std::ifstream in{file.path, std::ios::binary};
  std::stringstream bytes;
  bytes << in.rdbuf();
  EXPECT_THAT(bytes.str(), HasSubstr("mailto:zoe@example.com"));
  EXPECT_THAT(bytes.str(), HasSubstr("https://example.com/a?b=c&d=%27e%27"));
}

TEST(Pdf, TakesAsManyPagesAsItNeedsAndLosesNothing) {
  std::string markdown = "# Long\n\n";
  for (int i = 0; i < 300; ++i)
    markdown += "- item number " + std::to_string(i) + " of a list that goes on\n";
  auto document = parse_markdown(markdown);
  auto pdf = to_pdf(document);
  ASSERT_TRUE(pdf);
  EXPECT_EQ(words(text_of_pdf(*pdf)), words(plain_text(document)));
  TemporaryFile file{*pdf};
  auto info = output_of("pdfinfo " + file.path + " | grep Pages");
  auto pages = std::atoi(info.substr(info.find_first_of("0123456789")).c_str());
  EXPECT_GT(pages, 4);
  EXPECT_LT(pages, 12);
}

TEST(Pdf, AWordWiderThanThePageIsBroken) {
  auto document = parse_markdown(std::string(400, 'm'));
  auto text = text_of_pdf(*to_pdf(document));
  std::erase_if(text, [](char c) { return c == '\n' || c == '\f' || c == ' '; });
  EXPECT_EQ(text, std::string(400, 'm'));
}

TEST(Pdf, EndlessDocumentsAreRefused) {
  std::string markdown;
  for (int i = 0; i < 6000; ++i)
    markdown += "- x\n";
  auto pdf = to_pdf(parse_markdown(markdown));
  ASSERT_FALSE(pdf);
  EXPECT_EQ(pdf.error().code, Errc::too_large);
}

TEST(Export, TheSameDocumentGivesTheSameBytes) {
  EXPECT_EQ(*to_docx(sample()), *to_docx(sample()));
  EXPECT_EQ(*to_pdf(sample()), *to_pdf(sample()));
}

TEST(Export, AnEmptyDocumentIsOne) {
  EXPECT_TRUE(to_docx(RichText{}));
  EXPECT_TRUE(to_pdf(RichText{}));
}

TEST(Render, SignsOfMarkdownInAnAnswerAreText) {
  auto resume = workflows::honest_resume();
  resume.experience[0].bullets = {"# no heading", "1. no number\n- no item",
                                  "*plain* [x](https://y)"};
  auto document = parse_markdown(workflows::resume_markdown(resume, workflows::sample_profile()));
  std::vector<std::string> items;
  for (const auto& block : document.blocks)
    if (block.kind == BlockKind::item && items.size() < 3) {
      items.push_back(plain_text(block));
      for (const auto& run : block.runs)
        EXPECT_TRUE(run.link.empty() && !run.italic);
    }
  EXPECT_THAT(items,
              ElementsAre("# no heading", "1. no number - no item", "*plain* [x](https://y)"));
}

TEST(Render, AResumeHasItsPartsInOrder) {
  std::vector<std::string> headings;
  for (const auto& block : sample().blocks)
    if (block.kind == BlockKind::heading)
      headings.push_back(plain_text(block));
  EXPECT_THAT(headings, ElementsAre("Amara Whitfield", "Summary", "Experience",
                                    "Senior C++ Engineer, Marlin Exchange Systems",
                                    "Software Engineer, Tamar Instruments", "Education", "Skills"));
  EXPECT_THAT(plain_text(sample()), HasSubstr("Programming languages: C++, Python"));
  EXPECT_THAT(plain_text(sample()), HasSubstr("Tools and platforms: Linux, Postgres"));
}

TEST(Render, ALetterKeepsItsLinesAndIsSignedOnce) {
  workflows::KitLetter letter{
    "Application", "Dear team,\n\nOne.\nTwo.\n\nKind regards,\nAmara Whitfield", {}};
  auto text =
    plain_text(parse_markdown(workflows::letter_markdown(letter, workflows::sample_profile())));
  EXPECT_THAT(text, HasSubstr("One.\nTwo."));
  EXPECT_THAT(text, ::testing::EndsWith("Kind regards,\nAmara Whitfield\n"));
  EXPECT_EQ(text.find("Amara Whitfield", text.find("regards")), text.rfind("Amara Whitfield"));
  letter.letter = "Dear team,\n\nOne.\n\nKind regards,";
  text =
    plain_text(parse_markdown(workflows::letter_markdown(letter, workflows::sample_profile())));
  EXPECT_THAT(text, ::testing::EndsWith("Kind regards,\nAmara Whitfield\n"));
}

}  // namespace
}  // namespace jobraker::documents
