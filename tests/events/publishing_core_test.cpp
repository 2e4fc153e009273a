#include <deque>
#include <map>
#include <set>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "actors/events/core/epochs.hpp"
#include "actors/events/core/hearers.hpp"
#include "actors/events/core/out_rows.hpp"
#include "actors/events/core/storable.hpp"

namespace jobraker::events {
namespace {

/// An outbox, a publisher and a Kafka that takes rows in requests, several of them on their way,
/// and refuses a request as a whole.
struct PublishingWorld {
  PublishingWorld(std::int64_t rows, std::set<std::int64_t> bad_rows)
      : bad(std::move(bad_rows)), last(rows) {}

  bool finished() const { return told.size() + refused.size() == static_cast<std::size_t>(last); }

  /// Gives out as many rows as may be, in requests of `size`.
  void offer(std::size_t size) {
    std::vector<std::int64_t> request;
    auto send = [&] {
      if (!request.empty())
        requests.push_back(std::exchange(request, {}));
    };
    for (; next <= last && open < 12; ++next) {
      if (told.contains(next) || refused.contains(next))
        continue;
      if (!pace.allows(next, open))
        break;
      pace.given(next);
      rows.give();
      ++open;
      request.push_back(next);
      if (request.size() == size)
        send();
    }
    send();
  }

  /// The answer to the oldest request.
  void answer(bool fails) {
    if (requests.empty())
      return;
    auto request = requests.front();
    requests.pop_front();
    auto fate = fails ? Fate::failed : Fate::told;
    for (auto seq : request)
      if (bad.contains(seq))
        fate = Fate::refused;
    Reported said;
    for (auto seq : request)
      rows.report(seq, fate, "why", said);
    take(said);
  }

  void take(const Reported& said) {
    for (auto seq : said.told) {
      // Rows 1, 3, 5 … are of one key, 2, 4, 6 … of another.
      for (auto before = seq - 2; before > 0; before -= 2)
        RC_ASSERT(told.contains(before) || refused.contains(before));
      told.insert(seq);
    }
    refused.insert(said.refused.begin(), said.refused.end());
    open -= std::min(open, said.told.size() + said.refused.size());
    pace.suspect(said.suspect);
    if (!said.again)
      return;
    // Over again, with another publisher; what the old one says after this is not heard.
    rows = {};
    requests.clear();
    open = 0;
    next = 1;
  }

  std::set<std::int64_t> bad;
  std::int64_t last;
  std::int64_t next = 1;
  std::size_t open = 0;
  OutRows rows;
  Pace pace;
  std::deque<std::vector<std::int64_t>> requests;
  std::set<std::int64_t> told, refused;
};

RC_GTEST_PROP(Publishing, TellsEachKeyInOrderAndSetsAsideOnlyWhatIsBad, ()) {
  auto count = *rc::gen::inRange<std::int64_t>(1, 30);
  PublishingWorld world{count, *rc::gen::container<std::set<std::int64_t>>(
                                 rc::gen::inRange<std::int64_t>(1, count + 1))};
  for (auto step : *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 7)))
    step < 3 ? world.offer(static_cast<std::size_t>(step) + 1) : world.answer(step == 6);
  for (int i = 0; i < 10'000 && !world.finished(); ++i) {
    world.offer(4);
    world.answer(false);
  }
  RC_ASSERT(world.finished());
  RC_ASSERT(world.refused == world.bad);
}

TEST(OutRows, ReportedAfterAFailureDoNotCount) {
  OutRows rows;
  for (int i = 0; i < 3; ++i)
    rows.give();
  Reported said;
  rows.report(1, Fate::told, "", said);
  EXPECT_EQ(said.told, std::vector<std::int64_t>{1});
  EXPECT_FALSE(said.again);
  rows.report(2, Fate::failed, "timed out", said);
  rows.report(3, Fate::told, "", said);
  EXPECT_EQ(said.told, std::vector<std::int64_t>{1});
  EXPECT_TRUE(said.again);
  EXPECT_TRUE(rows.poisoned());
  EXPECT_EQ(said.why, "timed out");
}

