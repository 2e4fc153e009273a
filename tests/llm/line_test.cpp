#include "actors/llm/core/line.hpp"

#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace jobraker::llm {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

constexpr Line<int>::Handicap handicap{0ms, 200ms, 1000ms};
const Moment start = Moment{} + 1h;

std::vector<int> drain(Line<int>& line) {
  std::vector<int> out;
  while (auto next = line.pop())
    out.push_back(*next);
  return out;
}

TEST(Lines, PersonsBeforeBatchesBeforeTheNight) {
  Line<int> line{handicap};
  line.push(Priority::night, 1, start);
  line.push(Priority::batch, 2, start);
  line.push(Priority::interactive, 3, start + 10ms);
  line.push(Priority::batch, 4, start + 10ms);
  line.push(Priority::interactive, 5, start + 20ms);
  EXPECT_EQ(line.size(), 5u);
  EXPECT_EQ(drain(line), (std::vector<int>{3, 5, 2, 4, 1}));
  EXPECT_TRUE(line.empty());
}

TEST(Lines, WhoHasWaitedLongEnoughIsNotOvertaken) {
  Line<int> line{handicap};
  line.push(Priority::batch, 1, start);
  line.push(Priority::interactive, 2, start + 199ms);
  line.push(Priority::interactive, 3, start + 201ms);
  EXPECT_EQ(drain(line), (std::vector<int>{2, 1, 3}));
}

struct Arrival {
  Priority priority;
  Moment at;
};

/// Anything comes, now and then one is taken.
void random_run() {
  Line<int> line{handicap};
  std::vector<Arrival> arrivals;
  std::vector<int> order;
  auto now = start;
  for (int i = *rc::gen::inRange(0, 60); i > 0; --i) {
    now += milliseconds{*rc::gen::inRange(0, 100)};
    if (*rc::gen::inRange(0, 4) == 0) {
      if (auto next = line.pop())
        order.push_back(*next);
      continue;
    }
    auto priority = static_cast<Priority>(*rc::gen::inRange(0, 3));
    line.push(priority, static_cast<int>(arrivals.size()), now);
    arrivals.push_back({priority, now});
  }
  for (int last : drain(line))
    order.push_back(last);
  RC_ASSERT(order.size() == arrivals.size());
  std::vector<std::size_t> place(arrivals.size(), arrivals.size());
  for (std::size_t i = 0; i < order.size(); ++i)
    place[static_cast<std::size_t>(order[i])] = i;
  for (std::size_t a = 0; a < arrivals.size(); ++a) {
    RC_ASSERT(place[a] < arrivals.size());
    for (std::size_t b = a + 1; b < arrivals.size(); ++b) {
      if (place[b] > place[a])
        continue;
      auto lead = handicap[static_cast<std::size_t>(arrivals[a].priority)] -
                  handicap[static_cast<std::size_t>(arrivals[b].priority)];
      RC_ASSERT(arrivals[b].priority < arrivals[a].priority);
      RC_ASSERT(arrivals[b].at - arrivals[a].at <= lead);
    }
  }
}

TEST(Lines, NothingIsLostAndOvertakingIsBounded) { EXPECT_TRUE(rc::check("line", random_run)); }

}  // namespace
}  // namespace jobraker::llm
