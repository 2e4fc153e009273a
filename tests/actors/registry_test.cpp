#include "actors/system/registry.hpp"

#include <algorithm>

#include <gtest/gtest.h>

namespace jobraker {
namespace {

TEST(ActorBytes, AreOffByLessThanAThousandth) {
  EXPECT_EQ(unpack_bytes(pack_bytes(0)), 0u);
  for (std::uint64_t bytes = 1; bytes < 4'000'000'000'000; bytes += bytes / 7 + 1) {
    const auto told = unpack_bytes(pack_bytes(bytes));
    ASSERT_LE(told, bytes);
    ASSERT_LT(bytes - told, bytes / 1000 + 1) << bytes;
  }
  EXPECT_GT(unpack_bytes(pack_bytes(~std::uint64_t{0})), 4'000'000'000'000u);
}

TEST(ActorRegistry, TheManyThatEndDoNotPushOutTheFew) {
  ActorRegistry registry;
  const auto live = [&](std::uint64_t id, std::string path, std::string_view kind, bool crashed) {
    auto* cell = registry.enter(id, nullptr, path, kind);
    registry.ended(cell, crashed ? "failed" : "done", crashed);
    registry.leave(cell);
  };
  live(1, "/system/outbox", "outbox", false);
  live(2, "/workers/1", "worker", true);
  constexpr auto most = ActorRegistry::ended_remembered;
  for (std::uint64_t i = 0; i < most + 500; ++i)
    live(3 + i, "/consoles/" + std::to_string(i), "console", false);
  const auto dead = registry.dead();
  EXPECT_EQ(dead.size(), most + 1);
  EXPECT_EQ(dead.front().figures.path, "/consoles/" + std::to_string(most + 499));
  const auto has = [&](std::string_view path) {
    return std::any_of(dead.begin(), dead.end(),
                       [&](const DeadActor& one) { return one.figures.path == path; });
  };
  EXPECT_TRUE(has("/system/outbox")) << "one of its kind only";
  EXPECT_TRUE(has("/workers/1")) << "it crashed";
  EXPECT_FALSE(has("/consoles/0"));
}

TEST(ActorRegistry, RestartsAreCountedByPathAndBounded) {
  ActorRegistry registry;
  const auto restarts = [&](std::uint64_t id, const std::string& path) {
    auto* cell = registry.enter(id, nullptr, path, "worker");
    const auto out = registry.find(path)->restarts;
    registry.ended(cell, "done", false);
    registry.leave(cell);
    return out;
  };
  registry.note_restart("/a");
  registry.note_restart("/a");
  EXPECT_EQ(restarts(1, "/a"), 2u);
  EXPECT_EQ(restarts(2, "/b"), 0u);
  for (std::size_t i = 1; i < ActorRegistry::restarts_remembered; ++i)
    registry.note_restart("/many/" + std::to_string(i));
  EXPECT_EQ(restarts(3, "/a"), 2u);
  registry.note_restart("/one more");
  EXPECT_EQ(restarts(4, "/a"), 0u) << "the oldest goes";
  EXPECT_EQ(restarts(5, "/one more"), 1u);
  EXPECT_EQ(restarts(6, "/many/1"), 1u);
}

}  // namespace
}  // namespace jobraker