TEST(OutRows, AreOnlyKnownToBeBadAlone) {
  OutRows many;
  many.give();
  many.give();
  Reported said;
  many.report(1, Fate::refused, "policy", said);
  many.report(2, Fate::refused, "policy", said);
  EXPECT_TRUE(said.refused.empty());
  EXPECT_TRUE(said.again);
  EXPECT_EQ(said.suspect, 2);

  OutRows one;
  one.give();
  Reported alone;
  one.report(1, Fate::refused, "policy", alone);
  EXPECT_EQ(alone.refused, std::vector<std::int64_t>{1});
  EXPECT_FALSE(alone.again);
  EXPECT_FALSE(one.poisoned());
}

RC_GTEST_PROP(Hearers, ACrashedOneGetsWhatItHadInOrderAndNobodyElseAnything, ()) {
  Hearers hearers;
  std::map<std::int64_t, std::set<std::size_t>> open;
  std::int64_t seq = 0;
  for (auto [what, who] : *rc::gen::container<std::vector<std::pair<int, std::size_t>>>(
         rc::gen::pair(rc::gen::inRange(0, 3), rc::gen::inRange<std::size_t>(0, 4)))) {
    if (what == 0) {
      ++seq;
      open[seq] = {who, (who + 1) % 4};
      hearers.give(seq, {who, (who + 1) % 4});
    } else if (!open.empty()) {
      auto at = what == 1 ? open.begin() : std::prev(open.end());
      bool last = at->second.erase(who) > 0 && at->second.empty();
      RC_ASSERT(hearers.done(at->first, who) == last);
      // Said twice it counts once.
      RC_ASSERT(!hearers.done(at->first, who));
      if (last)
        open.erase(at);
    }
    for (std::size_t i = 0; i < 4; ++i) {
      std::vector<std::int64_t> expected;
      for (const auto& [number, waiting] : open)
        if (waiting.contains(i))
          expected.push_back(number);
      RC_ASSERT(hearers.of(i) == expected);
    }
  }
}

TEST(Epochs, AreOldOnceANewerOneOfTheSameSourceHasCome) {
  Epochs epochs;
  EXPECT_FALSE(epochs.is_old("a", 0, 1));
  EXPECT_FALSE(epochs.note("a", 0, 1));
  EXPECT_FALSE(epochs.is_old("a", 0, 1));
  EXPECT_TRUE(epochs.note("a", 0, 3));
  EXPECT_FALSE(epochs.note("a", 0, 3));
  EXPECT_TRUE(epochs.is_old("a", 0, 1));
  EXPECT_FALSE(epochs.is_old("a", 0, 3));
  EXPECT_FALSE(epochs.is_old("a", 1, 1));
  EXPECT_FALSE(epochs.is_old("b", 0, 1));
  EXPECT_FALSE(epochs.note("a", 0, 2));
  EXPECT_FALSE(epochs.is_old("a", 0, 3));
}

TEST(Storable, TextStaysAndOnlyWhatIsNoneIsReplaced) {
  const std::vector<std::pair<std::string, std::string>> cases{
    {"", ""},
    {"plain {\"a\":1}\n", "plain {\"a\":1}\n"},
    {"Zoë 职位 🦜 \xF4\x8F\xBF\xBF", "Zoë 职位 🦜 \xF4\x8F\xBF\xBF"},
    {std::string{"a\0b", 3}, "a?b"},
    {"\xFF\xFE", "??"},
    {"a\xC3", "a?"},     // cut in the middle
    {"\xC0\xAF", "??"},  // longer than need be
    {"\xE0\x9F\xBF", "???"},
    {"\xED\xA0\x80", "???"},       // half of a UTF-16 pair
    {"\xF4\x90\x80\x80", "????"},  // beyond Unicode
    {"\xE8\x81z", "??z"},
  };
  for (const auto& [bytes, text] : cases)
    EXPECT_EQ(storable(bytes), text);
  Event event{{}, Topic::match_found, "t\xFF", "k\xFF", {}, "d\xFF", "p\xFF"};
  Event expected{{}, Topic::match_found, "t?", "k?", {}, "d?", "p?"};
  EXPECT_EQ(storable(event), expected);
}

RC_GTEST_PROP(Storable, WhateverItIsOnceIsEnough, (const std::string& bytes)) {
  auto once = storable(bytes);
  RC_ASSERT(once.size() == bytes.size());
  RC_ASSERT(storable(once) == once);
  RC_ASSERT(once.find('\0') == std::string::npos);
}

}  // namespace
}  // namespace jobraker::events
