#include "actors/jobs/core/html_text.hpp"

#include <libxml/HTMLparser.h>

#include <algorithm>
#include <array>
#include <memory>

#include "actors/jobs/core/html_tags.hpp"
#include "actors/jobs/core/text.hpp"

namespace jobraker {
namespace {

/// Markup read at most, and how deep it may nest: libxml2 searches its stack of open elements for
/// each end tag, which hostile markup would make quadratic.
constexpr std::size_t html_max = 1u << 20;
constexpr int depth_max = 400;

template <std::size_t n>
bool among(std::string_view name, const std::array<std::string_view, n>& sorted) {
  return std::binary_search(sorted.begin(), sorted.end(), name);
}

constexpr std::array<std::string_view, 9> silent{"audio",  "button", "canvas", "head", "noscript",
                                                 "script", "select", "style",  "video"};
constexpr std::array<std::string_view, 31> blocks{
  "address", "article", "aside",    "blockquote", "center",  "dd",     "details", "div",
  "dl",      "dt",      "fieldset", "figcaption", "figure",  "footer", "h1",      "h2",
  "h3",      "h4",      "h5",       "h6",         "header",  "hr",     "main",    "nav",
  "ol",      "p",       "pre",      "section",    "summary", "table",  "ul"};

/// Where a parser's events become text.
struct Writer {
  std::string out;
  std::size_t limit = 0;
  int muted = 0;
  int depth = 0;
  bool too_deep = false;
  bool bullet = false;  ///< a list item has begun and has no text yet
  htmlParserCtxtPtr parser = nullptr;

  void newline(int wanted) {
    if (bullet)
      return;
    auto have = 0;
    while (!out.empty() && out.back() == ' ')
      out.pop_back();
    for (auto at = out.rbegin(); at != out.rend() && *at == '\n'; ++at)
      ++have;
    if (!out.empty())
      for (; have < wanted; ++have)
        out += '\n';
  }

  void text(std::string_view s) {
    if (muted > 0 || out.size() >= limit)
      return;
    for (char c : s) {
      bool space = c == ' ' || c == '\n' || c == '\t' || c == '\r';
      if (!space) {
        bullet = false;
        out += c;
      } else if (!out.empty() && out.back() != ' ' && out.back() != '\n') {
        out += ' ';
      }
    }
  }

  void start(std::string_view name) {
    if (++depth > depth_max) {
      too_deep = true;
      xmlStopParser(parser);
      return;
    }
    if (among(name, silent))
      ++muted;
    if (muted > 0)
      return;
    if (name == "br" || name == "tr") {
      newline(1);
    } else if (name == "li") {
      newline(1);
      if (!bullet)
        out += "- ";
      bullet = true;
    } else if (name == "td" || name == "th") {
      if (!out.empty() && out.back() != '\n')
        out += " | ";
    } else if (name == "p" ||
               (name.size() == 2 && name[0] == 'h' && name[1] >= '1' && name[1] <= '6')) {
      newline(2);
    } else if (among(name, blocks)) {
      newline(1);
    }
  }

  void end(std::string_view name) {
    --depth;
    if (among(name, silent)) {
      if (muted > 0)
        --muted;
      return;
    }
    if (muted > 0)
      return;
    if (name == "li")
      bullet = false;
    if (name == "p" || name == "ul" || name == "ol" || name == "table" ||
        (name.size() == 2 && name[0] == 'h' && name[1] >= '1' && name[1] <= '6'))
      newline(2);
    else if (name == "li" || name == "tr" || among(name, blocks))
      newline(1);
  }
};

std::string_view view(const xmlChar* s) { return reinterpret_cast<const char*>(s); }
std::string_view view(const xmlChar* s, int n) {
  return {reinterpret_cast<const char*>(s), static_cast<std::size_t>(n)};
}

std::string parsed(const std::string& raw, std::size_t limit) {
  auto html = bare_tags(raw);
  Writer writer;
  writer.limit = limit + 4096;
  htmlSAXHandler sax{};
  sax.startElement = [](void* w, const xmlChar* name, const xmlChar**) {
    static_cast<Writer*>(w)->start(view(name));
  };
  sax.endElement = [](void* w, const xmlChar* name) { static_cast<Writer*>(w)->end(view(name)); };
  sax.characters = [](void* w, const xmlChar* s, int n) {
    static_cast<Writer*>(w)->text(view(s, n));
  };
  sax.ignorableWhitespace = sax.characters;
  std::unique_ptr<htmlParserCtxt, decltype(&htmlFreeParserCtxt)> parser{
    htmlCreatePushParserCtxt(&sax, &writer, nullptr, 0, nullptr, XML_CHAR_ENCODING_UTF8),
    &htmlFreeParserCtxt};
  if (!parser)
    return without_tags(html);
  writer.parser = parser.get();
  htmlCtxtUseOptions(parser.get(), HTML_PARSE_RECOVER | HTML_PARSE_NONET | HTML_PARSE_NOERROR |
                                     HTML_PARSE_NOWARNING);
  // Inside an element of its own, so that a fragment needs no implied paragraphs.
  constexpr std::string_view before = "<html><body><div>", after = "</div></body></html>";
  for (std::string_view part : {before, std::string_view{html}, after})
    htmlParseChunk(parser.get(), part.data(), static_cast<int>(part.size()), 0);
  htmlParseChunk(parser.get(), "", 0, 1);
  if (parser->myDoc) {
    xmlFreeDoc(parser->myDoc);
    parser->myDoc = nullptr;
  }
  return writer.too_deep ? without_tags(html) : std::move(writer.out);
}

/// Spaces and blank lines collapsed, bullets made `- `.
std::string tidy(std::string_view s) {
  std::string out;
  int blank = 0;
  while (!s.empty()) {
    auto end = s.find('\n');
    auto line = text::one_line(s.substr(0, end));
    s.remove_prefix(end == s.npos ? s.size() : end + 1);
    for (std::string_view mark : {"•", "·", "▪", "●", "◦", "‣", "–", "*"})
      if (line.size() > mark.size() + 1 && std::string_view{line}.substr(0, mark.size()) == mark &&
          (line[mark.size()] == ' ' || (mark != "*" && mark != "–"))) {
        line = "- " + std::string{text::trim(std::string_view{line}.substr(mark.size()))};
        break;
      }
    if (line.empty() || line == "|" || line == "-") {
      ++blank;
      continue;
    }
    if (!out.empty())
      out += blank > 0 ? "\n\n" : "\n";
    blank = 0;
    out += line;
  }
  return out;
}

}  // namespace

std::string html_to_text(std::string_view html, bool is_html, std::size_t limit) {
  auto source = text::sanitise(text::cut(html, html_max));
  for (int round = 0; round < 3 && !has_tags(source); ++round) {
    bool escaped = has_tags(source, "&lt;") || source.find("&amp;lt;") != source.npos ||
                   source.find("&amp;amp;") != source.npos ||
                   source.find("&amp;nbsp;") != source.npos;
    if (!escaped)
      break;
    source = unescape_html(source);
  }
  std::string out;
  if (has_tags(source))
    out = parsed(source, limit);
  else
    out = is_html || source.find('&') != source.npos ? unescape_html(source) : source;
  return std::string{text::trim(text::cut(tidy(text::sanitise(out)), limit))};
}

std::string html_to_line(std::string_view html, std::size_t limit) {
  auto out = text::one_line(html_to_text(text::cut(html, 20'000), false, 20'000));
  return std::string{text::trim(text::cut(out, limit))};
}

}  // namespace jobraker
