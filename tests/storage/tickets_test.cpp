#include <set>

#include "storage/tickets.hpp"
#include "tests/storage/samples.hpp"

namespace jobraker {
namespace {

using namespace storage;
using namespace std::chrono_literals;
using test::error_of;
using test::must;
using test::start;

struct TicketsTest : test::SampleTest {
  void SetUp() override {
    SampleTest::SetUp();
    if (db)
      who = {person(), Role::employer};
  }
  std::string ticket(Time at = start) { return must(run(create_ticket(*db, who, at))).ticket; }
  Principal who{};
};

TEST_F(TicketsTest, AreGoodOnce) {
  auto made = must(run(create_ticket(*db, who, start)));
  EXPECT_EQ(made.ticket.size(), 64u);
  EXPECT_EQ(made.expires_in, 30);
  auto redeemed = must(run(redeem_ticket(*db, made.ticket, start + 29s)));
  EXPECT_EQ(redeemed.user, who.user);
  EXPECT_EQ(redeemed.role, Role::employer);
  EXPECT_EQ(error_of(run(redeem_ticket(*db, made.ticket, start + 29s))), Errc::unauthenticated);
}

TEST_F(TicketsTest, ExpireAndAreNeverGuessed) {
  auto late = ticket();
  EXPECT_EQ(error_of(run(redeem_ticket(*db, late, start + 30s))), Errc::unauthenticated);
  EXPECT_EQ(error_of(run(redeem_ticket(*db, late, start))), Errc::unauthenticated)
    << "asking for it has used it up";
  for (auto text : {std::string{}, std::string(64, '0'), ticket() + " "})
    EXPECT_EQ(error_of(run(redeem_ticket(*db, text, start))), Errc::unauthenticated);
  std::set<std::string> made;
  for (int i = 0; i < 50; ++i)
    made.insert(ticket());
  EXPECT_EQ(made.size(), 50u);
}

TEST_F(TicketsTest, AreNotInTheDatabase) {
  auto made = ticket();
  auto rows = sql("SELECT w::text, octet_length(hash) FROM ws_tickets w");
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].get<std::string>(0).find(made), std::string::npos);
  EXPECT_EQ(rows[0].get<int>(1), 32);
}

TEST_F(TicketsTest, OfManyWhoRedeemAtOnceOneGetsIn) {
  Database other{loop.io, settings};
  auto made = ticket();
  std::vector<std::shared_ptr<std::optional<Result<Principal>>>> guests;
  for (int i = 0; i < 20; ++i)
    guests.push_back(loop.spawn(redeem_ticket(i % 2 ? *db : other, made, start)));
  loop.run_until([&] {
    return std::all_of(guests.begin(), guests.end(), [](auto& g) { return g->has_value(); });
  });
  EXPECT_EQ(std::count_if(guests.begin(), guests.end(), [](auto& g) { return (*g)->has_value(); }),
            1);
}

TEST_F(TicketsTest, ArePurgedWhenTheyHaveExpired) {
  ticket();
  ticket(start + 10s);
  auto last = ticket(start + 20s);
  EXPECT_EQ(must(run(delete_expired_tickets(*db, start + 45s))), 2u);
  EXPECT_EQ(must(run(delete_expired_tickets(*db, start + 45s))), 0u);
  EXPECT_EQ(must(run(redeem_ticket(*db, last, start + 45s))).user, who.user);
}

TEST_F(TicketsTest, BelongToSomebody) {
  EXPECT_EQ(error_of(run(create_ticket(*db, {UserId::fresh(), Role::seeker}, start))),
            Errc::invalid);
  auto made = ticket();
  sql("DELETE FROM users WHERE id = $1", {who.user});
  EXPECT_EQ(error_of(run(redeem_ticket(*db, made, start))), Errc::unauthenticated);
}

}  // namespace
}  // namespace jobraker
