#include "storage/interviews.hpp"

#include "storage/applications.hpp"
#include "storage/companies.hpp"
#include "storage/effects.hpp"
#include "tests/storage/samples.hpp"

namespace jobraker {
namespace {

using namespace storage;
using namespace std::chrono_literals;
using test::error_of;
using test::must;
using test::start;

struct InterviewsTest : test::SampleTest {
  void SetUp() override {
    SampleTest::SetUp();
    if (!db)
      return;
    ada = person("ada@example.com");
    bob = person("bob@example.com");
    boss = person("boss@acme.example");
    acme = must(run(save_company_of(*db, boss, {"Acme GmbH", {}, {}}, start))).id;
  }
  /// A slot that begins so many hours from the start and is half an hour long.
  static SlotTime at(int hours) { return {start + hours * 1h, start + hours * 1h + 30min}; }
  Slot offer(int hours) { return must(run(offer_slots(*db, boss, {at(hours)}, start))).front(); }
  Result<Interview> book(SlotId slot, UserId user, std::optional<ApplicationId> application = {}) {
    return run(book_slot(*db, {slot, user, application, "", "", "Hello."}, start));
  }
  Application apply(UserId user, const std::string& company, const std::string& title,
                    ApplicationStatus status = ApplicationStatus::submitted) {
    NewApplication n;
    n.user = user;
    n.company = company;
    n.job_title = title;
    n.status = status;
    return must(run(create_application(*db, n, start)));
  }
  std::vector<SlotId> free(SlotQuery query = {}) {
    std::vector<SlotId> ids;
    for (auto& slot : must(run(free_slots(*db, query))))
      ids.push_back(slot.id);
    return ids;
  }
  Result<Interview> change(InterviewId id, UserId who, ChangeInterview change) {
    return run(change_interview(*db, id, who, std::move(change), start));
  }
  using Slots = std::vector<SlotId>;
  UserId ada{};
  UserId bob{};
  UserId boss{};
  CompanyId acme{};
};

TEST_F(InterviewsTest, SlotsAreOfferedForTheEmployersCompany) {
  auto made = must(run(offer_slots(*db, boss, {at(2), at(1)}, start)));
  ASSERT_EQ(made.size(), 2u);
  EXPECT_EQ(made[0].starts_at, start + 1h) << "soonest first";
  EXPECT_EQ(made[0].company_id, acme);
  EXPECT_EQ(made[0].company, "Acme GmbH");
  EXPECT_EQ(made[0].owner, boss);
  EXPECT_FALSE(made[0].taken);
  EXPECT_EQ(must(run(find_slot(*db, made[1].id))), made[1]);
  EXPECT_EQ(must(run(slots_of(*db, boss, start, {}, 10))), made);
  EXPECT_TRUE(must(run(slots_of(*db, ada, start, {}, 10))).empty());
  EXPECT_EQ(must(run(offer_slots(*db, bob, {at(1)}, start))).front().company, "");
}

TEST_F(InterviewsTest, OverlappingSlotsAreRefusedWithAllThatCameWithThem) {
  offer(1);
  SlotTime crossing{start + 85min, start + 100min};
  EXPECT_EQ(error_of(run(offer_slots(*db, boss, {at(5), crossing}, start))), Errc::conflict);
  EXPECT_EQ(error_of(run(offer_slots(*db, boss, {at(1)}, start))), Errc::conflict);
  EXPECT_EQ(error_of(run(offer_slots(*db, boss, {at(5), at(5)}, start))), Errc::conflict);
  EXPECT_EQ(free().size(), 1u);
  SlotTime next{start + 90min, start + 100min};
  EXPECT_TRUE(run(offer_slots(*db, boss, {next}, start))) << "one may follow another at once";
  EXPECT_TRUE(run(offer_slots(*db, bob, {at(1)}, start))) << "others have times of their own";
}

TEST_F(InterviewsTest, SlotsHaveASensibleLengthAndLieAhead) {
  std::vector<SlotTime> bad{{start + 1h, start + 1h + 4min},
                            {start + 1h, start + 1h},
                            {start + 2h, start + 1h},
                            {start + 1h, start + 14h},
                            {start, start + 1h}};
  for (auto& time : bad)
    EXPECT_EQ(error_of(run(offer_slots(*db, boss, {at(20), time}, start))), Errc::invalid);
  EXPECT_TRUE(free().empty());
}

TEST_F(InterviewsTest, FreeSlotsAreFoundByCompanyAndTime) {
  Slots slots{offer(1).id, offer(2).id, offer(3).id};
  auto other = must(run(offer_slots(*db, bob, {at(1)}, start))).front().id;
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

TEST_F(InterviewsTest, ABookingIsAnInterviewAndMovesTheApplicationOn) {
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

TEST_F(InterviewsTest, OnlyAnApplicationThatIsMeantIsTouched) {
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

TEST_F(InterviewsTest, OneOfManyBookersGetsTheSlot) {
  auto slot = offer(1).id;
  std::vector<UserId> people;
  for (int i = 0; i < 64; ++i)
    people.push_back(person("p" + std::to_string(i) + "@example.com"));
  std::vector<std::shared_ptr<std::optional<Result<Interview>>>> bookings;
  for (auto user : people)
    bookings.push_back(loop.spawn(book_slot(*db, {slot, user, {}, "", "", ""}, start)));
  loop.run_until([&] {
    return std::all_of(bookings.begin(), bookings.end(), [](auto& b) { return b->has_value(); });
  });
  std::optional<Interview> won;
  for (auto& booking : bookings) {
    if (**booking) {
      EXPECT_FALSE(won) << "two have it";
      won = ***booking;
    } else {
      EXPECT_EQ((*booking)->error().code, Errc::conflict);
    }
  }
  ASSERT_TRUE(won);
  auto rows = sql("SELECT (SELECT count(*) FROM interviews), taken_by FROM interview_slots");
  EXPECT_EQ(rows.front().get<int>(0), 1);
  EXPECT_EQ(rows.front().get<UserId>(1), won->user_id);
}

TEST_F(InterviewsTest, WhatCannotBeBookedSaysWhy) {
  auto slot = offer(1).id;
  EXPECT_EQ(error_of(book(SlotId::fresh(), ada)), Errc::not_found);
  EXPECT_EQ(book(slot, boss).error().detail, "this slot is one's own");
  auto late = run(book_slot(*db, {slot, ada, {}, "", "", ""}, start + 2h));
  EXPECT_EQ(error_of(late), Errc::conflict);
  EXPECT_EQ(late.error().detail, "this slot is over");
  must(book(slot, ada));
  EXPECT_EQ(book(slot, bob).error().detail, "this slot is taken");
  EXPECT_EQ(error_of(book(slot, ada)), Errc::conflict);
}

TEST_F(InterviewsTest, ABookingIsSettledTogetherWithItsEffect) {
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
  EXPECT_EQ(error_of(run(create_interview(*db, n, start))), Errc::invalid);
  n.company = "Initech";
  EXPECT_EQ(must(run(create_interview(*db, n, start))).application_id, std::nullopt);
  for (auto end : {n.starts_at, start, start + 26h}) {
    n.ends_at = end;
    EXPECT_EQ(error_of(run(create_interview(*db, n, start))), Errc::invalid);
  }
  n.ends_at = start + 2h;
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
  auto elsewhere = must(run(offer_slots(*db, bob, {at(9)}, start))).front().id;
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
  n.starts_at = start + 1h;
  n.ends_at = start + 2h;
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
