#include "tools/doctext/xml_events.hpp"

#include <algorithm>
#include <memory>

#include <libxml/parser.h>

namespace jobraker::doctext {
namespace {

struct Reading {
  XmlEvents& events;
  xmlParserCtxtPtr parser = nullptr;
  bool declared_type = false;
};

std::string_view view(const xmlChar* text) { return reinterpret_cast<const char*>(text); }
Reading& reading(void* context) { return *static_cast<Reading*>(context); }

void on_open(void* context, const xmlChar* name, const xmlChar*, const xmlChar*, int,
             const xmlChar**, int count, int, const xmlChar** attributes) {
  reading(context).events.open(view(name), Attributes{attributes, count});
}
void on_close(void* context, const xmlChar* name, const xmlChar*, const xmlChar*) {
  reading(context).events.close(view(name));
}
void on_text(void* context, const xmlChar* text, int length) {
  reading(context).events.text(
    {reinterpret_cast<const char*>(text), static_cast<std::size_t>(length)});
}
void on_type(void* context, const xmlChar*, const xmlChar*, const xmlChar*) {
  reading(context).declared_type = true;
  xmlStopParser(reading(context).parser);
}
void silent(void*, const char*, ...) {}
void silent_structured(void*, xmlErrorPtr) {}

struct Free {
  void operator()(xmlParserCtxt* p) const { xmlFreeParserCtxt(p); }
};

}  // namespace

std::string_view Attributes::operator[](std::string_view name) const {
  // libxml2 gives five pointers an attribute: name, prefix, namespace, value, end of value.
  for (int i = 0; i < count_; ++i) {
    const auto* const* a = raw_ + 5 * i;
    if (view(a[0]) == name)
      return {reinterpret_cast<const char*>(a[3]), static_cast<std::size_t>(a[4] - a[3])};
  }
  return {};
}

tl::expected<void, Exit> read_xml(std::string_view xml, XmlEvents& events) {
  xmlSAXHandler handler{};
  handler.initialized = XML_SAX2_MAGIC;
  handler.startElementNs = on_open;
  handler.endElementNs = on_close;
  handler.characters = on_text;
  handler.cdataBlock = on_text;
  handler.ignorableWhitespace = on_text;
  handler.internalSubset = on_type;
  handler.warning = silent;
  handler.error = silent;
  handler.fatalError = silent;
  handler.serror = silent_structured;
  Reading state{events};
  std::unique_ptr<xmlParserCtxt, Free> parser{
    xmlCreatePushParserCtxt(&handler, &state, nullptr, 0, nullptr)};
  if (!parser)
    return tl::unexpected(Exit::limit);
  state.parser = parser.get();
  xmlCtxtUseOptions(parser.get(), XML_PARSE_NONET | XML_PARSE_COMPACT);
  constexpr std::size_t piece = 65536;
  for (std::size_t at = 0; at < xml.size(); at += piece) {
    auto part = xml.substr(at, piece);
    if (xmlParseChunk(parser.get(), part.data(), static_cast<int>(part.size()), 0) != 0)
      break;
  }
  if (!state.declared_type)
    xmlParseChunk(parser.get(), nullptr, 0, 1);
  if (parser->errNo == XML_ERR_NO_MEMORY)
    return tl::unexpected(Exit::limit);
  if (state.declared_type || !parser->wellFormed)
    return tl::unexpected(Exit::malformed);
  return {};
}

}  // namespace jobraker::doctext
