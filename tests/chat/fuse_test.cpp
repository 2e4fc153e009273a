#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "actors/chat/core/fuse.hpp"

namespace jobraker::chat {
namespace {

using testing::ElementsAre;

std::int64_t letters(std::string_view text) { return static_cast<std::int64_t>(text.size()); }

FoundChunk hit(std::string kind, std::string ref, std::int64_t chunk = 0, std::string text = "") {
  if (text.empty())
    text = "text of " + kind + ref + "#" + std::to_string(chunk);
  return {.kind = kind, .ref = ref, .chunk = chunk, .title = kind + " " + ref, .text = text};
}

std::vector<std::string> refs(const std::vector<RetrievedSource>& sources) {
  std::vector<std::string> out;
  for (const auto& s : sources)
    out.push_back(s.source.id + "=" + s.source.kind + s.source.ref);
  return out;
}

TEST(Fuse, WhatTwoSearchesNameComesBeforeWhatOneNames) {
  auto sources = fuse({{{hit("job", "1"), hit("job", "2"), hit("job", "3")}},
                       {{hit("article", "9"), hit("job", "3")}}},
                      {}, letters);
  EXPECT_THAT(refs(sources), ElementsAre("S1=job3", "S2=article9", "S3=job1", "S4=job2"));
  EXPECT_DOUBLE_EQ(sources[0].score, 1.0 / 63 + 1.0 / 62);
}

TEST(Fuse, AWeightCountsAndAListNamesAChunkOnce) {
  auto sources =
    fuse({{{hit("job", "1"), hit("job", "1"), hit("job", "2")}}, {{hit("job", "2")}, 0.01}}, {},
         letters);
  EXPECT_THAT(refs(sources), ElementsAre("S1=job1", "S2=job2"));
  EXPECT_DOUBLE_EQ(sources[0].score, 1.0 / 61);
  EXPECT_DOUBLE_EQ(sources[1].score, 1.0 / 62 + 0.01 / 61);
}

TEST(Fuse, ChunksOfOneThingAreOneSourceInReadingOrder) {
  auto sources = fuse({{{hit("article", "1", 4, "D"), hit("article", "1", 1, "A"),
                         hit("article", "1", 2, "B"), hit("article", "1", 7, "G")}}},
                      {.chunks_per_source_max = 3}, letters);
  ASSERT_EQ(sources.size(), 1U);
  EXPECT_EQ(sources[0].text, "A\nB\n…\nD");
}

TEST(Fuse, TheSameTextTwiceCountsOnce) {
  auto sources =
    fuse({{{hit("job", "1", 0, "We seek a  Baker."), hit("job", "2", 0, "we seek\na baker."),
            hit("job", "3", 0, " \n"), hit("job", "4")}}},
         {}, letters);
  EXPECT_THAT(refs(sources), ElementsAre("S1=job1", "S2=job4"));
}

TEST(Fuse, CapsAndBudgetHold) {
  std::vector<FoundChunk> jobs, turns;
  for (int i = 0; i < 9; ++i) {
    jobs.push_back(hit("job", std::to_string(i)));
    turns.push_back(hit("turn", std::to_string(i)));
  }
  auto sources = fuse({{jobs}, {turns}}, {.sources_max = 5, .kind_caps = {{"turn", 1}}}, letters);
  EXPECT_THAT(refs(sources), ElementsAre("S1=job0", "S2=turn0", "S3=job1", "S4=job2", "S5=job3"));
  // What is too big leaves room for what is not.
  sources = fuse({{{hit("job", "1", 0, std::string(50, 'x')), hit("job", "2", 0, "short")}}},
                 {.budget_tokens = 20}, letters);
  EXPECT_THAT(refs(sources), ElementsAre("S1=job2"));
}

TEST(Fuse, TheBlockHoldsEverySourceUnderItsId) {
  Fence fence = [](auto id, auto kind, auto title, auto text) {
    return "<" + std::string{id} + " " + std::string{kind} + " " + std::string{title} + ">" +
           std::string{text};
  };
  auto sources = fuse({{{hit("job", "1", 0, "a"), hit("job", "2", 0, "b")}}}, {}, letters);
  EXPECT_EQ(sources_block(sources, fence), "<S1 job job 1>a\n<S2 job job 2>b");
  EXPECT_EQ(sources_block({}, fence), "");
  PersonalData data{{.names = {"Jane Doe"}}};
  auto own = fuse({{{hit("turn", "Jane", 0, "I am Jane.")}}}, {}, letters);
  EXPECT_EQ(sources_block(own, fence, &data), "<S1 turn turn [NAME_2]>I am [NAME_2].");
  EXPECT_EQ(sources_of(sources)[1].ref, "2");
}

TEST(Fuse, CitationsAreRead) {
  std::vector<Source> sources;
  for (int i = 1; i <= 12; ++i)
    sources.push_back({.id = "S" + std::to_string(i)});
  struct Case {
    std::string answer;
    std::vector<std::string> ids;
  };
  const Case cases[] = {
    {"Yes [S2].", {"S2"}},
    {"Yes [S12][S1], no [S1].", {"S1", "S12"}},
    {"[S3, S1;S4 ]", {"S1", "S3", "S4"}},
    {"[S13] [S0] [s1] [S01] [S1x] S1 [1] [S", {}},
    {"[see [S5]]", {"S5"}},
    {"[] [,] [NAME_1] [S6,]", {"S6"}},
    {"[S99999999999999999999999]", {}},
  };
  for (const auto& c : cases) {
    std::vector<std::string> ids;
    for (const auto& source : cited(c.answer, sources))
      ids.push_back(source.id);
    EXPECT_EQ(ids, c.ids) << c.answer;
  }
}

TEST(Fuse, KeepsEveryLimitWhateverIsFound) {
  ASSERT_TRUE(rc::check([] {
    std::mt19937_64 random{*rc::gen::arbitrary<std::uint64_t>()};
    auto below = [&](std::uint64_t limit) { return random() % limit; };
    std::vector<RankedList> lists(below(5));
    for (auto& list : lists) {
      list.weight = 0.5 + static_cast<double>(below(3));
      for (auto n = below(20); n > 0; --n)
        list.hits.push_back(hit(below(2) ? "job" : "article", std::to_string(below(6)),
                                static_cast<std::int64_t>(below(4)),
                                below(5) ? "" : std::string(below(40), 'x')));
    }
    FuseOptions options{.sources_max = below(6),
                        .per_kind_max = below(5),
                        .chunks_per_source_max = below(4),
                        .budget_tokens = static_cast<std::int64_t>(below(200))};
    options.kind_caps["job"] = below(4);
    auto sources = fuse(lists, options, letters);
    RC_ASSERT(sources.size() <= options.sources_max);
    std::map<std::string, std::size_t> kinds;
    std::set<std::pair<std::string, std::string>> things;
    std::int64_t cost = 0;
    for (std::size_t i = 0; i < sources.size(); ++i) {
      const auto& [source, text, score] = sources[i];
      RC_ASSERT(source.id == "S" + std::to_string(i + 1));
      if (i > 0)
        RC_ASSERT(score <= sources[i - 1].score);
      RC_ASSERT(things.emplace(source.kind, source.ref).second);
      ++kinds[source.kind];
      cost += letters(source.title) + std::count_if(text.begin(), text.end(), [](char c) {
                return c != '\n' && static_cast<unsigned char>(c) < 0x80;
              });
      RC_ASSERT(!text.empty());
    }
    RC_ASSERT(cost <= options.budget_tokens);
    RC_ASSERT(kinds["job"] <= options.kind_caps["job"]);
    RC_ASSERT(kinds["article"] <= options.per_kind_max);
    // The order of equal hits does not come from anywhere but the lists.
    auto again = fuse(lists, options, letters);
    RC_ASSERT(refs(again) == refs(sources));
  }));
}

}  // namespace
}  // namespace jobraker::chat
