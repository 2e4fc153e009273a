#include "actors/workflows/export/xml.hpp"

#include <new>

#include <libxml/xmlwriter.h>

namespace jobraker::documents {
namespace {

const xmlChar* chars(const std::string& text) {
  return reinterpret_cast<const xmlChar*>(text.c_str());
}
const xmlChar* chars(const char* text) { return reinterpret_cast<const xmlChar*>(text); }

}  // namespace

/// libxml2's writer fails only without memory.
struct XmlWriter::Impl {
  xmlBufferPtr buffer = xmlBufferCreate();
  xmlTextWriterPtr writer = buffer ? xmlNewTextWriterMemory(buffer, 0) : nullptr;

  ~Impl() {
    if (writer)
      xmlFreeTextWriter(writer);
    if (buffer)
      xmlBufferFree(buffer);
  }
  static void check(int written) {
    if (written < 0)
      throw std::bad_alloc{};
  }
};

XmlWriter::XmlWriter() : impl_(std::make_unique<Impl>()) {
  if (!impl_->writer)
    throw std::bad_alloc{};
  Impl::check(xmlTextWriterStartDocument(impl_->writer, "1.0", "UTF-8", "yes"));
}
XmlWriter::~XmlWriter() = default;

XmlWriter& XmlWriter::open(const char* name) {
  Impl::check(xmlTextWriterStartElement(impl_->writer, chars(name)));
  return *this;
}

XmlWriter& XmlWriter::close() {
  Impl::check(xmlTextWriterEndElement(impl_->writer));
  return *this;
}

XmlWriter& XmlWriter::attribute(const char* name, std::string_view text) {
  Impl::check(xmlTextWriterWriteAttribute(impl_->writer, chars(name), chars(std::string{text})));
  return *this;
}

XmlWriter& XmlWriter::text(std::string_view text) {
  Impl::check(xmlTextWriterWriteString(impl_->writer, chars(std::string{text})));
  return *this;
}

XmlWriter& XmlWriter::empty(const char* name, const char* attribute_name, std::string_view value) {
  return open(name).attribute(attribute_name, value).close();
}

XmlWriter& XmlWriter::empty(const char* name) { return open(name).close(); }

std::string XmlWriter::take() {
  Impl::check(xmlTextWriterEndDocument(impl_->writer));
  return {reinterpret_cast<const char*>(xmlBufferContent(impl_->buffer)),
          static_cast<std::size_t>(xmlBufferLength(impl_->buffer))};
}

}  // namespace jobraker::documents
