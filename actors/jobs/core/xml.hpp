#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

/// The little of XML that feeds need, over libxml2. No DTD, no entity but the standard ones and
/// HTML's, no network, nesting up to libxml2's 256.
namespace jobraker::xml {

/// An element of a parsed document; valid while the document lives. Cheap to copy.
class Element {
public:
  Element() = default;
  explicit Element(const void* node) : node_(node) {}
  explicit operator bool() const { return node_ != nullptr; }

  /// The name with a canonical prefix for known namespaces: none for RSS and Atom, `dc:`,
  /// `content:`, `media:`, `rdf:`, `xhtml:`, `itunes:`; `x:` for others; lower case.
  std::string name() const;
  /// All text below, entities resolved.
  std::string text() const;
  /// The children as markup (for Atom's xhtml content).
  std::string markup() const;
  /// An attribute by its local name; empty without.
  std::string attribute(std::string_view name) const;
  bool has_children() const;
  std::vector<Element> children() const;
  /// `reference` as an absolute address, by `xml:base` of the elements around and then `base`.
  std::string resolved(std::string_view reference, const std::string& base) const;

private:
  const void* node_ = nullptr;
};

class Document {
public:
  Document(Document&&) noexcept;
  Document& operator=(Document&&) noexcept;
  ~Document();
  Element root() const;

private:
  friend class Parser;
  struct Impl;
  explicit Document(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// UTF-8 text made ready: declaration and document type removed, named entities of HTML replaced,
/// ampersands that begin none escaped; CDATA sections and comments untouched.
std::string prepared(std::string_view text);

/// Parses prepared text.
class Parser {
public:
  /// Only well-formed text; otherwise null and `why` says what is wrong.
  static std::unique_ptr<Document> strict(std::string_view text, std::string& why);
  /// As far as it can be read; null when there is not even a root.
  static std::unique_ptr<Document> lenient(std::string_view text);
};

}  // namespace jobraker::xml
