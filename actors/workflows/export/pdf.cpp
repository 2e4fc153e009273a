#include "actors/workflows/export/pdf.hpp"

#include <memory>

#include <cairo-pdf.h>
#include <pango/pangocairo.h>

#include "actors/workflows/export/pdf_layout.hpp"

namespace jobraker::documents {
namespace {

// Points: 1/72 inch.
constexpr double page_width = 595.276;  // A4
constexpr double page_height = 841.89;
constexpr double margin = 56.7;  // 2 cm
constexpr double gap_after = 5;
constexpr int pages_max = 50;

cairo_status_t append(void* target, const unsigned char* bytes, unsigned int count) {
  try {
    static_cast<std::string*>(target)->append(reinterpret_cast<const char*>(bytes), count);
    return CAIRO_STATUS_SUCCESS;
  } catch (...) {
    return CAIRO_STATUS_WRITE_ERROR;  // nothing may be thrown through C
  }
}

/// Puts laid-out blocks on pages.
class Pages {
public:
  explicit Pages(cairo_t* cairo) : cairo_(cairo) {}
  int count() const { return count_; }

  void put(const Block& block, const Block* next) {
    if (block.kind == BlockKind::rule)
      return rule();
    auto style = style_of(block);
    if (y_ > margin)
      y_ += style.space_before;
    TextLayout text{cairo_, block, page_width - 2 * margin - style.indent};
    // A heading stays with what it is about.
    double wanted = text.first_line_height();
    if (block.kind == BlockKind::heading && next)
      wanted = text.height() + 2 * style_of(*next).size * 1.4 + style_of(*next).space_before;
    need(wanted);
    if (!block.marker.empty()) {
      Block sign;
      sign.runs = {{block.marker, false, false, ""}};
      TextLayout marker{cairo_, sign, style.indent};
      marker.draw_line(0, margin + style.indent - style.hanging, y_);
    }
    for (std::size_t i = 0; i < text.lines(); ++i) {
      need(text.line_height(i));
      text.draw_line(i, margin + style.indent, y_);
      y_ += text.line_height(i);
    }
    if (style.underlined) {
      line(y_ + 1.5);
      y_ += 3;
    }
    y_ += gap_after;
  }

private:
  void need(double height) {
    if (y_ <= margin || y_ + height <= page_height - margin)
      return;
    cairo_show_page(cairo_);
    ++count_;
    y_ = margin;
  }
  void line(double at) {
    cairo_save(cairo_);
    cairo_set_source_rgb(cairo_, 0.6, 0.6, 0.6);
    cairo_set_line_width(cairo_, 0.5);
    cairo_move_to(cairo_, margin, at);
    cairo_line_to(cairo_, page_width - margin, at);
    cairo_stroke(cairo_);
    cairo_restore(cairo_);
  }
  void rule() {
    need(10);
    line(y_ + 4);
    y_ += 10;
  }

  cairo_t* cairo_;
  double y_ = margin;
  int count_ = 1;
};

bool have_fonts() {
  PangoFontFamily** families = nullptr;
  int count = 0;
  pango_font_map_list_families(pango_cairo_font_map_get_default(), &families, &count);
  g_free(families);
  return count > 0;
}

}  // namespace

Result<std::string> to_pdf(const RichText& document) {
  // Pango ends the program when it finds no font at all.
  if (!have_fonts())
    return fail(Errc::unavailable, "no font is installed on the server, so there is no PDF");
  std::string out;
  std::unique_ptr<cairo_surface_t, decltype(&cairo_surface_destroy)> surface{
    cairo_pdf_surface_create_for_stream(append, &out, page_width, page_height),
    cairo_surface_destroy};
  cairo_pdf_surface_set_metadata(surface.get(), CAIRO_PDF_METADATA_TITLE,
                                 title_of(document).c_str());
  // The same document gives the same bytes.
  cairo_pdf_surface_set_metadata(surface.get(), CAIRO_PDF_METADATA_CREATE_DATE,
                                 "2000-01-01T00:00:00Z");
  std::unique_ptr<cairo_t, decltype(&cairo_destroy)> cairo{cairo_create(surface.get()),
                                                           cairo_destroy};
  Pages pages{cairo.get()};
  for (std::size_t i = 0; i < document.blocks.size(); ++i) {
    pages.put(document.blocks[i],
              i + 1 < document.blocks.size() ? &document.blocks[i + 1] : nullptr);
    if (pages.count() > pages_max)
      return fail(Errc::too_large,
                  "the document has more than " + std::to_string(pages_max) + " pages");
  }
  cairo_show_page(cairo.get());
  cairo_surface_finish(surface.get());
  auto status = cairo_surface_status(surface.get());
  if (status == CAIRO_STATUS_SUCCESS)
    status = cairo_status(cairo.get());
  if (status != CAIRO_STATUS_SUCCESS)
    return fail(Errc::internal,
                std::string{"the PDF cannot be made: "} + cairo_status_to_string(status));
  return out;
}

}  // namespace jobraker::documents
