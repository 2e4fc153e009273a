#include "actors/jobs/core/feed.hpp"

#include <algorithm>

#include "actors/jobs/core/charset.hpp"
#include "actors/jobs/core/feed_item.hpp"
#include "actors/jobs/core/text.hpp"
#include "actors/jobs/core/xml.hpp"

namespace jobraker {
namespace {

bool is_item(std::string_view name) { return name == "item" || name == "entry"; }
bool is_root(std::string_view name) {
  return name == "rss" || name == "feed" || name == "channel" || name == "rdf:rdf" || name == "rdf";
}

/// What one walk over a document finds: items in order, wherever broken nesting put them.
void collect(xml::Element at, std::vector<xml::Element>& items, Listing& listing, int depth) {
  for (auto child : at.children()) {
    auto name = child.name();
    if (is_item(name))
      items.push_back(child);
    else if (name == "ttl" && !listing.ttl) {
      auto minutes = std::atoi(child.text().c_str());
      if (minutes > 0)
        listing.ttl = std::chrono::minutes{std::min(minutes, 7 * 24 * 60)};
    }
    if (depth < 8 && (name == "channel" || name == "feed" || name == "items" || is_item(name)))
      collect(child, items, listing, depth + 1);
  }
}

std::string position(std::size_t i) { return "#" + std::to_string(i + 1); }

void add(Listing& listing, const SourceInfo& source, xml::Element item, std::size_t index) {
  auto posting = feed_item(item, source);
  if (posting)
    listing.postings.push_back(std::move(*posting));
  else
    listing.problems.push_back({source.name, position(index), posting.error().detail});
}

void stop_at_limit(Listing& listing, const SourceInfo& source, std::size_t read) {
  listing.problems.push_back(
    {source.name, position(read),
     "the feed has more than " + std::to_string(read) + " items; the rest was not read"});
}

/// The name in the tag that begins at `s`, lower case; with its slash when it is an end tag.
std::string tag_name(std::string_view s) {
  auto end = s.find_first_of(" \t\r\n/>", s.substr(1, 1) == "/" ? 2 : 1);
  return text::lower(s.substr(1, end == s.npos ? s.npos : end - 1));
}

std::string local(const std::string& name) { return name.substr(name.rfind(':') + 1); }

/// Start of the next tag at or after `from` that is not in a comment or CDATA section.
std::size_t next_tag(std::string_view s, std::size_t from) {
  while (from < s.size()) {
    auto at = s.find('<', from);
    if (at == s.npos)
      return s.npos;
    if (s.substr(at, 9) == "<![CDATA[")
      from = std::min(s.find("]]>", at), s.size());
    else if (at + 1 < s.size() && (s[at + 1] == '!' || s[at + 1] == '?'))
      from = at + 2;
    else
      return at;
  }
  return s.npos;
}

/// Reads a feed that is not well formed item by item, so that a broken one costs only itself.
void read_piecewise(std::string_view s, const SourceInfo& source, Listing& listing) {
  auto root = next_tag(s, 0);
  auto root_end = s.find('>', root);
  if (root_end == s.npos)
    return;
  std::string open{s.substr(root, root_end + 1 - root)};
  auto root_tag = s.substr(root + 1, s.find_first_of(" \t\r\n/>", root + 1) - root - 1);
  auto close = "</" + std::string{root_tag} + ">";
  std::size_t index = 0, at = next_tag(s, root_end);
  while (at != s.npos) {
    auto name = tag_name(s.substr(at, 80));
    if (!is_item(local(name))) {
      at = next_tag(s, at + 1);
      continue;
    }
    if (index >= source.items_max)
      return stop_at_limit(listing, source, index);
    // The item ends at its end tag, or where the next one begins.
    auto end = next_tag(s, at + 1);
    bool closed = false;
    while (end != s.npos) {
      auto other = tag_name(s.substr(end, 80));
      closed = other == "/" + name;
      if (closed || other == name)
        break;
      end = next_tag(s, end + 1);
    }
    auto stop = end == s.npos ? s.size()
                : closed      ? std::min(s.find('>', end), s.size() - 1) + 1
                              : end;
    auto piece = open + std::string{s.substr(at, stop - at)} + close;
    std::string why;
    auto document = xml::Parser::strict(piece, why);
    if (!document && closed)
      document = xml::Parser::lenient(piece);
    std::vector<xml::Element> items;
    if (document)
      collect(document->root(), items, listing, 0);
    if (!closed && !document)
      listing.problems.push_back({source.name, position(index), "the item is cut off"});
    else if (items.empty())
      listing.problems.push_back({source.name, position(index), "not readable as XML: " + why});
    else
      add(listing, source, items.front(), index);
    ++index;
    at = end == s.npos ? s.npos : closed ? next_tag(s, stop) : end;
  }
}

/// The first element's name without needing well-formedness, its prefix made canonical.
std::string root_name(std::string_view s) {
  auto at = next_tag(s, 0);
  if (at == s.npos)
    return {};
  return local(tag_name(s.substr(at, 80)));
}

}  // namespace

Result<Listing> read_feed(std::string_view body, const SourceInfo& source) {
  if (body.size() > source.bytes_max)
    return fail(Errc::too_large,
                "the feed is longer than " + std::to_string(source.bytes_max) + " bytes");
  auto prepared = xml::prepared(xml_to_utf8(body, charset_of(source.content_type)));
  if (!is_root(root_name(prepared)))
    return fail(Errc::malformed, "the answer is not a feed: no rss, RDF, feed or channel element");
  Listing listing;
  std::string why;
  auto document = xml::Parser::strict(prepared, why);
  if (!document) {
    read_piecewise(prepared, source, listing);
    if (listing.postings.empty() && listing.problems.empty() &&
        next_tag(prepared, 1) == prepared.npos)
      return fail(Errc::malformed, "the feed is not readable as XML: " + why);
    return listing;
  }
  std::vector<xml::Element> items;
  collect(document->root(), items, listing, 0);
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i >= source.items_max) {
      stop_at_limit(listing, source, i);
      break;
    }
    add(listing, source, items[i], i);
  }
  return listing;
}

}  // namespace jobraker
