#include "actors/jobs/core/feed.hpp"

#include <gtest/gtest.h>

#include "actors/jobs/core/charset.hpp"

namespace jobraker {
namespace {

SourceInfo source() { return {.name = "feed", .board = "https://jobs.example/feed.rss"}; }

Listing read(const std::string& body, SourceInfo info = source()) {
  auto listing = read_feed(body, info);
  EXPECT_TRUE(listing) << (listing ? "" : listing.error().detail);
  return listing ? *listing : Listing{};
}

std::string rss(const std::string& items) {
  return "<?xml version='1.0'?><rss version='2.0'><channel><title>Jobs</title><ttl>60</ttl>" +
         items + "</channel></rss>";
}

TEST(ReadFeed, TakesEverythingOfWeWorkRemotelysItems) {
  auto listing =
    read(rss(R"(<item><title>Acme: Senior C++ Engineer</title><region>Anywhere in the World</region>
    <country>🇩🇪 Germany</country><state/><skills>Java, PostgreSQL, and Spring</skills><type>Full-Time</type>
    <category>Programming</category><pubDate>Wed, 18 Nov 2026 10:00:00 +0000</pubDate>
    <expires_at>Fri, 18 Dec 2026 10:00:00 +0000</expires_at>
    <description>&lt;p&gt;Hello&lt;/p&gt;</description><link>https://weworkremotely.com/remote-jobs/acme-1</link>
    <guid>https://weworkremotely.com/remote-jobs/acme-1</guid></item>)"));
  ASSERT_EQ(listing.postings.size(), 1u);
  const auto& p = listing.postings[0];
  EXPECT_EQ(p.company, "Acme");
  EXPECT_EQ(p.title, "Senior C++ Engineer");
  EXPECT_EQ(p.workplace_hint, "remote");
  EXPECT_EQ(p.attribution, "We Work Remotely");
  EXPECT_EQ(p.contract_hints, Strings{"Full-Time"});
  EXPECT_EQ(p.tags, (Strings{"Java", "PostgreSQL", "Spring", "Programming"}));
  EXPECT_EQ(p.source_id, "https://weworkremotely.com/remote-jobs/acme-1");
  EXPECT_EQ(to_rfc3339(*p.posted_at), "2026-11-18T10:00:00Z");
  EXPECT_EQ(to_rfc3339(*p.expires_at), "2026-12-18T10:00:00Z");
  EXPECT_EQ(listing.ttl, std::chrono::minutes{60});
  EXPECT_FALSE(listing.complete);
}

TEST(ReadFeed, ReadsAtomWithRelativeLinksAndXhtml) {
  auto listing =
    read(R"(<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://acme.example/jobs/">
    <entry><id>tag:acme.example,2026:7</id><title type="html">C&amp;lt;T&amp;gt; &amp;amp; more</title>
    <link rel="self" href="self"/><link rel="alternate" href="7"/><updated>2026-11-18T10:00:00Z</updated>
    <published>2026-11-17T10:00:00+01:00</published><author><name>Acme</name></author><category term="rust"/>
    <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Hello <b>you</b></p></div></content>
    <summary>short</summary></entry></feed>)");
  ASSERT_EQ(listing.postings.size(), 1u);
  const auto& p = listing.postings[0];
  EXPECT_EQ(p.url, "https://acme.example/jobs/7");
  EXPECT_EQ(p.source_id, "jobs.example/feed.rss#tag:acme.example,2026:7");
  EXPECT_NE(p.description.find("Hello"), std::string::npos);
  EXPECT_EQ(to_rfc3339(*p.posted_at), "2026-11-17T09:00:00Z");
  EXPECT_EQ(p.tags, Strings{"rust"});
}

TEST(ReadFeed, ReadsRdfWithDublinCoreAndContent) {
  auto listing = read(
    R"(<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
      xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/">
    <channel rdf:about="x"><title>c</title></channel>
    <item rdf:about="https://acme.example/9"><title>Nurse</title><link>https://acme.example/9?utm_source=x</link>
    <description>short</description><content:encoded><![CDATA[<p>A long text</p>]]></content:encoded>
    <dc:date>2026-11-01</dc:date></item></rdf:RDF>)");
  ASSERT_EQ(listing.postings.size(), 1u);
  EXPECT_EQ(listing.postings[0].description, "<p>A long text</p>");
  EXPECT_EQ(listing.postings[0].source_id, "https://acme.example/9");
  EXPECT_TRUE(listing.postings[0].posted_at);
}

TEST(ReadFeed, IdentifiesAnItemByGuidThenLinkThenContent) {
  auto listing = read(
    rss("<item><guid "
        "isPermaLink='false'>4711</guid><title>a</title><link>https://x.example/a</link></item>"
        "<item><title>b</title><link>https://x.example/b/?utm_source=rss&amp;id=2#top</link></item>"
        "<item><title>c</title></item><item><title>c2</title></item>"));
  ASSERT_EQ(listing.postings.size(), 4u);
  EXPECT_EQ(listing.postings[0].source_id, "jobs.example/feed.rss#4711");
  EXPECT_EQ(listing.postings[1].source_id, "x.example/b?id=2");
  EXPECT_NE(listing.postings[2].source_id, listing.postings[3].source_id);
}

TEST(ReadFeed, OneBrokenItemCostsThatItemOnly) {
  auto listing =
    read(rss("<item><title>one</title><link>https://x.example/1</link></item>"
             "<item><title>two</title><link>https://x.example/2</link><bad></item>"
             "<item></item>"
             "<item><title>three</title><description>R&D <br> & more</description></item>"
             "<item><title>cut off</title><descr"));
  std::vector<std::string> titles;
  for (auto& p : listing.postings)
    titles.push_back(p.title);
  EXPECT_EQ(titles, (std::vector<std::string>{"one", "two", "three"}));
  ASSERT_EQ(listing.problems.size(), 2u);
  EXPECT_EQ(listing.problems[0].item, "#3");
  EXPECT_EQ(listing.problems[1].item, "#5");
}

TEST(ReadFeed, RefusesWhatIsNoFeed) {
  for (auto body : {"", "   ", "hello", "<html><body>404</body></html>", "{\"jobs\":[]}", "<",
                    "<!DOCTYPE html>", "\xFF\xFE"})
    EXPECT_EQ(read_feed(body, source()).error().code, Errc::malformed) << body;
}

TEST(ReadFeed, KeepsToItsLimits) {
  auto info = source();
  info.bytes_max = 1000;
  EXPECT_EQ(read_feed(std::string(1001, ' '), info).error().code, Errc::too_large);
  info.bytes_max = 1 << 20;
  info.items_max = 2;
  auto listing = read(
    rss("<item><title>1</title></item><item><title>2</title></item><item><title>3</title></item>"),
    info);
  EXPECT_EQ(listing.postings.size(), 2u);
  EXPECT_EQ(listing.problems.size(), 1u);
}

TEST(ReadFeed, DecodesEveryUsualCharset) {
  auto title_of = [](const std::string& body, const char* content_type = "") {
    auto info = source();
    info.content_type = content_type;
    auto listing = read(body, info);
    return listing.postings.empty() ? std::string{"(none)"} : listing.postings[0].title;
  };
  auto feed = [](const std::string& declaration, const std::string& title) {
    return declaration + "<rss><channel><item><title>" + title + "</title></item></channel></rss>";
  };
  EXPECT_EQ(title_of(feed("<?xml version='1.0' encoding='iso-8859-1'?>", "K\xF6ln")), "Köln");
  EXPECT_EQ(title_of(feed("", "K\xF6ln"), "text/xml; charset=ISO-8859-1"), "Köln");
  EXPECT_EQ(title_of(feed("<?xml version='1.0' encoding='utf-8'?>", "K\xF6ln")), "Köln");  // a lie
  EXPECT_EQ(title_of(feed("<?xml version='1.0' encoding='iso-8859-1'?>", "Köln")),
            "Köln");  // another
  EXPECT_EQ(title_of(feed("<?xml version='1.0' encoding='windows-1252'?>", "\x80 50k")), "€ 50k");
  EXPECT_EQ(title_of(feed("<?xml version='1.0' encoding='koi8-r'?>", "\xF4")), "Т");
  EXPECT_EQ(title_of(feed("<?xml version='1.0' encoding='no-such-thing'?>", "Köln")), "Köln");
  EXPECT_EQ(title_of("\xEF\xBB\xBF" + feed("", "Köln")), "Köln");
  std::string wide = "\xFF\xFE";
  for (char c : feed("", "Koeln"))
    wide += {c, '\0'};
  EXPECT_EQ(title_of(wide), "Koeln");
  EXPECT_EQ(title_of(feed("", std::string{"a\0b\x01"
                                          "c",
                                          5})),
            "abc");
}

TEST(ReadFeed, ExpandsNoEntitiesButTheStandardOnes) {
  std::string laughs = "<?xml version='1.0'?><!DOCTYPE rss [<!ENTITY lol 'lol'>";
  for (int i = 1; i < 10; ++i)
    laughs += "<!ENTITY lol" + std::to_string(i) + " '&lol" +
              (i == 1 ? "" : std::to_string(i - 1)) + ";&lol" +
              (i == 1 ? "" : std::to_string(i - 1)) + ";'>";
  laughs += "<!ENTITY file SYSTEM 'file:///etc/passwd'>]><rss><channel><item><title>&lol9;&file; "
            "&eacute;&amp;</title></item></channel></rss>";
  auto listing = read(laughs);
  ASSERT_EQ(listing.postings.size(), 1u);
  EXPECT_EQ(listing.postings[0].title, "&lol9;&file; é&");
}

TEST(ReadFeed, SurvivesAbsurdNesting) {
  std::string deep = "<rss><channel><item><title>fine</title><link>https://x.example/1</link></"
                     "item><item><title>deep</title>";
  for (int i = 0; i < 100'000; ++i)
    deep += "<a>";
  auto listing = read(deep);
  ASSERT_GE(listing.postings.size(), 1u);
  EXPECT_EQ(listing.postings[0].title, "fine");
}

TEST(ReadFeed, PassesOverATagWithAMillionAttributes) {
  std::string tag = "<item ";
  for (int i = 0; i < 400'000; ++i)
    tag += "a" + std::to_string(i) + "='1' ";
  auto listing = read(rss(tag + "><title>x</title></item><item><title>fine</title></item>"));
  ASSERT_EQ(listing.postings.size(), 1u);
  EXPECT_EQ(listing.postings[0].title, "fine");
}

TEST(CharsetOf, ReadsTheParameter) {
  EXPECT_EQ(charset_of("text/xml; charset=\"UTF-8\""), "utf-8");
  EXPECT_EQ(charset_of("application/rss+xml"), "");
  EXPECT_EQ(charset_of("text/xml;charset=iso-8859-1;x=y"), "iso-8859-1");
}

}  // namespace
}  // namespace jobraker
