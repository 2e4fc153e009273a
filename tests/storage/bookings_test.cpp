#include "storage/effects.hpp"
#include "tests/storage/interview_samples.hpp"

namespace jobraker {
namespace {

using namespace storage;
using namespace std::chrono_literals;
using test::error_of;
using test::must;
using test::start;

using BookingsTest = test::InterviewsTest;

TEST_F(BookingsTest, ABookingIsAnInterviewAndMovesTheApplicationOn) {
  auto application = apply(ada, "Acme", "Welder");
  auto slot = offer(1);
  auto made = must(book(slot.id, ada));
  EXPECT_EQ(made.user_id, ada);
  EXPECT_EQ(made.slot_id, slot.id);
  EXPECT_EQ(made.application_id, application.id);
  EXPECT_EQ(made.company, "Acme GmbH");
  EXPECT_EQ(made.job_title, "Welder");
  EXPECT_EQ(made.starts_at, slot.starts_at);
  EXPECT_EQ(made.ends_at, slot.ends_at);
  EXPECT_EQ(made.status, InterviewStatus::scheduled);
  EXPECT_EQ(made.notes, "Hello.");
  EXPECT_EQ(made.version, 1);
  EXPECT_EQ(must(run(find_interview(*db, made.id, ada))), made);
  EXPECT_EQ(must(run(find_application(*db, application.id, ada))).status,
            ApplicationStatus::interviewing);
  EXPECT_EQ(must(run(application_events(*db, application.id, ada))).size(), 2u);
}

TEST_F(BookingsTest, OnlyAnApplicationThatIsMeantIsTouched) {
  auto welder = apply(ada, "Acme", "Welder");
  auto baker = apply(ada, "Acme", "Baker", ApplicationStatus::offered);
  EXPECT_EQ(must(book(offer(1).id, ada)).application_id, std::nullopt) << "it could be either";
  auto made = must(book(offer(2).id, ada, baker.id));
  EXPECT_EQ(made.application_id, baker.id);
  EXPECT_EQ(must(run(find_application(*db, baker.id, ada))).status, ApplicationStatus::offered);
  EXPECT_EQ(must(run(find_application(*db, welder.id, ada))).status, ApplicationStatus::submitted);
  auto slot = offer(3).id;
  EXPECT_EQ(error_of(book(slot, bob, baker.id)), Errc::not_found);
  EXPECT_FALSE(must(run(find_slot(*db, slot))).taken) << "nothing of it stays";
}

TEST_F(BookingsTest, WhatCannotBeBookedSaysWhy) {
  auto slot = offer(1).id;
  EXPECT_EQ(error_of(book(SlotId::fresh(), ada)), Errc::not_found);
  EXPECT_EQ(book(slot, boss).error().detail, "this slot is one's own");
  auto late = run(book_slot(*db, {slot, ada, {}, "", "", ""}, start + 2h));
  EXPECT_EQ(error_of(late), Errc::conflict);
  EXPECT_EQ(late.error().detail, "this slot is over");
  must(book(slot, ada));
  EXPECT_EQ(book(slot, bob).error().detail, "this slot is taken");
}

TEST_F(BookingsTest, ABookingIsSettledTogetherWithItsEffect) {
  constexpr EffectKind kind{"test_booking", LapseRule::run_again};
  auto key = effect_key({"booking", "1"});
  auto slot = offer(1).id;
  auto reserved = must(run(reserve_effect(*db, kind, key, 1min, start)));
  ASSERT_TRUE(reserved.granted());
  auto settle = [&](std::int64_t fence) {
    return run(db->transaction([&](Transaction& inside) -> task<Result<Interview>> {
      auto made = co_await book_slot(inside, {slot, ada, {}, "", "", ""}, start);
      if (!made)
        co_return made;
      auto done = co_await settle_effect(inside, kind, key, fence, "{}");
      if (!done)
        co_return fail(std::move(done.error()));
      co_return made;
    }));
  };
  EXPECT_EQ(error_of(settle(reserved.granted()->fence + 1)), Errc::conflict);
  EXPECT_FALSE(must(run(find_slot(*db, slot))).taken);
  EXPECT_TRUE(must(run(list_interviews(*db, ada))).empty());
  must(settle(reserved.granted()->fence));
  EXPECT_TRUE(must(run(find_slot(*db, slot))).taken);
  EXPECT_TRUE(must(run(reserve_effect(*db, kind, key, 1min, start))).done());
}

TEST_F(BookingsTest, ARepeatedOneAnswersTheFirst) {
  auto slot = offer(1).id;
  auto first = must(book(slot, ada));
  EXPECT_EQ(must(book(slot, ada)), first);
  auto noted = must(change(first.id, ada, {.notes = "Bring a pen."}));
  EXPECT_EQ(must(book(slot, ada)), noted) << "as it is now";
  auto other = run(book_slot(*db, {slot, ada, {}, "", "", "Something else."}, start));
  EXPECT_EQ(error_of(other), Errc::conflict) << "another request";
  EXPECT_EQ(error_of(book(slot, bob)), Errc::conflict);
  EXPECT_EQ(must(run(list_interviews(*db, ada))).size(), 1u);
  auto rows = sql("SELECT count(*), min(state), min(kind) FROM effects");
  EXPECT_EQ(rows.front().get<int>(0), 1);
  EXPECT_EQ(rows.front().get<std::string>(1), "settled");
  EXPECT_EQ(rows.front().get<std::string>(2), booking_effect.name);
}

TEST_F(BookingsTest, WhoLetGoOfASlotMayTakeItAgain) {
  auto slot = offer(1).id;
  auto first = must(book(slot, ada));
  must(change(first.id, ada, {.status = InterviewStatus::cancelled}));
  auto second = must(book(slot, ada));
  EXPECT_NE(second.id, first.id);
  EXPECT_EQ(must(book(slot, ada)), second);
  auto away = offer(2).id;
  must(change(second.id, ada, {.slot_id = away}));
  auto third = must(book(slot, ada));
  EXPECT_NE(third.id, second.id);
  EXPECT_EQ(error_of(change(second.id, ada, {.slot_id = slot})), Errc::conflict);
  must(change(third.id, ada, {.status = InterviewStatus::cancelled}));
  auto back = must(change(second.id, ada, {.slot_id = slot}));
  EXPECT_EQ(back.version, 3);
  EXPECT_EQ(must(change(second.id, ada, {.slot_id = slot})), back) << "and again is nothing";
  EXPECT_EQ(must(change(must(change(second.id, ada, {.slot_id = away})).id, ada, {.slot_id = slot}))
              .version,
            5);
}

TEST_F(BookingsTest, ARequestsKeyHoldsForGood) {
  SlotBooking booking{offer(1).id, ada, {}, "", "", "Hello."};
  booking.request_key = "k";
  auto first = must(run(book_slot(*db, booking, start)));
  auto gone = must(change(first.id, ada, {.status = InterviewStatus::cancelled}));
  EXPECT_EQ(must(run(book_slot(*db, booking, start))), gone);
  EXPECT_EQ(free(), Slots{booking.slot});
  auto other = booking;
  other.notes = "Something else.";
  EXPECT_EQ(error_of(run(book_slot(*db, other, start))), Errc::conflict);
  other.user = bob;
  EXPECT_EQ(must(run(book_slot(*db, other, start))).user_id, bob) << "keys are a person's own";
  EXPECT_EQ(must(run(book_slot(*db, booking, start))), gone) << "whoever has the slot now";
  NewInterview own;
  own.user = ada;
  own.company = "Initech";
  own.starts_at = start + 5h;
  own.ends_at = start + 6h;
  own.request_key = "own";
  auto made = must(run(create_interview(*db, own, start)));
  EXPECT_EQ(must(run(create_interview(*db, own, start))), made);
  own.ends_at = start + 7h;
  EXPECT_EQ(error_of(run(create_interview(*db, own, start))), Errc::conflict);
  own.request_key = "k";
  EXPECT_EQ(error_of(run(create_interview(*db, own, start))), Errc::conflict);
  EXPECT_EQ(must(run(list_interviews(*db, ada))).size(), 2u);
}

TEST_F(BookingsTest, NobodyIsAtTwoInterviewsAtOnce) {
  auto rival = person("rival@example.com");
  auto offer_of = [&](UserId employer, std::chrono::minutes from, std::chrono::minutes to) {
    return must(run(offer_slots(*db, employer, {{start + from, start + to}}, "", start))).front();
  };
  auto here = offer_of(boss, 60min, 90min);
  auto there = offer_of(rival, 80min, 100min);
  auto after = offer_of(rival, 100min, 120min);
  auto next = offer_of(boss, 120min, 150min);
  auto first = must(book(here.id, ada));
  auto clash = book(there.id, ada);
  EXPECT_EQ(error_of(clash), Errc::conflict);
  EXPECT_EQ(clash.error().detail, "there is another interview of this person at that time");
  EXPECT_FALSE(must(run(find_slot(*db, there.id))).taken);
  EXPECT_TRUE(book(there.id, bob));
  auto second = must(book(after.id, ada));
  EXPECT_TRUE(book(next.id, ada)) << "one may follow another at once";
  NewInterview own;
  own.user = ada;
  own.company = "Initech";
  own.starts_at = start + 85min;
  own.ends_at = start + 95min;
  EXPECT_EQ(error_of(run(create_interview(*db, own, start))), Errc::conflict);
  must(change(first.id, ada, {.status = InterviewStatus::cancelled}));
  auto mine = must(run(create_interview(*db, own, start)));
  EXPECT_EQ(error_of(change(mine.id, ada, {.starts_at = start + 85min, .ends_at = start + 105min})),
            Errc::conflict);
  auto held = must(change(mine.id, ada, {.slot_id = here.id}));
  EXPECT_EQ(held.employer, boss) << "one's own time is in nobody's way";
  must(change(second.id, ada, {.status = InterviewStatus::done}));
  own.starts_at = start + 100min;
  own.ends_at = start + 110min;
  EXPECT_TRUE(run(create_interview(*db, own, start))) << "what is over is in nobody's way";
}

TEST_F(BookingsTest, ZonesAreThePersonsAndTheEmployers) {
  auto slot = offer(1);
  EXPECT_EQ(slot.time_zone, "Europe/Berlin");
  auto plain = must(book(slot.id, ada));
  EXPECT_EQ(plain.time_zone, "Europe/Berlin");
  EXPECT_EQ(plain.employer, boss);
  SlotBooking booking{offer(2).id, bob, {}, "", "", ""};
  booking.time_zone = "Asia/Tokyo";
  auto far = must(run(book_slot(*db, booking, start)));
  EXPECT_EQ(far.time_zone, "Asia/Tokyo");
  EXPECT_EQ(far.employer_time_zone, "Europe/Berlin");
  auto theirs = must(change(far.id, boss, {.time_zone = "Europe/Paris"}));
  EXPECT_EQ(theirs.time_zone, "Asia/Tokyo");
  EXPECT_EQ(theirs.employer_time_zone, "Europe/Paris");
  EXPECT_EQ(must(change(far.id, bob, {.time_zone = "UTC"})).time_zone, "UTC");
  auto moved = must(change(far.id, bob, {.slot_id = offer(4).id}));
  EXPECT_EQ(moved.time_zone, "UTC");
  EXPECT_EQ(moved.employer_time_zone, "Europe/Berlin");
}

TEST_F(BookingsTest, OnlyTheVersionThatIsMeantIsChanged) {
  auto made = must(book(offer(1).id, ada));
  EXPECT_EQ(error_of(change(made.id, ada, {.notes = "x", .versions = {{2, 3}}})),
            Errc::precondition_failed);
  auto changed = must(change(made.id, ada, {.notes = "x", .versions = {{1}}}));
  EXPECT_EQ(changed.version, 2);
  EXPECT_EQ(error_of(change(made.id, ada, {.notes = "y", .versions = {{1}}})),
            Errc::precondition_failed);
}

}  // namespace
}  // namespace jobraker
