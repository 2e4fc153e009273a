#include "actors/interviews/booking.hpp"

#include "actors/interviews/core/news.hpp"
#include "storage/notifications.hpp"

namespace jobraker::interviews {
namespace {

struct Side {
  UserId user{};
  std::string_view zone{};
};

storage::NewNotification note_for(const Side& side, News news, const Interview& before,
                                  const Interview& after) {
  auto words = words_for(news, before, after, side.zone);
  storage::NewNotification n;
  n.user = side.user;
  n.kind = notification_kind::interview;
  n.title = std::move(words.title);
  n.text = std::move(words.text);
  n.subject_type = "interview";
  n.subject_id = to_string(after.id);
  // A booking that is asked for again finds a later version.
  n.dedupe_key = "interview/" + n.subject_id + "/" +
                 (news == News::booked ? "booked" : std::to_string(after.version));
  return n;
}

/// Tells the person, and the employer unless it is their own doing.
task<Result<Booked>> tell(storage::Session& session, News news, Interview before, Interview after,
                          UserId by, Time now) {
  std::vector<storage::NewNotification> notes;
  if (news != News::none) {
    notes.push_back(note_for({after.user_id, after.time_zone}, news, before, after));
    if (after.employer && *after.employer != by)
      notes.push_back(note_for({*after.employer, after.employer_time_zone}, news, before, after));
  }
  auto told = co_await storage::add_notifications(session, std::move(notes), now);
  if (!told)
    co_return fail(std::move(told.error()));
  co_return Booked{std::move(after), std::move(*told)};
}

}  // namespace

task<Result<Booked>> book(storage::Session& session, storage::SlotBooking booking, Time now) {
  auto made = co_await storage::book_slot(session, booking, now);
  if (!made)
    co_return fail(std::move(made.error()));
  co_return co_await tell(session, News::booked, *made, *made, booking.user, now);
}

task<Result<Booked>> add(storage::Session& session, storage::NewInterview interview, Time now) {
  auto made = co_await storage::create_interview(session, std::move(interview), now);
  if (!made)
    co_return fail(std::move(made.error()));
  co_return Booked{std::move(*made), {}};
}

task<Result<Booked>> change(storage::Session& session, InterviewId id, std::optional<UserId> owner,
                            storage::InterviewChange change, UserId by, Time now) {
  auto changed = co_await storage::change_interview(session, id, owner, std::move(change), now);
  if (!changed)
    co_return fail(std::move(changed.error()));
  auto news = news_of(changed->before, changed->after);
  co_return co_await tell(session, news, std::move(changed->before), std::move(changed->after), by,
                          now);
}

}  // namespace jobraker::interviews
