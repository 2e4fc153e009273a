#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "net/client/address_guard.hpp"
#include "net/http/url.hpp"

namespace jobraker::net {
namespace {

TEST(Url, IsReadIntoItsParts) {
  const auto url = parse_url("HTTPS://Jobs.Example:8443/a/b?q=1&x=%20#part");
  ASSERT_TRUE(url);
  EXPECT_EQ(*url, (Url{"https", "jobs.example", 8443, "/a/b?q=1&x=%20"}));
  EXPECT_EQ(url->authority(), "jobs.example:8443");
  EXPECT_EQ(parse_url("http://a")->target, "/");
  EXPECT_EQ(parse_url("http://a?b=c")->target, "/?b=c");
  EXPECT_EQ(parse_url("http://a:/x")->port, 80);
  EXPECT_EQ(parse_url("https://a/\xC3\xA9\"")->target, "/%C3%A9%22");
  const auto v6 = parse_url("http://[2001:DB8::1]:81/");
  ASSERT_TRUE(v6);
  EXPECT_EQ(v6->host, "2001:db8::1");
  EXPECT_EQ(v6->authority(), "[2001:db8::1]:81");
}

TEST(Url, ThatCannotBeCalledIsRefused) {
  for (auto bad :
       {"", "a.example", "ftp://a/", "file:///etc/passwd", "http://", "http:///x", "http://a b/",
        "http://user@a/", "http://u:p@a/", "http://a:0/", "http://a:65536/", "http://a:8o/",
        "http://a\\@b/x y", "http://[::1/", "http://[fe80::1%25eth0]/", "http://\xC3\xA9.example/",
        "http://a/\r\nX: y", "javascript:alert(1)"})
    EXPECT_FALSE(parse_url(bad)) << bad;
}

TEST(Url, ReferencesResolveAsRfc3986Says) {
  const auto base = *parse_url("http://a/b/c/d?q");
  const std::pair<std::string_view, std::string_view> cases[] = {
    {"g", "http://a/b/c/g"},
    {"./g", "http://a/b/c/g"},
    {"g/", "http://a/b/c/g/"},
    {"/g", "http://a/g"},
    {"//g", "http://g/"},
    {"?y", "http://a/b/c/d?y"},
    {"g?y", "http://a/b/c/g?y"},
    {"", "http://a/b/c/d?q"},
    {".", "http://a/b/c/"},
    {"..", "http://a/b/"},
    {"../g", "http://a/b/g"},
    {"../../../g", "http://a/g"},
    {"https://x/y", "https://x/y"},
    {"g;x=1/../y", "http://a/b/c/y"},
    {"/a?u=http://x/../y", "http://a/a?u=http://x/../y"},
  };
  for (const auto& [reference, expected] : cases) {
    const auto url = resolve_url(base, reference);
    ASSERT_TRUE(url) << reference;
    EXPECT_EQ(url->text(), expected) << reference;
  }
  EXPECT_FALSE(resolve_url(base, "mailto:a@b"));
}

TEST(PercentEncoding, DecodingUndoesEncoding) {
  ASSERT_TRUE(rc::check([](const std::string& text) {
    RC_ASSERT(percent_decode(percent_encode(text)) == text);
    RC_ASSERT(percent_decode(percent_encode(text), true) == text);
  }));
}

TEST(PercentEncoding, AQueryComesBackAsItWas) {
  ASSERT_TRUE(rc::check([](const std::vector<std::pair<std::string, std::string>>& given) {
    RC_ASSERT(parse_query(query_string(given)) == given);
  }));
}

TEST(PercentEncoding, DecodingAnythingEitherFailsOrShrinks) {
  ASSERT_TRUE(rc::check([](const std::string& text) {
    const auto decoded = percent_decode(text);
    RC_ASSERT(!decoded || decoded->size() <= text.size());
  }));
}

TEST(Query, KeepsBrokenEscapesAndEmptyValues) {
  const Parameters expected{{"a", "1 2"}, {"b", ""}, {"c", ""}, {"d", "%zz"}, {"", "x"}};
  EXPECT_EQ(parse_query("a=1+2&b=&c&&d=%zz&=x"), expected);
}

TEST(Redacted, ShowsNoSecrets) {
  EXPECT_EQ(redacted("https://api.example/v1/jobs/gb/search/1?app_id=me&app_key=s3&what=cook"),
            "https://api.example/v1/jobs/gb/search/1?app_id=***&app_key=***&what=cook");
  EXPECT_EQ(redacted("/x?API_KEY=1&token=2"), "/x?API_KEY=***&token=***");
  EXPECT_EQ(redacted("/x?ap%69_key=1"), "/x?ap%69_key=***");
  EXPECT_EQ(redacted("http://me:pw@a/x"), "http://a/x");
  EXPECT_EQ(redacted("http://a/x?q=1#access_token=2"), "http://a/x?q=1#access_token=***");
  EXPECT_EQ(redacted("/plain"), "/plain");
  EXPECT_EQ(redacted(""), "");
}

TEST(AddressGuard, LetsOnlyThePublicInternetThrough) {
  const auto guard = public_addresses_only();
  for (auto open : {"93.184.216.34", "8.8.8.8", "172.32.0.1", "2606:4700::1111", "::ffff:8.8.8.8",
                    "64:ff9b::808:808", "2002:808:808::1"})
    EXPECT_TRUE(guard(asio::ip::make_address(open))) << open;
  for (auto closed : {"127.0.0.1",
                      "10.1.2.3",
                      "172.16.0.1",
                      "172.31.255.255",
                      "192.168.1.1",
                      "169.254.169.254",
                      "100.64.0.1",
                      "0.0.0.0",
                      "224.0.0.1",
                      "255.255.255.255",
                      "198.18.0.1",
                      "::1",
                      "::",
                      "fe80::1",
                      "fc00::1",
                      "ff02::1",
                      "::ffff:127.0.0.1",
                      "64:ff9b::7f00:1",
                      "2002:7f00:1::1",
                      "2001:db8::1",
                      "::7f00:1",
                      "fec0::1"})
    EXPECT_EQ(guard(asio::ip::make_address(closed)).error().code, Errc::forbidden) << closed;
}

}  // namespace
}  // namespace jobraker::net
