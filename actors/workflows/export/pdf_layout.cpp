#include "actors/workflows/export/pdf_layout.hpp"

#include <cstdio>
#include <string>
#include <vector>

#include <cairo-pdf.h>
#include <pango/pangocairo.h>

namespace jobraker::documents {
namespace {

/// The first that is installed; any other script comes from whatever font has it.
constexpr const char* families = "Liberation Sans, DejaVu Sans, sans-serif";

struct Unref {
  void operator()(void* object) const { g_object_unref(object); }
};

double points(int units) { return static_cast<double>(units) / PANGO_SCALE; }

struct Link {
  int begin = 0, end = 0;  ///< bytes of the text
  std::string url{};
};

void add(PangoAttrList* list, PangoAttribute* attribute, std::size_t begin, std::size_t end) {
  attribute->start_index = static_cast<guint>(begin);
  attribute->end_index = static_cast<guint>(end);
  pango_attr_list_insert(list, attribute);
}

/// A URI inside a tag's attribute: quotes and backslashes would end it.
std::string quoted(const std::string& url) {
  std::string out;
  for (char c : url) {
    if (c == '\'')
      out += "%27";
    else if (c != '\\')
      out += c;
  }
  return out;
}

}  // namespace

struct TextLayout::Impl {
  cairo_t* cairo = nullptr;
  std::unique_ptr<PangoLayout, Unref> layout{};
  std::vector<PangoLayoutLine*> lines{};  ///< of the layout
  std::vector<Link> links{};

  void attributes(const Block& block, const std::string& text, bool all_bold) {
    auto* list = pango_attr_list_new();
    // Ligatures are lost to programs that read the text back.
    add(list, pango_attr_font_features_new("liga 0, clig 0, dlig 0"), 0, text.size());
    if (all_bold)
      add(list, pango_attr_weight_new(PANGO_WEIGHT_BOLD), 0, text.size());
    std::size_t at = 0;
    for (const auto& run : block.runs) {
      auto end = at + run.text.size();
      if (run.bold)
        add(list, pango_attr_weight_new(PANGO_WEIGHT_BOLD), at, end);
      if (run.italic)
        add(list, pango_attr_style_new(PANGO_STYLE_ITALIC), at, end);
      if (!run.link.empty()) {
        add(list, pango_attr_foreground_new(0x1F1F, 0x4E4E, 0x8C8C), at, end);
        links.push_back({static_cast<int>(at), static_cast<int>(end), quoted(run.link)});
      }
      at = end;
    }
    pango_layout_set_attributes(layout.get(), list);
    pango_attr_list_unref(list);
  }

  PangoRectangle extents(std::size_t line) const {
    PangoRectangle logical{};
    pango_layout_line_get_extents(lines[line], nullptr, &logical);
    return logical;
  }

  void draw_links(PangoLayoutLine* line, double x, double y, double height) {
    for (const auto& link : links) {
      int* ranges = nullptr;
      int count = 0;
      pango_layout_line_get_x_ranges(line, link.begin, link.end, &ranges, &count);
      for (int i = 0; i < count; ++i) {
        auto from = points(ranges[2 * i]), to = points(ranges[2 * i + 1]);
        // Ranges reach from the layout's left edge; parts of other lines have no width.
        if (to - from < 0.5 || line->start_index >= link.end ||
            line->start_index + line->length <= link.begin)
          continue;
        char rect[128];
        std::snprintf(rect, sizeof rect, "rect=[%.2f %.2f %.2f %.2f]", x + from, y, to - from,
                      height);
        auto tag = std::string{rect} + " uri='" + link.url + "'";
        cairo_tag_begin(cairo, CAIRO_TAG_LINK, tag.c_str());
        cairo_tag_end(cairo, CAIRO_TAG_LINK);
      }
      g_free(ranges);
    }
  }
};

BlockStyle style_of(const Block& block) {
  BlockStyle style;
  if (block.kind == BlockKind::heading) {
    constexpr double sizes[] = {18, 13, 11, 10.5, 10.5, 10.5};
    style.size = sizes[block.level - 1];
    style.bold = true;
    style.space_before = block.level == 1 ? 0 : block.level == 2 ? 8 : 4;
    style.underlined = block.level == 2;
  } else if (block.kind == BlockKind::item) {
    style.hanging = block.marker.size() > 3 ? 20 : 12;
    style.indent = style.hanging + 14.0 * block.level;
  }
  return style;
}

TextLayout::TextLayout(cairo_t* cairo, const Block& block, double width)
    : impl_(std::make_unique<Impl>()) {
  impl_->cairo = cairo;
  impl_->layout.reset(pango_cairo_create_layout(cairo));
  auto* layout = impl_->layout.get();
  auto style = style_of(block);
  auto* font = pango_font_description_from_string(families);
  pango_font_description_set_absolute_size(font, style.size * PANGO_SCALE);
  pango_layout_set_font_description(layout, font);
  pango_font_description_free(font);
  pango_layout_set_width(layout, static_cast<int>(width * PANGO_SCALE));
  pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
  pango_layout_set_line_spacing(layout, 1.25F);
  auto text = plain_text(block);
  pango_layout_set_text(layout, text.data(), static_cast<int>(text.size()));
  impl_->attributes(block, text, style.bold);
  for (int i = 0; i < pango_layout_get_line_count(layout); ++i)
    impl_->lines.push_back(pango_layout_get_line_readonly(layout, i));
}

TextLayout::~TextLayout() = default;

std::size_t TextLayout::lines() const { return impl_->lines.size(); }

double TextLayout::line_height(std::size_t line) const {
  return points(impl_->extents(line).height);
}

double TextLayout::height() const {
  double sum = 0;
  for (std::size_t i = 0; i < lines(); ++i)
    sum += line_height(i);
  return sum;
}

void TextLayout::draw_line(std::size_t line, double x, double y) {
  auto logical = impl_->extents(line);
  auto* shown = impl_->lines[line];
  // Lines of scripts that run to the left stand at the right edge.
  double shift = 0;
  if (pango_layout_line_get_resolved_direction(shown) == PANGO_DIRECTION_RTL)
    shift = points(pango_layout_get_width(impl_->layout.get()) - logical.width);
  cairo_move_to(impl_->cairo, x + shift, y - points(logical.y));
  pango_cairo_show_layout_line(impl_->cairo, shown);
  impl_->draw_links(shown, x, y, points(logical.height));
}

}  // namespace jobraker::documents
