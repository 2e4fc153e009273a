#include <rapidcheck.h>

#include "storage/half.hpp"
#include "tests/support/pg.hpp"

namespace jobraker {
namespace {

using namespace storage;
using test::error_of;
using test::must;

struct Values : test::PgTest {};

TEST(Half, EveryHalfComesBackFromFloatAsItWas) {
  for (unsigned bits = 0; bits < 0x10000; ++bits) {
    auto half = static_cast<std::uint16_t>(bits);
    if ((half & 0x7C00) == 0x7C00 && (half & 0x3FF) != 0)
      continue;  // NaN has many spellings
    ASSERT_EQ(to_half(from_half(half)), half) << bits;
  }
}

TEST(Half, RoundsToTheNearestAndTiesToEven) {
  EXPECT_EQ(to_half(1.0f), 0x3C00);
  EXPECT_EQ(to_half(-2.0f), 0xC000);
  EXPECT_EQ(to_half(65504.0f), 0x7BFF);
  EXPECT_EQ(to_half(65520.0f), 0x7C00) << "halfway to 65536, which is infinite";
  EXPECT_EQ(to_half(65519.9f), 0x7BFF);
  EXPECT_EQ(to_half(1.0f + 0x1p-11f), 0x3C00) << "a tie goes to the even neighbour";
  EXPECT_EQ(to_half(1.0f + 3 * 0x1p-11f), 0x3C02);
  EXPECT_EQ(to_half(0x1p-24f), 0x0001);
  EXPECT_EQ(to_half(0x1p-26f), 0x0000);
  EXPECT_FLOAT_EQ(from_half(to_half(0.1f)), 0.099975586f);
}

TEST(ArrayText, WhateverIsInAListComesBack) {
  ASSERT_TRUE(rc::check([](const std::vector<std::string>& list) {
    RC_ASSERT(detail::parse_array(array_literal(list)) == list);
  }));
}

TEST(ArrayText, ReadsWhatPostgresWrites) {
  using List = std::vector<std::string>;
  EXPECT_EQ(detail::parse_array("{}"), List{});
  EXPECT_EQ(detail::parse_array("{a,NULL,\"NULL\",\"x y\",\"\"}"),
            (List{"a", "", "NULL", "x y", ""}));
  EXPECT_EQ(detail::parse_array(R"({"a\"b","c\\d"})"), (List{"a\"b", "c\\d"}));
  EXPECT_THROW(detail::parse_array("a,b"), BadColumn);
}

TEST(Timestamps, OnlyUtcIsRead) {
  EXPECT_EQ(to_rfc3339(detail::parse_timestamptz("2026-11-20 19:02:00.5+00")),
            "2026-11-20T19:02:00.5Z");
  EXPECT_THROW(detail::parse_timestamptz("2026-11-20 19:02:00+01"), BadColumn);
  EXPECT_THROW(detail::parse_timestamptz("infinity"), BadColumn);
}

TEST_F(Values, OfEveryTypeComeBackFromTheServer) {
  auto user = UserId::fresh();
  auto time = *parse_rfc3339("2026-02-28T23:59:59.123456Z");
  std::vector<std::string> texts{"",     "a,b",     "{x}",      "q\"q", "back\\slash",
                                 "NULL", "naïve ✓", "line\nend"};
  auto rows = must(run(
    db->query("SELECT $1::boolean, $2::bigint, $3::double precision, $4::text, $5::uuid, "
              "$6::timestamptz, $7::text[], "
              "$8::integer[], $9::text, $10::bytea, $11::text, $12::bigint AS nothing, $13::uuid[]",
              {true, std::int64_t{-9'007'199'254'740'993}, 0.1, std::string{"it's $1 \\ ✓"}, user,
               time, texts, std::vector<int>{-1, 0, 2147483647}, Seniority::senior,
               Bytes{std::string("\0\xff\n", 3)}, std::string{}, std::optional<std::int64_t>{},
               std::vector<UserId>{user, UserId{}}})));
  auto row = rows.front();
  EXPECT_EQ(row.get<bool>(0), true);
  EXPECT_EQ(row.get<std::int64_t>(1), -9'007'199'254'740'993);
  EXPECT_EQ(row.get<double>(2), 0.1);
  EXPECT_EQ(row.get<std::string>(3), "it's $1 \\ ✓");
  EXPECT_EQ(row.get<UserId>(4), user);
  EXPECT_EQ(row.get<Time>(5), time);
  EXPECT_EQ(row.get<std::vector<std::string>>(6), texts);
  EXPECT_EQ(row.get<std::vector<int>>(7), (std::vector<int>{-1, 0, 2147483647}));
  EXPECT_EQ(row.get<Seniority>(8), Seniority::senior);
  EXPECT_EQ(row.get<Bytes>(9).data, std::string("\0\xff\n", 3));
  EXPECT_EQ(row.get<std::optional<std::string>>(10), "");
  EXPECT_EQ(row.get<std::optional<std::int64_t>>("nothing"), std::nullopt);
  EXPECT_EQ(row.get<std::vector<UserId>>(12), (std::vector<UserId>{user, UserId{}}));
  EXPECT_THROW(row.get<std::int64_t>("nothing"), BadColumn);
  EXPECT_THROW(row.get<int>(3), BadColumn);
  EXPECT_THROW(row.get<int>("no such column"), BadColumn);
}

TEST_F(Values, EmbeddingsComeBackAsTheNearestHalves) {
  Embedding vector(embedding_dimensions);
  for (std::size_t i = 0; i < vector.size(); ++i)
    vector[i] = static_cast<float>(std::sin(static_cast<double>(i)) / 20);
  auto rows = sql("SELECT halfvec_send($1::halfvec), vector_dims($1::halfvec), ($1::halfvec)::text",
                  {vector});
  auto back = rows.front().get<Embedding>(0);
  ASSERT_EQ(back.size(), vector.size());
  for (std::size_t i = 0; i < back.size(); ++i)
    ASSERT_EQ(back[i], from_half(to_half(vector[i]))) << i;
  EXPECT_EQ(rows.front().get<int>(1), 768);
  // The server reads the same numbers.
  auto text = rows.front().get<std::string>(2);
  EXPECT_NEAR(std::stof(text.substr(text.find(',') + 1)), vector[1], 1e-4);
}

TEST_F(Values, ATextWithNulIsRefusedAndNothingElseIsHurt) {
  auto refused = run(db->query("SELECT $1::text", {std::string("a\0b", 3)}));
  EXPECT_EQ(error_of(refused), Errc::invalid);
  EXPECT_EQ(sql("SELECT $1::text", {"ab"}).front().get<std::string>(0), "ab");
}

}  // namespace
}  // namespace jobraker
