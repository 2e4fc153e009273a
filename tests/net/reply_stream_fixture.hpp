#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "net/client/reply_stream.hpp"

namespace jobraker::net {

/// What came of feeding a stream.
struct Played {
  std::string text;  ///< the added texts, in order
  ModelReply reply;
  bool complete = false;
  std::optional<ModelFailure> failure;
};

/// Feeds `bytes` cut at `cuts` (any numbers, taken modulo the length).
inline Played play(std::unique_ptr<ReplyStream> stream, std::string_view bytes,
                   std::vector<std::size_t> cuts = {}) {
  for (auto& cut : cuts)
    cut = bytes.empty() ? 0 : cut % bytes.size();
  cuts.push_back(bytes.size());
  std::sort(cuts.begin(), cuts.end());
  Played out;
  std::size_t from = 0;
  for (auto to : cuts) {
    if (auto added = stream->feed(bytes.substr(from, to - from)))
      out.text += *added;
    from = to;
  }
  out.reply = stream->reply();
  out.complete = stream->complete();
  out.failure = stream->failure();
  return out;
}

inline bool same(const ModelReply& a, const ModelReply& b) {
  return a.text == b.text && a.tool_calls == b.tool_calls && a.refusal == b.refusal &&
         a.finish == b.finish && a.model == b.model && a.usage == b.usage;
}

/// Cuts anywhere give the same answer: at every single place, and at random ones together. `make`
/// gives a new stream.
template <class Make>
void expect_same_however_cut(const Make& make, const std::string& bytes) {
  const auto whole = play(make(), bytes);
  ASSERT_TRUE(whole.complete);
  EXPECT_EQ(whole.text, whole.reply.text);
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    const auto cut = play(make(), bytes, {at});
    EXPECT_TRUE(cut.complete && same(cut.reply, whole.reply) && cut.text == whole.text) << at;
  }
  EXPECT_TRUE(rc::check([&](const std::vector<std::size_t>& cuts) {
    const auto pieces = play(make(), bytes, cuts);
    RC_ASSERT(pieces.complete);
    RC_ASSERT(same(pieces.reply, whole.reply));
    RC_ASSERT(pieces.text == whole.text);
  }));
}

/// A stream that ends before `end` bytes is never complete, from there on always; and what has come
/// is the beginning of the whole text.
template <class Make>
void expect_complete_only_from(const Make& make, const std::string& bytes, std::size_t end) {
  const auto whole = play(make(), bytes);
  for (std::size_t length = 0; length <= bytes.size(); ++length) {
    const auto cut = play(make(), bytes.substr(0, length));
    EXPECT_EQ(cut.complete, length >= end) << length;
    EXPECT_FALSE(cut.failure) << length;
    EXPECT_TRUE(whole.text.starts_with(cut.text)) << length;
  }
}

/// A byte changed or lost never breaks anything, and two ways to cut still agree.
template <class Make>
void expect_damage_is_contained(const Make& make, const std::string& bytes) {
  EXPECT_TRUE(rc::check([&](std::size_t place, char byte, bool lose, std::size_t cut) {
    auto damaged = bytes;
    if (lose)
      damaged.erase(place % damaged.size(), 1);
    else
      damaged[place % damaged.size()] = byte;
    const auto one = play(make(), damaged);
    const auto two = play(make(), damaged, {cut});
    RC_ASSERT(one.complete == two.complete);
    RC_ASSERT(one.failure.has_value() == two.failure.has_value());
    RC_ASSERT(same(one.reply, two.reply));
    RC_ASSERT(!one.failure || !one.complete);
  }));
}

}  // namespace jobraker::net
