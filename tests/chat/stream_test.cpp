#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "tests/chat/stream_world.hpp"

namespace jobraker::chat {
namespace {

using world::Counts;
using world::World;

/// Runs `property` often.
template <class Property>
bool often(int times, Property property) {
  auto params = rc::detail::configuration().testParams;
  params.maxSuccess = times;
  auto result = rc::detail::checkTestable(property, rc::detail::TestMetadata{}, params);
  rc::detail::printResultMessage(result, std::cerr);
  std::cerr << std::endl;
  return result.template is<rc::detail::SuccessResult>();
}

TEST(ChatStream, EveryClientShowsWhatIsStoredWhateverHappensOnTheWay) {
  Counts counts;
  EXPECT_TRUE(often(3000, [&](bool finish) {
    auto steps =
      *rc::gen::resize(800, rc::gen::container<std::vector<std::uint32_t>>(
                              rc::gen::resize(100, rc::gen::arbitrary<std::uint32_t>())));
    auto memory = *rc::gen::element<std::size_t>(0, 700, 2000, 6000, 1 << 20);
    auto high_water = *rc::gen::element<std::size_t>(300, 1200, 1 << 20);
    auto devices = *rc::gen::inRange<std::size_t>(1, 4);
    World w{memory, high_water, devices, counts};
    for (auto step : steps)
      w.step(step);
    w.come_to_rest(finish);
  }));
  // A world in which these do not happen shows nothing.
  EXPECT_GT(counts.epochs, 100);
  EXPECT_GT(counts.died_committing, 100);
  EXPECT_GT(counts.beyond_stored, 20);
  EXPECT_GT(counts.need_rows, 100);
  EXPECT_GT(counts.rows_again, 20);
  EXPECT_GT(counts.partial, 100);
  EXPECT_GT(counts.cut_runs, 20);
  EXPECT_GT(counts.joined, 100);
  EXPECT_GT(counts.widened, 100);
  EXPECT_GT(counts.trimmed, 100);
  EXPECT_GT(counts.unknown, 20);
  EXPECT_GT(counts.lagged, 100);
  EXPECT_GT(counts.ran_again, 100);
  EXPECT_GT(counts.taken_back, 100);
  EXPECT_GT(counts.tokens, 10000);
  EXPECT_GT(counts.quiet_while_running, 100);
}

}  // namespace
}  // namespace jobraker::chat
