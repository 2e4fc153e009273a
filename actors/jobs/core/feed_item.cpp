#include "actors/jobs/core/feed_item.hpp"

#include "actors/jobs/core/dates.hpp"
#include "actors/jobs/core/dedupe.hpp"
#include "actors/jobs/core/html_text.hpp"
#include "actors/jobs/core/text.hpp"

namespace jobraker {
namespace {

/// What an item's children say, before it is decided what that means for a posting.
struct Item {
  RawPosting posting;
  std::string guid, about, published, updated, other_date, expires;
  bool guid_is_address = true;
  std::string link, other_link;
  std::string full, summary;  ///< `content`, and `description` or `summary`
  bool full_is_html = true, summary_is_html = true;
  std::string region, country, state, source_name, author;
  bool job_fields = false;
};

/// The text of a title, summary or content: Atom says of what type it is.
std::string construct(xml::Element e, bool& is_html) {
  auto type = text::lower(e.attribute("type"));
  auto mode = text::lower(e.attribute("mode"));
  is_html = type.empty() ? true : type != "text" && type != "text/plain";
  if (type == "xhtml" || type == "application/xhtml+xml" || mode == "xml" || e.has_children())
    return e.markup();
  return e.text();
}

void link(Item& item, xml::Element e, const std::string& base) {
  auto href = e.attribute("href");
  auto rel = text::lower(e.attribute("rel"));
  auto address = e.resolved(href.empty() ? e.text() : href, base);
  if (address.empty())
    return;
  if (rel.empty() || rel == "alternate")
    item.link = item.link.empty() ? address : item.link;
  else if (item.other_link.empty() && rel != "enclosure" && rel != "self")
    item.other_link = address;
}

void tags(Item& item, std::string text) {
  for (auto& part : text::split(text::replace_all(std::move(text), " and ", ","), ",;|"))
    if (!part.empty() && part.size() < 80 && item.posting.tags.size() < 60)
      item.posting.tags.push_back(std::move(part));
}

/// Members that any job feed may carry, whatever their namespace.
bool job_field(Item& item, std::string_view name, xml::Element e) {
  auto& p = item.posting;
  auto value = [&] { return html_to_line(e.text()); };
  if (name == "company" || name == "company_name" || name == "companyname" || name == "employer")
    p.company = value();
  else if (name == "location" || name == "job_location" || name == "joblocation")
    p.location = value();
  else if (name == "region")
    item.region = value();
  else if (name == "country")
    item.country = value();
  else if (name == "state")
    item.state = value();
  else if (name == "city")
    p.location = value();
  else if (name == "salary" || name == "job_salary" || name == "compensation")
    p.salary.text = value();
  else if (name == "skills")
    tags(item, value());
  else if (name == "type" || name == "job_type" || name == "jobtype" || name == "employment_type" ||
           name == "employmenttype")
    p.contract_hints.push_back(value());
  else if (name == "expires_at" || name == "expires" || name == "expirydate" ||
           name == "validthrough" || name == "closing_date")
    item.expires = e.text();
  else if (name == "remote" || name == "workplace" || name == "workplace_type")
    p.workplace_hint = text::iequals(value(), "true") || value() == "1" ? "remote" : value();
  else
    return false;
  return true;
}

void read_child(Item& item, xml::Element e, const std::string& base) {
  auto name = e.name();
  auto& p = item.posting;
  bool html = true;
  if (name == "title") {
    if (p.title.empty())
      p.title = construct(e, html);
  } else if (name == "dc:title") {
    p.title = p.title.empty() ? e.text() : p.title;
  } else if (name == "link") {
    link(item, e, base);
  } else if (name == "guid" || name == "id") {
    item.guid = text::one_line(e.text());
    item.guid_is_address = name == "guid" && !text::iequals(e.attribute("ispermalink"), "false");
  } else if (name == "content:encoded" || name == "content" || name == "xhtml:body" ||
             name == "body" || name == "fullitem") {
    auto text = construct(e, html);
    if (text.size() > item.full.size())
      item.full = std::move(text), item.full_is_html = html;
  } else if (name == "description" || name == "summary" || name == "abstract" ||
             name == "tagline" || name == "dc:description") {
    auto text = construct(e, html);
    if (text.size() > item.summary.size())
      item.summary = std::move(text), item.summary_is_html = html;
  } else if (name == "pubdate" || name == "published" || name == "issued" || name == "dc:date") {
    item.published = e.text();
  } else if (name == "updated" || name == "modified") {
    item.updated = e.text();
  } else if (name == "created" || name == "date") {
    item.other_date = e.text();
  } else if (name == "category" || name == "dc:subject") {
    auto term = e.attribute("term");
    auto text = html_to_line(term.empty() ? e.text() : term, 100);
    if (p.category.empty())
      p.category = text;
    tags(item, std::move(text));
  } else if (name == "source") {
    item.source_name = html_to_line(e.text());
  } else if (name == "author" || name == "dc:creator") {
    for (auto child : e.children())
      if (child.name() == "name")
        item.author = html_to_line(child.text());
  } else if (name.find(':') == name.npos || name.starts_with("x:") || name.starts_with("job")) {
    item.job_fields |= job_field(item, name.substr(name.rfind(':') + 1), e);
  }
}

std::string host_of(std::string_view url) {
  auto plain = canonical_url(url);
  return plain.substr(0, plain.find('/'));
}

/// Titles that also carry the employer, in the ways of the feeds that do it.
void split_title(Item& item, const std::string& host) {
  auto& p = item.posting;
  if (!p.company.empty())
    return;
  auto title = html_to_line(p.title);
  auto colon = title.find(": ");
  if (host.ends_with("weworkremotely.com") || !item.region.empty()) {
    if (colon != title.npos && colon > 0) {
      p.company = title.substr(0, colon);
      p.title = title.substr(colon + 2);
    }
    return;
  }
  if (!item.source_name.empty()) {  // Indeed: `Role - Company - Place`
    auto middle = " - " + item.source_name + " - ";
    if (auto at = title.find(middle); at != title.npos && at > 0) {
      p.company = item.source_name;
      p.location = p.location.empty() ? title.substr(at + middle.size()) : p.location;
      p.title = title.substr(0, at);
      return;
    }
  }
  if (!item.author.empty() && item.job_fields) {  // Stack Overflow: the author is the employer
    p.company = item.author;
    if (auto at = title.find(" at " + item.author); at != title.npos && at > 0)
      p.title = title.substr(0, at);
  }
}

}  // namespace

Result<RawPosting> feed_item(xml::Element element, const SourceInfo& source) {
  Item item;
  auto& p = item.posting;
  const auto& base = source.board;
  item.about = element.attribute("about");
  if (auto href = element.attribute("href"); !href.empty())  // CDF
    item.link = element.resolved(href, base);
  for (auto child : element.children())
    read_child(item, child, base);

  p.source = SourceKind::feed;
  p.board = source.board;
  auto address = [](std::string_view s) {
    return s.starts_with("http://") || s.starts_with("https://");
  };
  p.url = !item.link.empty()                           ? item.link
          : item.guid_is_address && address(item.guid) ? item.guid
          : address(item.about)                        ? item.about
                                                       : item.other_link;
  bool use_full = !text::trim(item.full).empty();
  p.description = use_full ? item.full : item.summary;
  p.description_is_html = use_full ? item.full_is_html : item.summary_is_html;
  if (text::trim(p.title).empty() && text::trim(p.description).empty())
    return fail(Errc::invalid, "the item has neither title nor text");

  auto host = host_of(p.url);
  split_title(item, host);
  if (p.company.empty())
    p.company = source.company;
  if (p.location.empty())
    p.location = item.region;
  if (!item.country.empty())
    p.location += (p.location.empty() ? "" : ", ") +
                  (item.state.empty() ? item.country : item.state + ", " + item.country);
  if (p.workplace_hint.empty() &&
      (host.ends_with("weworkremotely.com") || host.ends_with("remoteok.com") ||
       host.ends_with("remotive.com")))
    p.workplace_hint = "remote";
  if (host.ends_with("weworkremotely.com"))
    p.attribution = "We Work Remotely";
  else if (host.ends_with("remoteok.com"))
    p.attribution = "Remote OK";
  else if (host.ends_with("remotive.com"))
    p.attribution = "Remotive";

  // An id that is not an address is only unique within its feed.
  auto id = !item.guid.empty() ? item.guid : item.about;
  if (id.empty())
    id = !p.url.empty() ? canonical_url(p.url) : to_string(uuid_of(p.title + "\n" + item.link));
  p.source_id = address(id) || !item.guid.size() ? id : canonical_url(source.board) + "#" + id;
  p.source_id = text::sanitise(p.source_id);
  if (p.source_id.size() > 500)
    p.source_id = to_string(uuid_of(p.source_id));

  for (const auto* date : {&item.published, &item.updated, &item.other_date})
    if (!p.posted_at)
      p.posted_at = parse_date(*date);
  p.expires_at = parse_date(item.expires);
  return p;
}

}  // namespace jobraker
