#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "actors/jobs/core/adzuna.hpp"
#include "actors/jobs/core/feed.hpp"
#include "actors/jobs/core/greenhouse.hpp"
#include "actors/jobs/core/html_text.hpp"
#include "actors/jobs/core/jsonld.hpp"
#include "actors/jobs/core/lever.hpp"
#include "actors/jobs/core/normalise.hpp"
#include "actors/jobs/core/text.hpp"

namespace jobraker {
namespace {

const Time today = *parse_rfc3339("2026-11-20T12:00:00Z");
const SourceInfo any{.name = "s", .board = "https://x.example/"};

/// Bytes that look enough like the formats to get deep into the readers.
rc::Gen<std::string> soup() {
  return rc::gen::map(rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(
                        std::vector<std::string>{"<rss>",
                                                 "<channel>",
                                                 "<item>",
                                                 "</item>",
                                                 "<title>",
                                                 "</title>",
                                                 "<link",
                                                 ">",
                                                 "<![CDATA[",
                                                 "]]>",
                                                 "<!--",
                                                 "-->",
                                                 "&amp;",
                                                 "&#0;",
                                                 "&#x110000;",
                                                 "&lt;",
                                                 "\xFF",
                                                 std::string(1, '\0'),
                                                 "<feed xmlns='http://www.w3.org/2005/Atom'>",
                                                 "<entry>",
                                                 "</entry>",
                                                 "{\"jobs\":[",
                                                 "{\"id\":1,",
                                                 "\"title\":\"x\"",
                                                 "}",
                                                 "]",
                                                 "[",
                                                 "<script type=\"application/ld+json\">",
                                                 "{\"@type\":\"JobPosting\",",
                                                 "</script>",
                                                 "<!DOCTYPE x [",
                                                 "]>",
                                                 "$1e99",
                                                 "9999999999999999999",
                                                 "€",
                                                 "years",
                                                 " 5 ",
                                                 "<?xml version='1.0' encoding='utf-16'?>",
                                                 "<div>",
                                                 "</table>",
                                                 "\n",
                                                 "é",
                                                 "\xED\xA0\x80",
                                                 "k",
                                                 "-",
                                                 "(",
                                                 "m/w/d",
                                                 "#"})),
                      [](const std::vector<std::string>& parts) {
                        std::string s;
                        for (const auto& part : parts)
                          s += part;
                        return s;
                      });
}

void normalises(const Result<Listing>& listing) {
  if (!listing)
    return;
  for (const auto& posting : normalise_all(*listing, "s", today).postings) {
    RC_ASSERT(text::valid_utf8(posting.job.title));
    RC_ASSERT(text::valid_utf8(posting.job.description));
    RC_ASSERT(text::valid_utf8(posting.job.source_id));
    RC_ASSERT(posting.job.description.find('\0') == std::string::npos);
  }
}

TEST(Readers, SurviveAnythingThatLooksLikeTheirFormat) {
  ASSERT_TRUE(rc::check([] {
    auto body = *soup();
    normalises(read_feed(body, any));
    normalises(
      read_feed("<rss><channel><item><title>t" + body + "</title></item></channel></rss>", any));
    normalises(read_jsonld(body, any));
    normalises(read_adzuna(body, any, {.country = "gb"}));
    normalises(read_greenhouse(body, any));
    normalises(read_lever(body, any));
  }));
}

TEST(Normalise, SurvivesAnythingInEveryField) {
  ASSERT_TRUE(rc::check([] {
    RawPosting raw;
    raw.source_id = "1";
    raw.title = *soup();
    raw.company = *soup();
    raw.location = *soup();
    raw.description = "x " + *soup();
    raw.salary.text = *soup();
    raw.url = "https://" + *soup();
    raw.country_hint = *soup();
    raw.contract_hints = {*soup()};
    raw.tags = {*soup()};
    Listing listing;
    listing.postings.push_back(raw);
    normalises(listing);
  }));
}

TEST(HtmlToText, StaysQuickOnMarkupMadeToBeSlow) {
  // Each of these is quadratic in a naive reader; here they only have to come back.
  std::string open, mixed, attributes = "<p ", entities;
  for (int i = 0; i < 60'000; ++i) {
    open += "<b>";
    mixed += i % 2 ? "<table><tr><td>" : "</i>";
    attributes += "a" + std::to_string(i) + "=1 ";
    entities += "&";
  }
  for (const auto& html : {open, mixed, attributes, entities, open + std::string(60'000, '<')})
    EXPECT_LE(html_to_text(html).size(), posting_text_max);
}

}  // namespace
}  // namespace jobraker
