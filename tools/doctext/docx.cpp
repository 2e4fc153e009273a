#include <algorithm>
#include <set>

#include "tools/doctext/text_builder.hpp"
#include "tools/doctext/xml_events.hpp"
#include "tools/doctext/zip_parts.hpp"

namespace jobraker::doctext {
namespace {

/// One part of a Word document (ECMA-376 part 1 §17). Local names are enough: the strict form has
/// the same ones in another namespace.
class WordPart : public XmlEvents {
public:
  explicit WordPart(TextBuilder& out) : out_(out) {}

  void open(std::string_view name, const Attributes& attributes) override {
    if (skipping_ > 0 || skipped(name)) {
      ++skipping_;
      return;
    }
    if (name == "AlternateContent")
      choices_.push_back(false);
    else if (name == "Choice" && !choices_.empty())
      choices_.back() = true;
    else if (name == "r" || name == "p")
      hidden_ = false;
    else if (name == "vanish")
      hidden_ = attributes["val"] != "0" && attributes["val"] != "false";
    else if (name == "t")
      in_text_ = true;
    else if (name == "tab" && in_run_properties_ == 0)
      put("\t");
    else if (name == "br" || name == "cr")
      put("\n");
    else if (name == "noBreakHyphen")
      put("-");
    else if (name == "tabs" || name == "rPr")
      ++in_run_properties_;
    else if (name == "numId")
      listed(attributes["val"] != "0");
    else if (name == "pStyle" && attributes["val"].find("List") != std::string_view::npos)
      listed(true);
    else if (name == "tc")
      out_.begin_cell();
    else if (name == "txbxContent")
      out_.begin_box();
  }

  void close(std::string_view name) override {
    if (skipping_ > 0) {
      --skipping_;
      return;
    }
    if (name == "AlternateContent" && !choices_.empty())
      choices_.pop_back();
    else if (name == "t")
      in_text_ = false;
    else if (name == "tabs" || name == "rPr")
      --in_run_properties_;
    else if (name == "p")
      out_.end_paragraph();
    else if (name == "tc")
      out_.end_cell();
    else if (name == "tr")
      out_.end_row();
    else if (name == "txbxContent")
      out_.end_box();
  }

  void text(std::string_view text) override {
    if (in_text_ && skipping_ == 0)
      put(text);
  }

private:
  /// Old content kept beside new: the picture of a text box that follows as text, what was deleted,
  /// phonetic guides, the tab stops of a paragraph.
  bool skipped(std::string_view name) const {
    return (name == "Fallback" && !choices_.empty() && choices_.back()) || name == "del" ||
           name == "moveFrom" || name == "rt" || name == "pPrChange" || name == "rPrChange";
  }
  void listed(bool yes) { out_.prefix(yes ? "\xE2\x80\xA2 " : ""); }
  void put(std::string_view text) {
    if (!hidden_)
      out_.text(text);
  }

  TextBuilder& out_;
  std::vector<bool> choices_;
  int skipping_ = 0;
  int in_run_properties_ = 0;
  bool in_text_ = false;
  bool hidden_ = false;
};

/// Finds the main part in `_rels/.rels`.
class Relations : public XmlEvents {
public:
  void open(std::string_view, const Attributes& attributes) override {
    if (attributes["Type"].ends_with("/officeDocument"))
      target = attributes["Target"];
  }
  void close(std::string_view) override {}
  void text(std::string_view) override {}
  std::string target;
};

bool is_xml(std::string_view name) { return name.ends_with(".xml"); }

}  // namespace

Extracted docx_text(std::string_view bytes) {
  auto parts = unpack(bytes, [](std::string_view name) {
    if (name == "_rels/.rels")
      return true;
    auto slash = name.rfind('/');
    auto file = slash == std::string_view::npos ? name : name.substr(slash + 1);
    return is_xml(name) && name.find("/glossary/") == std::string_view::npos &&
           (file.starts_with("document") || file.starts_with("header") ||
            file.starts_with("footer") || file.starts_with("footnotes") ||
            file.starts_with("endnotes"));
  });
  if (!parts)
    return tl::unexpected(parts.error());
  std::string main = "word/document.xml";
  if (auto rels = parts->find("_rels/.rels"); rels != parts->end()) {
    Relations relations;
    if (read_xml(rels->second, relations) && !relations.target.empty())
      main = relations.target.front() == '/' ? relations.target.substr(1) : relations.target;
  }
  if (!parts->contains(main))
    return tl::unexpected(Exit::malformed);
  auto folder = main.substr(0, main.rfind('/') + 1);

  std::string all;
  std::set<std::string> seen;
  auto add = [&](const std::string& xml) -> tl::expected<void, Exit> {
    TextBuilder out;
    WordPart part(out);
    auto read = read_xml(xml, part);
    if (!read)
      return read;
    // The same header stands in the file once for first, odd and even pages.
    if (auto text = out.take(); !is_blank(text) && seen.insert(text).second)
      all.append(text).append("\n");
    return {};
  };
  for (std::string_view kind : {"header", "", "footnotes", "endnotes", "footer"}) {
    for (const auto& [name, xml] : *parts) {
      bool take = kind.empty() ? name == main : name.starts_with(folder + std::string{kind});
      if (!take)
        continue;
      // A broken side part costs that part only; a broken body, or a hostile part, the document.
      if (auto added = add(xml); !added && (kind.empty() || added.error() != Exit::malformed))
        return tl::unexpected(added.error());
    }
  }
  return all;
}

}  // namespace jobraker::doctext
