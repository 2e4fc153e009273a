#include "actors/workflows/export/docx.hpp"

#include <algorithm>
#include <set>

#include "actors/workflows/export/docx_styles.hpp"
#include "actors/workflows/export/xml.hpp"
#include "actors/workflows/export/zip.hpp"

namespace jobraker::documents {
namespace {

constexpr const char* word_ns = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
constexpr const char* relations_ns =
  "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// A numbered list of its own for each run of numbered items, so that each begins with its number.
struct Lists {
  std::vector<int> starts{};  ///< of the numbered lists, in order
  /// The number of the bulleted list is 1, of the first numbered one 2.
  int number(const Block& block, bool goes_on) {
    if (block.marker.empty() || block.marker[0] < '0' || block.marker[0] > '9')
      return 1;
    if (!goes_on || starts.empty())
      starts.push_back(std::atoi(block.marker.c_str()));
    return static_cast<int>(starts.size()) + 1;
  }
};

/// The body of a document, its links collected on the way.
class Body {
public:
  std::vector<std::string> links;
  Lists lists;

  std::string write(const RichText& document) {
    x_.open("w:document").attribute("xmlns:w", word_ns).attribute("xmlns:r", relations_ns);
    x_.open("w:body");
    const Block* before = nullptr;
    for (const auto& block : document.blocks) {
      paragraph(block, before);
      before = &block;
    }
    x_.open("w:sectPr");
    x_.open("w:pgSz").attribute("w:w", "11906").attribute("w:h", "16838").close();
    x_.open("w:pgMar");
    for (const char* side : {"w:top", "w:right", "w:bottom", "w:left"})
      x_.attribute(side, "1134");
    x_.attribute("w:header", "567").attribute("w:footer", "567").attribute("w:gutter", "0").close();
    x_.close().close().close();
    return x_.take();
  }

private:
  void paragraph(const Block& block, const Block* before) {
    x_.open("w:p").open("w:pPr");
    if (block.kind == BlockKind::heading)
      x_.empty("w:pStyle", "w:val", "Heading" + std::to_string(std::min(block.level, 3)));
    if (block.kind == BlockKind::item) {
      x_.empty("w:pStyle", "w:val", "ListParagraph");
      bool goes_on = before && before->kind == BlockKind::item &&
                     (before->marker.empty() || before->marker[0] <= '9') &&
                     before->level == block.level;
      x_.open("w:numPr");
      x_.empty("w:ilvl", "w:val", std::to_string(block.level));
      x_.empty("w:numId", "w:val", std::to_string(lists.number(block, goes_on)));
      x_.close();
    }
    if (block.kind == BlockKind::rule)
      x_.open("w:pBdr")
        .open("w:bottom")
        .attribute("w:val", "single")
        .attribute("w:sz", "4")
        .attribute("w:space", "1")
        .attribute("w:color", "999999")
        .close()
        .close();
    x_.close();
    for (const auto& run : block.runs)
      linked(run);
    x_.close();
  }

  void linked(const Run& run) {
    if (run.link.empty())
      return styled(run);
    links.push_back(run.link);
    x_.open("w:hyperlink").attribute("r:id", "link" + std::to_string(links.size()));
    styled(run);
    x_.close();
  }

  void styled(const Run& run) {
    x_.open("w:r");
    if (run.bold || run.italic || !run.link.empty()) {
      x_.open("w:rPr");
      if (!run.link.empty())
        x_.empty("w:rStyle", "w:val", "Hyperlink");
      if (run.bold)
        x_.empty("w:b");
      if (run.italic)
        x_.empty("w:i");
      x_.close();
    }
    std::string_view rest = run.text;
    for (bool first = true; first || !rest.empty(); first = false) {
      if (!first)
        x_.empty("w:br");
      auto stop = std::min(rest.find('\n'), rest.size());
      x_.open("w:t").attribute("xml:space", "preserve").text(rest.substr(0, stop)).close();
      rest.remove_prefix(std::min(stop + 1, rest.size()));
    }
    x_.close();
  }

  XmlWriter x_;
};

void numbering_level(XmlWriter& x, int level, bool bullets, int start) {
  constexpr const char* signs[] = {"\xE2\x80\xA2", "\xE2\x97\xA6", "\xE2\x96\xAA", "\xE2\x80\xA2"};
  x.open("w:lvl").attribute("w:ilvl", std::to_string(level));
  x.empty("w:start", "w:val", std::to_string(start));
  x.empty("w:numFmt", "w:val", bullets ? "bullet" : "decimal");
  x.empty("w:lvlText", "w:val",
          bullets ? std::string{signs[level]} : "%" + std::to_string(level + 1) + ".");
  x.empty("w:lvlJc", "w:val", "left");
  x.open("w:pPr").open("w:ind");
  x.attribute("w:left", std::to_string(360 + 360 * level)).attribute("w:hanging", "360");
  x.close().close().close();
}

std::string numbering_xml(const Lists& lists) {
  XmlWriter x;
  x.open("w:numbering").attribute("xmlns:w", word_ns);
  for (std::size_t i = 0; i <= lists.starts.size(); ++i) {
    x.open("w:abstractNum").attribute("w:abstractNumId", std::to_string(i));
    x.empty("w:multiLevelType", "w:val", "hybridMultilevel");
    for (int level = 0; level < 4; ++level)
      numbering_level(x, level, i == 0, i == 0 || level > 0 ? 1 : lists.starts[i - 1]);
    x.close();
  }
  for (std::size_t i = 0; i <= lists.starts.size(); ++i) {
    x.open("w:num").attribute("w:numId", std::to_string(i + 1));
    x.empty("w:abstractNumId", "w:val", std::to_string(i));
    x.close();
  }
  x.close();
  return x.take();
}

std::string document_rels_xml(const std::vector<std::string>& links) {
  XmlWriter x;
  x.open("Relationships")
    .attribute("xmlns", "http://schemas.openxmlformats.org/package/2006/relationships");
  auto relation = [&](const std::string& id, std::string_view type, std::string_view target) {
    x.open("Relationship").attribute("Id", id);
    x.attribute("Type", std::string{relations_ns} + "/" + std::string{type});
    x.attribute("Target", target);
    if (type == "hyperlink")
      x.attribute("TargetMode", "External");
    x.close();
  };
  relation("styles", "styles", "styles.xml");
  relation("numbering", "numbering", "numbering.xml");
  for (std::size_t i = 0; i < links.size(); ++i)
    relation("link" + std::to_string(i + 1), "hyperlink", links[i]);
  x.close();
  return x.take();
}

std::string properties_xml(const std::string& title) {
  XmlWriter x;
  x.open("cp:coreProperties")
    .attribute("xmlns:cp",
               "http://schemas.openxmlformats.org/package/2006/metadata/core-properties")
    .attribute("xmlns:dc", "http://purl.org/dc/elements/1.1/");
  x.open("dc:title").text(title).close();
  x.close();
  return x.take();
}

}  // namespace

Result<std::string> to_docx(const RichText& document) {
  Body body;
  auto text = body.write(document);
  return make_zip({{"[Content_Types].xml", std::string{content_types_xml}},
                   {"_rels/.rels", std::string{package_rels_xml}},
                   {"word/document.xml", std::move(text)},
                   {"word/_rels/document.xml.rels", document_rels_xml(body.links)},
                   {"word/styles.xml", std::string{styles_xml}},
                   {"word/numbering.xml", numbering_xml(body.lists)},
                   {"docProps/core.xml", properties_xml(title_of(document))}});
}

}  // namespace jobraker::documents
