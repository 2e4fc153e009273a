#include "actors/jobs/core/xml.hpp"

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <libxml/uri.h>

#include <algorithm>

#include "actors/jobs/core/html_text.hpp"
#include "actors/jobs/core/text.hpp"

namespace jobraker::xml {
namespace {

xmlNodePtr node_of(const void* p) { return const_cast<xmlNodePtr>(static_cast<const xmlNode*>(p)); }
const xmlChar* bytes(const char* s) { return reinterpret_cast<const xmlChar*>(s); }

/// A string that libxml2 allocated, as ours.
std::string taken(xmlChar* s) {
  if (!s)
    return {};
  std::string out{reinterpret_cast<const char*>(s)};
  xmlFree(s);
  return out;
}

std::string prefix_for(std::string_view uri) {
  auto has = [&](std::string_view part) { return uri.find(part) != uri.npos; };
  if (has("purl.org/dc/"))
    return "dc:";
  if (has("/modules/content"))
    return "content:";
  if (has("mrss"))
    return "media:";
  if (has("22-rdf-syntax"))
    return "rdf:";
  if (has("1999/xhtml"))
    return "xhtml:";
  if (has("itunes"))
    return "itunes:";
  if (has("/modules/") || has("georss"))
    return "x:";
  if (has("w3.org/2005/Atom") || has("purl.org/atom") || has("purl.org/rss") ||
      has("harvard.edu/tech/rss") || has("backend.userland.com") || has("netscape.com") ||
      has("CDF") || uri.empty())
    return "";
  return "x:";
}

constexpr int common_options =
  XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NOCDATA | XML_PARSE_COMPACT;

}  // namespace

std::string Element::name() const {
  auto node = node_of(node_);
  std::string local = text::lower(reinterpret_cast<const char*>(node->name));
  if (node->ns)
    return prefix_for(node->ns->href ? reinterpret_cast<const char*>(node->ns->href) : "") + local;
  // A prefix that no one declared stays in the name: the usual ones are meant as usual.
  for (std::string_view usual : {"atom:", "rss:", "rss2:", "a10:"})
    if (local.starts_with(usual))
      return local.substr(usual.size());
  return local;
}

std::string Element::text() const { return taken(xmlNodeGetContent(node_of(node_))); }

std::string Element::markup() const {
  std::string out;
  auto buffer = xmlBufferCreate();
  if (!buffer)
    return out;
  for (auto child = node_of(node_)->children; child; child = child->next)
    xmlNodeDump(buffer, node_of(node_)->doc, child, 0, 0);
  out.assign(reinterpret_cast<const char*>(xmlBufferContent(buffer)),
             static_cast<std::size_t>(xmlBufferLength(buffer)));
  xmlBufferFree(buffer);
  return out;
}

std::string Element::attribute(std::string_view name) const {
  for (auto a = node_of(node_)->properties; a; a = a->next)
    if (text::iequals(reinterpret_cast<const char*>(a->name), name))
      return taken(xmlNodeListGetString(node_of(node_)->doc, a->children, 1));
  return {};
}

bool Element::has_children() const { return xmlFirstElementChild(node_of(node_)) != nullptr; }

std::vector<Element> Element::children() const {
  std::vector<Element> out;
  for (auto child = xmlFirstElementChild(node_of(node_)); child;
       child = xmlNextElementSibling(child))
    out.emplace_back(child);
  return out;
}

std::string Element::resolved(std::string_view reference, const std::string& base) const {
  std::string target{text::trim(reference)};
  if (target.empty() || target.size() > 2000)
    return {};
  auto around = taken(xmlNodeGetBase(node_of(node_)->doc, node_of(node_)));
  if (around.find("://") == around.npos)
    around = around.empty() ? base : taken(xmlBuildURI(bytes(around.c_str()), bytes(base.c_str())));
  auto out = taken(xmlBuildURI(bytes(target.c_str()), bytes(around.c_str())));
  return out.empty() ? target : out;
}

struct Document::Impl {
  xmlDocPtr doc = nullptr;
  ~Impl() { xmlFreeDoc(doc); }
};

Document::Document(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Document::Document(Document&&) noexcept = default;
Document& Document::operator=(Document&&) noexcept = default;
Document::~Document() = default;
Element Document::root() const { return Element{xmlDocGetRootElement(impl_->doc)}; }

std::unique_ptr<Document> Parser::strict(std::string_view s, std::string& why) {
  std::unique_ptr<xmlParserCtxt, decltype(&xmlFreeParserCtxt)> context{xmlNewParserCtxt(),
                                                                       &xmlFreeParserCtxt};
  if (!context)
    return nullptr;
  auto impl = std::make_unique<Document::Impl>();
  impl->doc = xmlCtxtReadMemory(context.get(), s.data(), static_cast<int>(s.size()), nullptr,
                                "UTF-8", common_options);
  if (impl->doc)
    return std::unique_ptr<Document>{new Document{std::move(impl)}};
  if (auto error = xmlCtxtGetLastError(context.get()); error && error->message)
    why = text::one_line(error->message) + " in line " + std::to_string(error->line);
  return nullptr;
}

std::unique_ptr<Document> Parser::lenient(std::string_view s) {
  auto impl = std::make_unique<Document::Impl>();
  impl->doc = xmlReadMemory(s.data(), static_cast<int>(s.size()), nullptr, "UTF-8",
                            common_options | XML_PARSE_RECOVER);
  if (!impl->doc || !xmlDocGetRootElement(impl->doc))
    return nullptr;
  return std::unique_ptr<Document>{new Document{std::move(impl)}};
}

std::string prepared(std::string_view s) {
  std::string out;
  out.reserve(s.size() + 64);
  auto copy_through = [&](std::string_view end) {
    auto at = s.find(end);
    auto length = at == s.npos ? s.size() : at + end.size();
    out.append(s.substr(0, length));
    s.remove_prefix(length);
  };
  while (!s.empty()) {
    auto at = std::min(s.find_first_of("<&"), s.size());
    out.append(s.substr(0, at));
    s.remove_prefix(at);
    if (s.empty())
      break;
    if (s.starts_with("<![CDATA[")) {
      copy_through("]]>");
    } else if (s.starts_with("<!--")) {
      auto end = s.find("-->", 4);
      s.remove_prefix(end == s.npos ? s.size() : end + 3);
    } else if (s.starts_with("<?xml ") || s.starts_with("<?xml\t") || s.starts_with("<?xml\n")) {
      auto end = s.find("?>");
      s.remove_prefix(end == s.npos ? s.size() : end + 2);
    } else if (text::iequals(s.substr(0, 9), "<!doctype")) {
      // Up to the end of the internal subset, whose declarations we do not want.
      auto close = s.find('>'), open = s.find('[');
      if (open < close) {
        auto end = s.find("]", open);
        while (end != s.npos && text::trim(s.substr(end + 1, s.find('>', end) - end - 1)) != "")
          end = s.find("]", end + 1);
        close = end == s.npos ? s.npos : s.find('>', end);
      }
      s.remove_prefix(close == s.npos ? s.size() : close + 1);
    } else if (s.front() == '<') {
      // libxml2 compares each attribute with every other one of its tag: no tag needs so many.
      constexpr std::size_t tag_max = 4096;
      out += s.substr(0, tag_max).find('>') != s.npos ? "<" : "&lt;";
      s.remove_prefix(1);
    } else {
      auto semicolon = s.substr(0, 34).find(';');
      auto name = semicolon == s.npos ? std::string_view{} : s.substr(0, semicolon + 1);
      if (name == "&amp;" || name == "&lt;" || name == "&gt;" || name == "&quot;" ||
          name == "&apos;") {
        out += name;
      } else if (auto plain = name.size() > 2 ? unescape_html(name) : std::string{name};
                 !name.empty() && plain != name) {
        // Also numeric ones: a forbidden character would end the parse. < and & must stay escaped.
        for (char c : plain)
          if (c == '<' || c == '&' || c == '>')
            out += c == '<' ? "&lt;" : c == '&' ? "&amp;" : "&gt;";
          else if (static_cast<unsigned char>(c) >= 0x20 || c == '\t' || c == '\n' || c == '\r')
            out += c;
      } else {
        out += "&amp;";
        name = s.substr(0, 1);
      }
      s.remove_prefix(name.size());
    }
  }
  auto begin = out.find('<');
  return begin == out.npos ? out : out.substr(begin);
}

}  // namespace jobraker::xml
