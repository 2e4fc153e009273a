#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "actors/events/core/failure.hpp"
#include "actors/events/core/key_queues.hpp"

namespace jobraker::events {
namespace {

RC_GTEST_PROP(KeyQueues, KeepEachKeysOrderOneAtATimeWithinTheirPlaces, ()) {
  auto places = *rc::gen::inRange<std::size_t>(1, 5);
  KeyQueues<int> queues{places};
  std::map<std::string, std::vector<int>> pushed, done;
  std::map<std::string, int> busy;
  int number = 0;
  auto drain = [&] {
    while (auto item = queues.next()) {
      RC_ASSERT(!busy.contains(item->first));
      busy[item->first] = item->second;
      RC_ASSERT(busy.size() <= places);
    }
    // Nothing stands idle while a place is free and a key waits that nobody works on.
    RC_ASSERT(busy.size() == places || queues.waiting() == 0 || !busy.empty());
  };
  auto finish = [&] {
    auto [key, item] = *busy.begin();
    done[key].push_back(item);
    busy.erase(key);
    queues.finish(key);
    drain();
  };
  for (auto step : *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 9))) {
    if (step == 8) {
      // Every third number is forgotten, unless it is being worked on or done.
      queues.erase_if([](int n) { return n % 3 == 0; });
      for (auto& [key, numbers] : pushed)
        std::erase_if(numbers, [&](int n) {
          const auto& ready = done[key];
          bool begun = busy.contains(key) && busy.at(key) == n;
          return n % 3 == 0 && !begun && std::find(ready.begin(), ready.end(), n) == ready.end();
        });
      drain();
    } else if (step < 5) {
      auto key = std::string(1, static_cast<char>('a' + step));
      pushed[key].push_back(++number);
      queues.push(key, number);
      drain();
    } else if (!busy.empty()) {
      finish();
    }
  }
  while (!busy.empty())
    finish();
  RC_ASSERT(queues.waiting() == 0u);
  for (const auto& [key, numbers] : pushed)
    RC_ASSERT(done[key] == numbers);
}

Error error(Errc code) { return Error{code, "", {}, {}}; }

TEST(Failure, OutagesAreWaitedForAndPoisonIsSetAside) {
  for (auto code : {Errc::unavailable, Errc::timed_out, Errc::rate_limited})
    EXPECT_EQ(after_failure(error(code), 1000, 5), AfterFailure::outage);
  for (auto code : {Errc::malformed, Errc::invalid})
    EXPECT_EQ(after_failure(error(code), 1, 5), AfterFailure::give_up);
  EXPECT_EQ(after_failure(error(Errc::internal), 4, 5), AfterFailure::retry);
  EXPECT_EQ(after_failure(error(Errc::internal), 5, 5), AfterFailure::give_up);
}

TEST(Failure, OnlyTextThatCannotBeStoredIsLeftUnstored) {
  for (auto code : {Errc::malformed, Errc::invalid})
    EXPECT_TRUE(never_storable(error(code)));
  // A standby, a table that is not there yet, a right that is missing, a full disk: they pass.
  for (auto code : {Errc::internal, Errc::unavailable, Errc::timed_out, Errc::conflict,
                    Errc::forbidden, Errc::rate_limited, Errc::cancelled, Errc::too_large})
    EXPECT_FALSE(never_storable(error(code)));
}

RC_GTEST_PROP(Failure, WaitsGrowUpToHalfAMinute, ()) {
  auto failures = *rc::gen::inRange<std::int64_t>(1, 100);
  auto wait = wait_before(failures, 0.5);
  RC_ASSERT(wait >= std::chrono::milliseconds{100});
  RC_ASSERT(wait <= std::chrono::seconds{30});
  RC_ASSERT(wait <= wait_before(failures + 1, 0.5));
  RC_ASSERT(wait_before(failures, 0) * 2 >= wait_before(failures, 0.999));
}

}  // namespace
}  // namespace jobraker::events
