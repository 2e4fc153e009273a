#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "tools/doctext/extract.hpp"

namespace jobraker::doctext {

/// The attributes of an element; names without prefix.
class Attributes {
public:
  Attributes(const unsigned char** raw, int count) : raw_(raw), count_(count) {}
  /// The value, or empty.
  std::string_view operator[](std::string_view name) const;

private:
  const unsigned char** raw_;
  int count_;
};

/// What a part of a document is read through; names are local names, without prefix.
class XmlEvents {
public:
  virtual ~XmlEvents() = default;
  virtual void open(std::string_view name, const Attributes& attributes) = 0;
  virtual void close(std::string_view name) = 0;
  virtual void text(std::string_view text) = 0;
};

/// Streams XML through `events`. No network, no external entities, libxml2's limits on depth and
/// size kept. A document type declaration ends it as malformed: neither OOXML (ECMA-376 part 2
/// §9.1.1) nor ODF parts have one, and entities that grow are declared there.
tl::expected<void, Exit> read_xml(std::string_view xml, XmlEvents& events);

}  // namespace jobraker::doctext
