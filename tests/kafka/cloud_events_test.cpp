#include "net/kafka/cloud_events.hpp"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "messages/json.hpp"
#include "messages/make_event.hpp"

namespace jobraker::net::kafka {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

constexpr auto id_text = "0190163d-8694-739b-aea5-966c26f8ad91";
const Time stamp{std::chrono::seconds{1'800'000'000}};

Received arrived(Record record) {
  Received received;
  received.from = {record.topic, 3};
  received.offset = 17;
  received.timestamp = stamp;
  received.key = std::move(record.key);
  received.value = std::move(record.value);
  received.headers = std::move(record.headers);
  return received;
}

Received binary() {
  return arrived({"match-found",
                  "user-42",
                  R"({"score":0.87})",
                  {{"ce_specversion", "1.0"},
                   {"ce_id", id_text},
                   {"ce_source", "/jobraker"},
                   {"ce_type", "jobraker.match.found.v1"},
                   {"ce_time", "2026-11-20T17:00:00Z"},
                   {"ce_partitionkey", "user-42"},
                   {"content-type", "application/json"}}});
}

void set(Received& record, std::string_view name, std::optional<std::string> value) {
  std::erase_if(record.headers, [&](const Header& header) { return header.name == name; });
  if (value)
    record.headers.push_back({std::string{name}, *value});
}

Received structured(std::string json) {
  return arrived({"match-found",
                  "user-42",
                  std::move(json),
                  {{"content-type", "application/cloudevents+json; charset=UTF-8"}}});
}

TEST(CloudEvents, ComeBackAsTheyWent) {
  EXPECT_TRUE(rc::check([](std::array<std::uint8_t, 16> id, std::uint32_t seconds) {
    Event event;
    event.id = Uuid{id};
    event.topic = static_cast<Topic>(*rc::gen::inRange<std::size_t>(0, topic_count));
    event.key =
      *rc::gen::nonEmpty(rc::gen::container<std::string>(rc::gen::inRange<char>('!', '~')));
    event.type =
      *rc::gen::nonEmpty(rc::gen::container<std::string>(rc::gen::inRange<char>('!', '~')));
    event.time = Time{std::chrono::seconds{seconds}};
    event.data = R"({"n":)" + std::to_string(seconds) + "}";
    if (*rc::gen::arbitrary<bool>())
      event.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    const auto back = from_record(arrived(to_record(event, "t")), event.topic);
    RC_ASSERT(back.has_value());
    RC_ASSERT(*back == event);
  }));
}

TEST(CloudEvents, LookAsTheBindingSays) {
  MatchFound found;
  found.user_id = UserId::of("u");
  const auto event =
    make_event(found, stamp, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
  const auto record = to_record(event, "eu.match-found");
  EXPECT_EQ(record.topic, "eu.match-found");
  EXPECT_EQ(record.key, to_string(found.user_id));
  EXPECT_EQ(record.value, event.data);
  const std::vector<Header> expected{
    {"ce_specversion", "1.0"},
    {"ce_id", to_string(event.id)},
    {"ce_source", "/jobraker"},
    {"ce_type", "jobraker.match.found.v1"},
    {"ce_time", "2027-01-15T08:00:00Z"},
    {"ce_partitionkey", to_string(found.user_id)},
    {"ce_traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"},
    {"content-type", "application/json"}};
  EXPECT_EQ(record.headers, expected);
}

TEST(CloudEvents, AreReadInStructuredModeToo) {
  const auto event =
    from_record(structured(R"({"specversion":"1.0","id":"0190163d-8694-739b-aea5-966c26f8ad91",
      "source":"/jobraker","type":"jobraker.match.found.v1","time":"2026-11-20T17:00:00Z",
      "datacontenttype":"application/json","partitionkey":"user-42","answer":42,
      "data":{"score":0.87}})"),
                Topic::match_found);
  ASSERT_TRUE(event) << event.error().detail;
  EXPECT_EQ(*event, *from_record(binary(), Topic::match_found));
}

TEST(CloudEvents, MayLackWhatTheSpecificationMakesOptional) {
  auto record = binary();
  for (const auto name : {"ce_time", "ce_partitionkey", "content-type"})
    set(record, name, std::nullopt);
  const auto event = from_record(record, Topic::match_found);
  ASSERT_TRUE(event) << event.error().detail;
  EXPECT_EQ(event->time, stamp);
  EXPECT_EQ(event->key, "user-42");

  record = binary();
  record.key.clear();
  set(record, "ce_partitionkey", "user-43");
  EXPECT_EQ(from_record(record, Topic::match_found)->key, "user-43");
}

TEST(CloudEvents, IgnoreHeadersAndTraceParentsThatMeanNothing) {
  auto record = binary();
  record.headers.push_back({"other", "\xFF"});
  record.headers.push_back({"other", "again"});
  record.headers.push_back({"ce_traceparent", "nonsense"});
  const auto event = from_record(record, Topic::match_found);
  ASSERT_TRUE(event) << event.error().detail;
  EXPECT_EQ(event->traceparent, "");
}

TEST(CloudEvents, OfAnotherSourceHaveAnIdOfTheirOwn) {
  auto record = binary();
  set(record, "ce_source", "https://example.com/other");
  const auto theirs = from_record(record, Topic::match_found);
  ASSERT_TRUE(theirs);
  EXPECT_NE(to_string(theirs->id), id_text);
  EXPECT_EQ(from_record(record, Topic::match_found)->id, theirs->id);
  set(record, "ce_id", "A234-1234-1234");
  const auto next = from_record(record, Topic::match_found);
  ASSERT_TRUE(next);
  EXPECT_NE(next->id, theirs->id);
}

struct Broken {
  const char* header;
  std::optional<std::string> value;
  Errc code;
  const char* says;
};

TEST(CloudEvents, WithAWrongAttributeAreRefusedByItsName) {
  for (const auto& [header, value, code, says] : std::vector<Broken>{
         {"ce_id", std::nullopt, Errc::invalid, "attribute id is missing"},
         {"ce_id", "", Errc::invalid, "attribute id is missing"},
         {"ce_id", "17", Errc::invalid, "attribute id is not a UUID"},
         {"ce_source", std::nullopt, Errc::invalid, "attribute source is missing"},
         {"ce_type", std::nullopt, Errc::invalid, "attribute type is missing"},
         {"ce_type", "a\xFFz", Errc::malformed, "attribute type is not UTF-8"},
         {"ce_type", std::string{"a\0b", 3}, Errc::malformed, "attribute type is not UTF-8"},
         {"ce_type", std::string(3000, 'a'), Errc::invalid, "attribute type is too long"},
         {"ce_specversion", std::nullopt, Errc::invalid, "attribute specversion is missing"},
         {"ce_specversion", "0.3", Errc::invalid, "attribute specversion is not 1.0"},
         {"ce_time", "yesterday", Errc::invalid, "attribute time is not"},
         {"content-type", "text/xml", Errc::unsupported_media, "not JSON"},
         {"content-type", "application/cloudevents+avro", Errc::unsupported_media, "not JSON"},
       }) {
    auto record = binary();
    set(record, header, value);
    const auto event = from_record(record, Topic::match_found);
    ASSERT_FALSE(event) << says;
    EXPECT_EQ(event.error().code, code) << says;
    EXPECT_THAT(event.error().detail, HasSubstr(says));
  }
  auto twice = binary();
  twice.headers.push_back({"ce_id", id_text});
  const auto event = from_record(twice, Topic::match_found);
  ASSERT_FALSE(event);
  EXPECT_EQ(event.error().code, Errc::invalid);
  EXPECT_THAT(event.error().detail, HasSubstr("attribute id occurs twice"));
}

TEST(CloudEvents, WithBrokenDataOrKeyAreMalformed) {
  for (const auto value : {"", "{", "{}}", "\"\\u0000\"", "\xFF"}) {
    auto record = binary();
    record.value = value;
    const auto event = from_record(record, Topic::match_found);
    ASSERT_FALSE(event) << value;
    EXPECT_EQ(event.error().code, Errc::malformed) << value;
  }
  auto record = binary();
  record.key = "\xFF";
  ASSERT_FALSE(from_record(record, Topic::match_found));
  EXPECT_EQ(from_record(record, Topic::match_found).error().code, Errc::malformed);

  record = binary();
  record.headers.clear();
  ASSERT_FALSE(from_record(record, Topic::match_found));
  EXPECT_THAT(from_record(record, Topic::match_found).error().detail, HasSubstr("no CloudEvent"));
}

TEST(CloudEvents, InStructuredModeAreRefusedForTheSameReasons) {
  for (const auto& [json, code, says] : std::vector<std::tuple<std::string, Errc, std::string>>{
         {"[]", Errc::malformed, "not a JSON object"},
         {"{", Errc::malformed, "not JSON"},
         {R"({"specversion":"1.0","id":"x","source":"s"})", Errc::invalid, "type is missing"},
         {R"({"specversion":"1.0","id":"x","source":"s","type":"t"})", Errc::malformed, "no data"},
         {R"({"specversion":"1.0","id":"x","id":"x","source":"s","type":"t","data":1})",
          Errc::invalid, "id occurs twice"},
         {R"({"specversion":"1.0","id":"x","source":"s","type":"t","data_base64":"AA=="})",
          Errc::unsupported_media, "data_base64"},
         {R"({"specversion":1.0,"id":"x","source":"s","type":"t","data":1})", Errc::invalid,
          "specversion is missing"}}) {
    const auto event = from_record(structured(json), Topic::match_found);
    ASSERT_FALSE(event) << json;
    EXPECT_EQ(event.error().code, code) << json;
    EXPECT_THAT(event.error().detail, HasSubstr(says));
  }
}

TEST(CloudEvents, NeverHurtWhateverArrives) {
  EXPECT_TRUE(rc::check([](std::string value, std::string key,
                           std::vector<std::pair<std::string, std::string>> headers) {
    Received record;
    record.value = std::move(value);
    record.key = std::move(key);
    for (auto& [name, text] : headers)
      record.headers.push_back({*rc::gen::element<std::string>("ce_" + name, "ce_id", "ce_type",
                                                               "ce_source", "content-type", name),
                                text});
    if (const auto event = from_record(record, Topic::llm_call))
      RC_ASSERT(json::Document::parse(event->data).has_value());
  }));
}

TEST(DeadLetter, IsTheEventAndWhatHappenedToIt) {
  const auto event = *from_record(binary(), Topic::match_found);
  const auto letter = to_dead_letter(
    event, "eu.match-found", {"jobraker-digest", std::string(498, 'x') + "é and more", 5, stamp});
  auto expected = to_record(event, "eu.match-found.dlq");
  for (const auto& header : std::vector<Header>{{"dlq_original_topic", "eu.match-found"},
                                                {"dlq_consumer_group", "jobraker-digest"},
                                                {"dlq_error_message", std::string(498, 'x') + "é"},
                                                {"dlq_attempts", "5"},
                                                {"dlq_failed_at", "2027-01-15T08:00:00Z"}})
    expected.headers.push_back(header);
  EXPECT_EQ(letter, expected);
}

TEST(DeadLetter, EndsItsReasonBetweenTwoCharacters) {
  const auto event = *from_record(binary(), Topic::match_found);
  const auto letter = to_dead_letter(event, "t", {"g", std::string(499, 'x') + "é", 1, stamp});
  EXPECT_THAT(letter.headers, Contains(Header{"dlq_error_message", std::string(499, 'x')}));
}

}  // namespace
}  // namespace jobraker::net::kafka
