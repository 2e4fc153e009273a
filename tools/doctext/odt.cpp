#include <algorithm>
#include <charconv>

#include "tools/doctext/text_builder.hpp"
#include "tools/doctext/xml_events.hpp"
#include "tools/doctext/zip_parts.hpp"

namespace jobraker::doctext {
namespace {

/// `content.xml` and the page headers of `styles.xml` (ODF 1.2 part 1 §5, §6).
class OpenPart : public XmlEvents {
public:
  explicit OpenPart(TextBuilder& out) : out_(out) {}

  void open(std::string_view name, const Attributes& attributes) override {
    if (skipping_ > 0 || skipped(name)) {
      ++skipping_;
      return;
    }
    if (name == "p" || name == "h") {
      ++paragraphs_;
      after_space_ = true;
    } else if (name == "s") {
      int count = 1;
      auto c = attributes["c"];
      std::from_chars(c.data(), c.data() + c.size(), count);
      out_.text(std::string(static_cast<std::size_t>(std::clamp(count, 1, 100)), ' '));
    } else if (name == "tab") {
      out_.text("\t");
    } else if (name == "line-break") {
      out_.line_break();
    } else if (name == "list-item") {
      out_.prefix("\xE2\x80\xA2 ");
    } else if (name == "table-cell") {
      out_.begin_cell();
    } else if (name == "text-box") {
      out_.begin_box();
      boxed_.push_back(paragraphs_);
      paragraphs_ = 0;
    }
  }

  void close(std::string_view name) override {
    if (skipping_ > 0) {
      --skipping_;
      return;
    }
    if (name == "p" || name == "h") {
      --paragraphs_;
      out_.end_paragraph();
    } else if (name == "table-cell") {
      out_.end_cell();
    } else if (name == "table-row") {
      out_.end_row();
    } else if (name == "text-box") {
      out_.end_box();
      if (!boxed_.empty()) {
        paragraphs_ = boxed_.back();
        boxed_.pop_back();
      }
    }
  }

  /// Runs of white space are one space (ODF 1.2 part 1 §6.1.2).
  void text(std::string_view text) override {
    if (skipping_ > 0 || paragraphs_ <= 0)
      return;
    std::string out;
    for (char c : text) {
      bool space = c == ' ' || c == '\n' || c == '\t' || c == '\r';
      if (!space)
        out.push_back(c);
      else if (!after_space_)
        out.push_back(' ');
      after_space_ = space;
    }
    out_.text(out);
  }

private:
  static bool skipped(std::string_view name) {
    for (std::string_view n : {"annotation", "tracked-changes", "note-citation", "desc", "title",
                               "hidden-text", "hidden-paragraph", "ruby-text", "forms", "script"})
      if (n == name)
        return true;
    return false;
  }

  TextBuilder& out_;
  std::vector<int> boxed_;
  int skipping_ = 0;
  int paragraphs_ = 0;
  bool after_space_ = true;
};

}  // namespace

Extracted odt_text(std::string_view bytes) {
  auto parts = unpack(bytes, [](std::string_view name) {
    return name == "content.xml" || name == "styles.xml" || name == "META-INF/manifest.xml";
  });
  if (!parts)
    return tl::unexpected(parts.error());
  if ((*parts)["META-INF/manifest.xml"].find("encryption-data") != std::string::npos)
    return tl::unexpected(Exit::encrypted);
  if (!parts->contains("content.xml"))
    return tl::unexpected(Exit::malformed);
  TextBuilder out;
  OpenPart header(out), body(out);
  // Headers of pages often hold the name and the address; the styles around them hold no
  // paragraphs.
  if (const auto& styles = (*parts)["styles.xml"]; !styles.empty())
    if (auto read = read_xml(styles, header); !read && read.error() != Exit::malformed)
      return tl::unexpected(read.error());
  if (auto read = read_xml((*parts)["content.xml"], body); !read)
    return tl::unexpected(read.error());
  return out.take();
}

}  // namespace jobraker::doctext
