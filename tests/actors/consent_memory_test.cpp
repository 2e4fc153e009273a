#include "actors/chat/consent_memory.hpp"

#include <gtest/gtest.h>

namespace jobraker::chat {
namespace {

const auto ada = UserId::of("ada");
const auto bob = UserId::of("bob");

TEST(ConsentMemory, RemembersWhoHasAgreed) {
  ConsentMemory memory;
  EXPECT_FALSE(memory.agreed(ada));
  memory.keep(ada, memory.changes());
  EXPECT_TRUE(memory.agreed(ada));
  EXPECT_FALSE(memory.agreed(bob));
}

TEST(ConsentMemory, AChangeIsForgottenAtOnce) {
  ConsentMemory memory;
  memory.keep(ada, memory.changes());
  memory.keep(bob, memory.changes());
  memory.forget(ada);
  EXPECT_FALSE(memory.agreed(ada));
  EXPECT_TRUE(memory.agreed(bob));
}

TEST(ConsentMemory, WhatWasReadBeforeAChangeIsNotKept) {
  ConsentMemory memory;
  auto before = memory.changes();
  memory.forget(ada);
  memory.keep(ada, before);
  EXPECT_FALSE(memory.agreed(ada));
}

}  // namespace
}  // namespace jobraker::chat
