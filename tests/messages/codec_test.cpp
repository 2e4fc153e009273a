#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "messages/accounts.hpp"
#include "messages/codec.hpp"

namespace jobraker {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::SizeIs;
using testing::UnorderedElementsAre;

struct Leaf {
  static constexpr auto type_name = "Leaf";
  std::string name{};
  std::optional<std::int64_t> count{};

  static constexpr auto fields() {
    return std::tuple{field("name", &Leaf::name, {.max_length = 8, .min_length = 1}),
                      field("count", &Leaf::count, {.min = 0, .max = 10})};
  }
};

struct Titled {
  static constexpr auto type_name = "Titled";
  std::string title{};

  static constexpr auto fields() {
    return std::tuple{field("title", &Titled::title, {.min_length = 2})};
  }
};

struct Tree {
  static constexpr auto type_name = "Tree";
  Role role = Role::seeker;
  bool flag = false;
  double ratio = 0;
  std::uint8_t small = 0;
  std::vector<Leaf> leaves{};
  std::optional<Time> at{};
  UserId user{};

  static constexpr auto fields() {
    return std::tuple{field("role", &Tree::role),
                      optional_field("flag", &Tree::flag),
                      optional_field("ratio", &Tree::ratio, {.min = 0, .max = 1}),
                      optional_field("small", &Tree::small),
                      optional_field("leaves", &Tree::leaves, {.max_items = 3}),
                      field("at", &Tree::at),
                      optional_field("user", &Tree::user)};
  }
};

TEST(Codec, AShortestLengthIsOfCharactersNotOfBytes) {
  EXPECT_FALSE(json::decode<Titled>(R"({"title": "¨"})"));
  EXPECT_TRUE(json::decode<Titled>(R"({"title": "é¨"})"));
}

TEST(Codec, ReadsBackWhatItWrote) {
  ASSERT_TRUE(rc::check([] {
    Tree tree;
    tree.role = *rc::gen::element(Role::seeker, Role::employer, Role::admin);
    tree.flag = *rc::gen::arbitrary<bool>();
    tree.ratio = *rc::gen::inRange(0, 1001) / 1000.0;
    tree.small = *rc::gen::arbitrary<std::uint8_t>();
    auto leaves = *rc::gen::inRange(0, 4);
    for (int i = 0; i < leaves; ++i) {
      Leaf leaf{std::string(static_cast<std::size_t>(*rc::gen::inRange(1, 9)), 'x'), {}};
      if (*rc::gen::arbitrary<bool>())
        leaf.count = *rc::gen::inRange<std::int64_t>(0, 11);
      tree.leaves.push_back(std::move(leaf));
    }
    if (*rc::gen::arbitrary<bool>())
      tree.at =
        Time{std::chrono::microseconds{*rc::gen::inRange<std::int64_t>(0, 4'000'000'000'000'000)}};
    tree.user = UserId::fresh();
    auto text = json::encode(tree);
    auto back = json::decode<Tree>(text);
    RC_ASSERT(static_cast<bool>(back));
    RC_ASSERT(json::encode(*back) == text);
    RC_ASSERT(back->leaves.size() == tree.leaves.size());
    RC_ASSERT(back->at == tree.at);
    RC_ASSERT(back->user == tree.user);
  }));
}

TEST(Codec, ListsEveryBrokenRuleWithItsPointer) {
  auto tree = json::decode<Tree>(
    R"({"role":"king","flag":"no","ratio":2,"small":256,"leaves":[{"name":""},{"count":11}],"at":"soon","user":"7"})");
  ASSERT_FALSE(tree);
  EXPECT_EQ(tree.error().code, Errc::invalid);
  std::vector<std::string> pointers;
  for (const auto& problem : tree.error().fields)
    pointers.push_back(problem.pointer);
  EXPECT_THAT(pointers, ElementsAre("/role", "/flag", "/ratio", "/small", "/leaves/0/name",
                                    "/leaves/1/name", "/leaves/1/count", "/at", "/user"));
}

struct Broken {
  const char* body;
  const char* pointer;
  const char* says;
};

class CodecProblem : public testing::TestWithParam<Broken> {};

TEST_P(CodecProblem, NamesTheMemberAndTheRule) {
  auto tree = json::decode<Tree>(GetParam().body);
  ASSERT_FALSE(tree);
  EXPECT_THAT(tree.error().fields,
              Contains(testing::AllOf(Field(&FieldProblem::pointer, GetParam().pointer),
                                      Field(&FieldProblem::detail, HasSubstr(GetParam().says)))));
}

INSTANTIATE_TEST_SUITE_P(
  Codec, CodecProblem,
  testing::Values(
    Broken{"{}", "/role", "is required"}, Broken{"[]", "", "must be an object"},
    Broken{"null", "", "must be an object"}, Broken{"\"x\"", "", "must be an object"},
    Broken{R"({"role":null})", "/role", "must be one of seeker, employer, admin"},
    Broken{R"({"role":"Seeker"})", "/role", "got Seeker"},
    Broken{R"({"role":"admin","rol":1})", "/rol", "did you mean role?"},
    Broken{R"({"role":"admin","zzzz":1})", "/zzzz", "is not known here"},
    Broken{R"({"role":"admin","flag":1})", "/flag", "true or false"},
    Broken{R"({"role":"admin","flag":null})", "/flag", "true or false"},
    Broken{R"({"role":"admin","small":-1})", "/small", "whole number"},
    Broken{R"({"role":"admin","small":1.5})", "/small", "whole number"},
    Broken{R"({"role":"admin","small":1e40})", "/small", "whole number"},
    Broken{R"({"role":"admin","ratio":"1"})", "/ratio", "a number"},
    Broken{R"({"role":"admin","ratio":-0.1})", "/ratio", "at least 0"},
    Broken{R"({"role":"admin","leaves":{}})", "/leaves", "a list"},
    Broken{R"({"role":"admin","leaves":[{"name":"a"},{"name":"a"},{"name":"a"},{"name":"a"}]})",
           "/leaves", "more than 3 items"},
    Broken{R"({"role":"admin","leaves":[{"name":"123456789"}]})", "/leaves/0/name",
           "longer than 8 bytes"},
    Broken{R"({"role":"admin","leaves":[7]})", "/leaves/0", "an object"},
    Broken{R"({"role":"admin","at":1})", "/at", "RFC 3339"},
    Broken{R"({"role":"admin","user":"no"})", "/user", "UUID"}));

TEST(Codec, IgnoresUnknownMembersOnlyWhenAskedTo) {
  constexpr std::string_view body = R"({"role":"admin","later":{"a":[1]}})";
  EXPECT_FALSE(json::decode<Tree>(body));
  EXPECT_TRUE(json::decode<Tree>(body, json::Unknown::ignore));
}

TEST(Codec, TakesNullForAnAbsentOptional) {
  auto tree =
    json::decode<Tree>(R"({"role":"admin","at":null,"leaves":[{"name":"a","count":null}]})");
  ASSERT_TRUE(tree);
  EXPECT_EQ(tree->at, std::nullopt);
  EXPECT_EQ(tree->leaves.at(0).count, std::nullopt);
}

TEST(Codec, StopsListingAfterFiftyProblems) {
  std::string body = R"({"role":"admin")";
  for (int i = 0; i < 500; ++i)
    body += ",\"u" + std::to_string(i) + "\":1";
  auto tree = json::decode<Tree>(body + "}");
  ASSERT_FALSE(tree);
  EXPECT_THAT(tree.error().fields, SizeIs(50));
}

TEST(Codec, CallsTextThatIsNoJsonMalformed) {
  EXPECT_EQ(json::decode<Tree>("{").error().code, Errc::malformed);
}

}  // namespace
}  // namespace jobraker
