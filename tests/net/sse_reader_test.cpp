#include "net/client/sse_reader.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "net/http/text.hpp"

namespace jobraker::net {
namespace {

using Events = std::vector<std::pair<std::string, std::string>>;

struct Read {
  Events events;
  Done end;
};

Read read(std::string_view bytes, std::size_t step = 1 << 20, std::size_t event_max = 1 << 20) {
  SseReader reader{event_max};
  Read out;
  for (std::size_t at = 0; at < bytes.size(); at += step)
    out.end = reader.feed(bytes.substr(at, step), [&](const SseEvent& event) -> Done {
      out.events.emplace_back(event.name, event.data);
      return {};
    });
  return out;
}

struct Case {
  const char* what;
  std::string bytes;
  Events events;
};

// The first ones are the examples of the HTML standard, §9.2.6.
const Case cases[] = {
  {"two lines of data", "data: YHOO\ndata: +2\ndata: 10\n\n", {{"message", "YHOO\n+2\n10"}}},
  {"comments, ids, and no event for the last block without data",
   ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n",
   {{"message", "first event"}, {"message", "second event"}, {"message", " third event"}}},
  {"an empty line of data counts, the cut event at the end does not",
   "data\n\ndata\ndata\n\ndata:",
   {{"message", ""}, {"message", "\n"}}},
  {"one space goes", "data:test\n\ndata: test\n\n", {{"message", "test"}, {"message", "test"}}},
  {"names", "event: ping\ndata: {}\n\ndata: x\n\n", {{"ping", "{}"}, {"message", "x"}}},
  {"a name without data is forgotten", "event: ping\n\ndata: x\n\n", {{"message", "x"}}},
  {"the last name counts", "event: a\nevent: b\ndata: x\n\n", {{"b", "x"}}},
  {"CR", "data: a\rdata: b\r\rdata: c\r\r", {{"message", "a\nb"}, {"message", "c"}}},
  {"CRLF", "data: a\r\ndata: b\r\n\r\n", {{"message", "a\nb"}}},
  {"mixed",
   "data: a\r\ndata: b\ndata: c\r\n\rdata: d\n\r",
   {{"message", "a\nb\nc"}, {"message", "d"}}},
  {"a byte order mark",
   "\xEF\xBB\xBF"
   "data: a\n\n",
   {{"message", "a"}}},
  {"only the first one is a mark",
   "\xEF\xBB\xBF\xEF\xBB\xBF"
   "data: a\n\ndata: b\n\n",
   {{"message", "b"}}},
  {"a mark elsewhere belongs to the field's name",
   "data: a\n\n\xEF\xBB\xBF"
   "data: b\n\n",
   {{"message", "a"}}},
  {"unknown fields and other cases", "Data: a\nfoo: b\n data: c\ndata : d\n\n", {}},
  {"colons in data", "data: a:b: c\n\n", {{"message", "a:b: c"}}},
  {"no blank line, no event", "data: a\n", {}},
  {"UTF-8",
   "data: \xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\n\n",
   {{"message", "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80"}}},
  {"what is not UTF-8",
   "data: a\xFFz\xE2\x82\n\n",
   {{"message", "a\xEF\xBF\xBDz\xEF\xBF\xBD\xEF\xBF\xBD"}}},
};

TEST(SseReader, ReadsByTheStandardInPiecesOfAnySize) {
  for (const auto& c : cases)
    for (std::size_t step : {1u, 2u, 3u, 5u, 7u, 1000u}) {
      auto got = read(c.bytes, step);
      EXPECT_TRUE(got.end) << c.what;
      EXPECT_EQ(got.events, c.events) << c.what << ", step " << step;
    }
}

TEST(SseReader, AnEventEndsWithTheLineEndItselfNotWithTheByteBehindIt) {
  EXPECT_EQ(read("data: a\r\r").events.size(), 1u);
  EXPECT_EQ(read("data: a\r\n\r").events.size(), 1u);
}

TEST(SseReader, AnEventAboveTheLimitEndsTheStream) {
  const std::string good = "data: 1234\n\n";
  for (std::size_t step : {1u, 4u, 1000u}) {
    EXPECT_TRUE(read(good, step, 10).end);
    EXPECT_EQ(read("data: 12345\n\n", step, 10).end.error().code, Errc::too_large);
    auto many = read(good + "data: 1\ndata: 2\ndata: 3\n\n" + good, step, 10);
    EXPECT_EQ(many.end.error().code, Errc::too_large);  // the lines of one event count together
    EXPECT_EQ(many.events.size(), 1u);                  // and nothing is read after it
    EXPECT_EQ(read("event: 12345\ndata: 6\n\n", step, 10).end.error().code, Errc::too_large);
    EXPECT_EQ(read(std::string(100, 'x'), step, 10).end.error().code, Errc::too_large);
  }
  std::string long_stream;
  for (int i = 0; i < 1000; ++i)
    long_stream += good;
  EXPECT_EQ(read(long_stream, 64, 10).events.size(), 1000u);  // the limit is of one event only
}

TEST(SseReader, AnErrorOfTheSinkEndsTheStream) {
  SseReader reader;
  int seen = 0;
  auto sink = [&](const SseEvent&) -> Done {
    ++seen;
    return fail(Errc::cancelled, "enough");
  };
  EXPECT_EQ(reader.feed("data: a\n\ndata: b\n\n", sink).error().code, Errc::cancelled);
  EXPECT_EQ(reader.feed("data: c\n\n", sink).error().code, Errc::cancelled);
  EXPECT_EQ(seen, 1);
}

TEST(SseReader, AnyBytesInAnyPiecesGiveTheSameEventsInUtf8) {
  EXPECT_TRUE(rc::check([](const std::vector<std::uint8_t>& choice, std::size_t step) {
    const std::string_view words[] = {
      "data", ":",    " ",    "\r",           "\n",     "\n\n",     "event",
      "x",    "\xC3", "\xA9", "\xEF\xBB\xBF", "data: ", "\xF0\x9F", std::string_view{"\0", 1}};
    std::string bytes;
    for (auto c : choice)
      bytes += words[c % std::size(words)];
    const auto whole = read(bytes, 1 << 20, 20);
    const auto pieces = read(bytes, 1 + step % 8, 20);
    RC_ASSERT(whole.events == pieces.events);
    RC_ASSERT(whole.end.has_value() == pieces.end.has_value());
    for (const auto& [name, data] : whole.events)
      RC_ASSERT(is_utf8(data));
  }));
}

}  // namespace
}  // namespace jobraker::net
