#include "tests/storage/interview_samples.hpp"

namespace jobraker {
namespace {

using namespace storage;
using namespace std::chrono_literals;
using test::error_of;
using test::InterviewsTest;
using test::must;
using test::start;

TEST_F(InterviewsTest, SlotsAreOfferedForTheEmployersCompany) {
  auto made = must(run(offer_slots(*db, boss, {at(2), at(1)}, "", start)));
  ASSERT_EQ(made.size(), 2u);
  EXPECT_EQ(made[0].starts_at, start + 1h) << "soonest first";
  EXPECT_EQ(made[0].company_id, acme);
  EXPECT_EQ(made[0].company, "Acme GmbH");
  EXPECT_EQ(made[0].owner, boss);
  EXPECT_FALSE(made[0].taken);
  EXPECT_EQ(must(run(find_slot(*db, made[1].id))), made[1]);
  EXPECT_EQ(must(run(slots_of(*db, boss, start, {}, 10))), made);
  EXPECT_TRUE(must(run(slots_of(*db, ada, start, {}, 10))).empty());
  EXPECT_EQ(must(run(offer_slots(*db, bob, {at(1)}, "", start))).front().company, "");
}

TEST_F(InterviewsTest, OverlappingSlotsAreRefusedWithAllThatCameWithThem) {
  offer(1);
  SlotTime crossing{start + 85min, start + 100min};
  EXPECT_EQ(error_of(run(offer_slots(*db, boss, {at(5), crossing}, "", start))), Errc::conflict);
  EXPECT_EQ(error_of(run(offer_slots(*db, boss, {at(1)}, "", start))), Errc::conflict);
  EXPECT_EQ(error_of(run(offer_slots(*db, boss, {at(5), at(5)}, "", start))), Errc::conflict);
  EXPECT_EQ(free().size(), 1u);
  SlotTime next{start + 90min, start + 100min};
  EXPECT_TRUE(run(offer_slots(*db, boss, {next}, "", start))) << "one may follow another at once";
  EXPECT_TRUE(run(offer_slots(*db, bob, {at(1)}, "", start))) << "others have times of their own";
}

TEST_F(InterviewsTest, SlotsHaveASensibleLengthAndLieAhead) {
  std::vector<SlotTime> bad{{start + 1h, start + 1h + 4min},
                            {start + 1h, start + 1h},
                            {start + 2h, start + 1h},
                            {start + 1h, start + 14h},
                            {start, start + 1h}};
  for (auto& time : bad)
    EXPECT_EQ(error_of(run(offer_slots(*db, boss, {at(20), time}, "", start))), Errc::invalid);
  EXPECT_TRUE(free().empty());
}

TEST_F(InterviewsTest, FreeSlotsAreFoundByCompanyAndTime) {
  Slots slots{offer(1).id, offer(2).id, offer(3).id};
  auto other = must(run(offer_slots(*db, bob, {at(1)}, "", start))).front().id;
  SlotQuery query;
  query.company = "ACME";
  EXPECT_EQ(free(query), slots);
  query.from = start + 2h;
  EXPECT_EQ(free(query), (Slots{slots[1], slots[2]}));
  query.to = start + 3h;
  EXPECT_EQ(free(query), Slots{slots[1]});
  EXPECT_EQ(free().size(), 4u);
  EXPECT_EQ(free({.company_id = acme, .limit = 2}), (Slots{slots[0], slots[1]}));
  EXPECT_TRUE(free({.company = "Globex"}).empty());
  EXPECT_TRUE(free({.company = "!"}).empty());
  must(book(slots[0], ada));
  EXPECT_EQ(free({.company_id = acme}), (Slots{slots[1], slots[2]}));
  EXPECT_TRUE(must(run(slots_of(*db, boss, start, {}, 10))).front().taken);
  EXPECT_EQ(must(run(find_slot(*db, other))).company_id, std::nullopt);
}

TEST_F(InterviewsTest, ElsewhereAgreedOnesNeedACompanyAndASpan) {
  auto application = apply(ada, "Globex", "Baker");
  NewInterview n;
  n.user = ada;
  n.application = application.id;
  n.starts_at = start + 1h;
  n.ends_at = start + 2h;
  auto made = must(run(create_interview(*db, n, start)));
  EXPECT_EQ(made.company, "Globex");
  EXPECT_EQ(made.job_title, "Baker");
  EXPECT_EQ(made.slot_id, std::nullopt);
  EXPECT_EQ(must(run(find_application(*db, application.id, ada))).status,
            ApplicationStatus::interviewing);
  n.application.reset();
  n.starts_at = start + 3h;
  n.ends_at = start + 4h;
  EXPECT_EQ(error_of(run(create_interview(*db, n, start))), Errc::invalid);
  n.company = "Initech";
  EXPECT_EQ(must(run(create_interview(*db, n, start))).application_id, std::nullopt);
  for (auto end : {n.starts_at, start, start + 28h}) {
    n.ends_at = end;
    EXPECT_EQ(error_of(run(create_interview(*db, n, start))), Errc::invalid);
  }
  n.ends_at = start + 4h;
  n.user = bob;
  n.application = application.id;
  EXPECT_EQ(error_of(run(create_interview(*db, n, start))), Errc::not_found);
}

TEST_F(InterviewsTest, AreListedForBothSidesSoonestFirst) {
  auto later = must(book(offer(5).id, ada));
  auto sooner = must(book(offer(1).id, ada));
  auto bobs = must(book(offer(3).id, bob));
  auto ids = [&](UserId user, ListInterviews query = {}) {
    std::vector<InterviewId> list;
    for (auto& i : must(run(list_interviews(*db, user, query))))
      list.push_back(i.id);
    return list;
  };
  using Ids = std::vector<InterviewId>;
  EXPECT_EQ(ids(ada), (Ids{sooner.id, later.id}));
  EXPECT_EQ(ids(boss), (Ids{sooner.id, bobs.id, later.id}));
  EXPECT_EQ(ids(ada, {.from = start + 2h}), Ids{later.id});
  EXPECT_EQ(ids(ada, {.from = start + 1h + 10min}), (Ids{sooner.id, later.id})) << "it goes on";
  EXPECT_EQ(ids(ada, {.to = start + 5h}), Ids{sooner.id});
  EXPECT_EQ(ids(boss, {.limit = 2}), (Ids{sooner.id, bobs.id}));
  must(change(bobs.id, boss, {.status = InterviewStatus::cancelled}));
  EXPECT_EQ(ids(boss, {.status = InterviewStatus::cancelled}), Ids{bobs.id});
  EXPECT_EQ(error_of(run(find_interview(*db, bobs.id, ada))), Errc::not_found);
  EXPECT_TRUE(run(find_interview(*db, bobs.id, boss)));
}

TEST_F(InterviewsTest, AnotherSlotReschedulesAndFreesTheOldOne) {
  auto first = offer(1).id;
  auto second = offer(2);
  auto made = must(book(first, ada));
  auto moved = must(change(made.id, ada, {.slot_id = second.id}));
  EXPECT_EQ(moved.status, InterviewStatus::rescheduled);
  EXPECT_EQ(moved.slot_id, second.id);
  EXPECT_EQ(moved.starts_at, second.starts_at);
  EXPECT_EQ(moved.version, 2);
  EXPECT_EQ(free(), Slots{first});
  must(book(first, bob));
  EXPECT_EQ(error_of(change(made.id, ada, {.slot_id = first})), Errc::conflict);
  EXPECT_EQ(must(run(find_interview(*db, made.id, ada))), moved);
  auto elsewhere = must(run(offer_slots(*db, bob, {at(9)}, "", start))).front().id;
  EXPECT_EQ(change(made.id, ada, {.slot_id = elsewhere}).error().detail,
            "this slot is another company's");
  EXPECT_EQ(must(change(made.id, ada, {.slot_id = second.id})).version, 2) << "no change";
}

TEST_F(InterviewsTest, CancellingFreesTheSlotAndIsTheEnd) {
  auto slot = offer(1).id;
  auto made = must(book(slot, ada));
  auto gone = must(change(made.id, ada, {.status = InterviewStatus::cancelled}));
  EXPECT_EQ(gone.status, InterviewStatus::cancelled);
  EXPECT_EQ(gone.slot_id, std::nullopt);
  EXPECT_EQ(gone.starts_at, made.starts_at);
  EXPECT_EQ(free(), Slots{slot});
  EXPECT_EQ(must(change(made.id, ada, {.status = InterviewStatus::cancelled})).version,
            gone.version);
  EXPECT_EQ(error_of(change(made.id, ada, {.slot_id = slot})), Errc::conflict);
  EXPECT_EQ(error_of(change(made.id, ada, {.status = InterviewStatus::done})), Errc::conflict);
  EXPECT_EQ(must(change(made.id, ada, {.notes = "They were ill."})).notes, "They were ill.");
  EXPECT_TRUE(book(slot, bob));
}

TEST_F(InterviewsTest, ValuesMustGoTogether) {
  auto slot = offer(1).id;
  auto booked = must(book(slot, ada)).id;
  NewInterview n;
  n.user = ada;
  n.company = "Initech";
  n.starts_at = start + 5h;
  n.ends_at = start + 6h;
  auto own = must(run(create_interview(*db, n, start))).id;
  EXPECT_EQ(error_of(change(booked, ada, {.starts_at = start, .ends_at = start + 1h})),
            Errc::invalid);
  EXPECT_EQ(error_of(change(own, ada, {.starts_at = start})), Errc::invalid);
  EXPECT_EQ(error_of(change(own, ada, {.ends_at = start})), Errc::invalid);
  EXPECT_EQ(error_of(change(own, ada, {.starts_at = start + 1h, .ends_at = start})), Errc::invalid);
  EXPECT_EQ(error_of(change(own, ada, {.status = InterviewStatus::rescheduled})), Errc::invalid);
  EXPECT_EQ(error_of(change(own, bob, {.notes = "x"})), Errc::not_found);
  auto moved = must(change(own, ada, {.starts_at = start + 3h, .ends_at = start + 4h}));
  EXPECT_EQ(moved.status, InterviewStatus::rescheduled);
  EXPECT_EQ(moved.ends_at, start + 4h);
  EXPECT_EQ(must(change(own, ada, {.status = InterviewStatus::done})).status,
            InterviewStatus::done);
}

TEST_F(InterviewsTest, SlotsOfPeopleWhoGoAreFreeAgain) {
  auto slot = offer(1).id;
  auto made = must(book(slot, ada));
  sql("DELETE FROM users WHERE id = $1", {ada});
  EXPECT_EQ(error_of(run(find_interview(*db, made.id, std::nullopt))), Errc::not_found);
  EXPECT_EQ(free(), Slots{slot});
  auto bobs = must(book(slot, bob));
  sql("DELETE FROM users WHERE id = $1", {boss});
  auto left = must(run(find_interview(*db, bobs.id, bob)));
  EXPECT_EQ(left.slot_id, std::nullopt);
  EXPECT_EQ(left.starts_at, bobs.starts_at);
}

}  // namespace
}  // namespace jobraker
