#include "actors/inspection/core/tree.hpp"

#include <map>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "actors/inspection/core/paths.hpp"

namespace jobraker::inspection {
namespace {

/// `path` must outlive it.
Sample sample(std::string_view path, std::string_view kind = "kind") {
  Sample out;
  out.path = path;
  out.kind = kind;
  return out;
}

TEST(ActorTreeLevel, SumsUpWhatIsBelow) {
  TreeLevel level{"/", 10};
  auto first = sample("/users/1", "user");
  first.mailbox = 2;
  first.handled = 3;
  first.running = true;
  auto second = sample("/users/2/part", "part");
  second.failures = 1;
  second.restarts = 4;
  level.offer(first);
  level.offer(second);
  const auto alone = sample("/alone", "alone");
  level.offer(alone);
  const auto out = level.finish();
  EXPECT_EQ(out.total, 2);
  ASSERT_EQ(out.branches.size(), 2u);
  EXPECT_EQ(out.branches[0].path, "/alone");
  EXPECT_EQ(out.branches[0].kind, "alone");
  EXPECT_TRUE(out.branches[0].leaf);
  const auto& users = out.branches[1];
  EXPECT_EQ(users.name, "users");
  EXPECT_FALSE(users.leaf);
  EXPECT_FALSE(users.kind);
  EXPECT_EQ(users.actors, 2);
  EXPECT_EQ(users.mailbox, 2);
  EXPECT_EQ(users.messages, 3);
  EXPECT_EQ(users.failures, 1);
  EXPECT_EQ(users.restarts, 4);
  EXPECT_EQ(users.running, 1);
}

TEST(ActorTreeLevel, LeavesOutWhatIsElsewhere) {
  TreeLevel level{"/users", 10};
  for (const std::string path : {"/users", "/users2/1", "/other/users/1", "/users/7"})
    level.offer(sample(path));
  const auto out = level.finish();
  ASSERT_EQ(out.branches.size(), 1u);
  EXPECT_EQ(out.branches[0].path, "/users/7");
}

/// Whatever the paths: the children of a place have all the actors below it, each once, and the
/// same again one level deeper.
RC_GTEST_PROP(ActorTreeLevel, EveryActorIsInOneBranchOfEachLevel, ()) {
  const auto segment = rc::gen::elementOf(std::vector<std::string>{"a", "b", "ab", "c"});
  auto paths = *rc::gen::container<std::vector<std::vector<std::string>>>(
    rc::gen::resize(4, rc::gen::nonEmpty(rc::gen::container<std::vector<std::string>>(segment))));
  std::vector<std::string> actors;
  for (const auto& parts : paths) {
    auto& path = actors.emplace_back();
    for (const auto& part : parts)
      path += "/" + part;
  }
  const std::function<std::int64_t(const std::string&)> count = [&](const std::string& place) {
    TreeLevel level{place, 1000};
    std::int64_t here = 0;
    for (const auto& path : actors) {
      level.offer(sample(path));
      here += path == place ? 1 : 0;
    }
    std::int64_t below = 0;
    for (const auto& branch : level.finish().branches) {
      RC_ASSERT(parent_of(branch.path) == (place == "/" ? "/" : place));
      const auto inside = count(branch.path);
      RC_ASSERT(inside == branch.actors);
      below += inside;
    }
    return here + below;
  };
  RC_ASSERT(count("/") == static_cast<std::int64_t>(actors.size()));
}

/// Whatever the order in which they come, the first by name are shown with all that is below them.
RC_GTEST_PROP(ActorTreeLevel, ShowsTheFirstByNameAndCountsTheOthers, ()) {
  const auto names = *rc::gen::container<std::vector<int>>(rc::gen::inRange(100, 130));
  const auto most = *rc::gen::inRange<std::size_t>(1, 20);
  std::map<std::string, std::int64_t> expected;
  TreeLevel level{"/x", most};
  for (const auto name : names) {
    const auto path = "/x/" + std::to_string(name) + (name % 2 == 0 ? "/deep" : "");
    level.offer(sample(path));
    ++expected[std::to_string(name)];
  }
  const auto out = level.finish();
  RC_ASSERT(out.total == static_cast<std::int64_t>(expected.size()));
  RC_ASSERT(out.branches.size() == std::min(most, expected.size()));
  auto at = expected.begin();
  for (const auto& branch : out.branches) {
    RC_ASSERT(branch.name == at->first);
    RC_ASSERT(branch.path == "/x/" + at->first);
    RC_ASSERT(branch.actors == at->second);
    RC_ASSERT(branch.leaf == (std::stoi(branch.name) % 2 != 0));
    ++at;
  }
}

}  // namespace
}  // namespace jobraker::inspection
