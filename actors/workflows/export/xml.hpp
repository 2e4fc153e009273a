#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace jobraker::documents {

/// Writes one XML document. Elements must be closed in order.
class XmlWriter {
public:
  XmlWriter();
  ~XmlWriter();
  XmlWriter(const XmlWriter&) = delete;
  XmlWriter& operator=(const XmlWriter&) = delete;

  XmlWriter& open(const char* name);
  XmlWriter& close();
  /// `text` must be UTF-8 without control characters but line ends.
  XmlWriter& attribute(const char* name, std::string_view text);
  XmlWriter& text(std::string_view text);
  /// An element with one attribute and nothing in it.
  XmlWriter& empty(const char* name, const char* attribute, std::string_view value);
  XmlWriter& empty(const char* name);

  /// Ends the document and gives it.
  std::string take();

private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace jobraker::documents
