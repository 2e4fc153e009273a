#pragma once

#include "storage/applications.hpp"
#include "storage/companies.hpp"
#include "storage/interviews.hpp"
#include "tests/storage/samples.hpp"

namespace jobraker::test {

using namespace storage;
using namespace std::chrono_literals;

/// Two people, and an employer who offers slots.
struct InterviewsTest : SampleTest {
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
  Slot offer(int hours) {
    return must(run(offer_slots(*db, boss, {at(hours)}, "Europe/Berlin", start))).front();
  }
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
  Result<Interview> change(InterviewId id, UserId who, InterviewChange change) {
    auto changed = run(change_interview(*db, id, who, std::move(change), start));
    if (!changed)
      return fail(std::move(changed.error()));
    return std::move(changed->after);
  }
  using Slots = std::vector<SlotId>;
  UserId ada{};
  UserId bob{};
  UserId boss{};
  CompanyId acme{};
};

}  // namespace jobraker::test
