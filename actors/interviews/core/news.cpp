#include "actors/interviews/core/news.hpp"

#include "actors/interviews/core/zones.hpp"

namespace jobraker::interviews {
namespace {

std::string_view heading(News news) {
  switch (news) {
  case News::booked:
    return "Interview booked";
  case News::moved:
    return "Interview moved";
  case News::cancelled:
    return "Interview cancelled";
  case News::done:
    return "Interview done";
  case News::place:
    return "Interview at another place";
  case News::none:
    break;
  }
  return "Interview";
}

/// `Welder, Acme GmbH`; either may be missing.
std::string subject(const Interview& i) {
  if (i.job_title.empty() || i.company.empty())
    return i.job_title + i.company;
  return i.job_title + ", " + i.company;
}

}  // namespace

News news_of(const Interview& before, const Interview& after) {
  if (after.status != before.status && after.status == InterviewStatus::cancelled)
    return News::cancelled;
  if (after.status != before.status && after.status == InterviewStatus::done)
    return News::done;
  if (after.starts_at != before.starts_at || after.ends_at != before.ends_at)
    return News::moved;
  return after.location != before.location ? News::place : News::none;
}

Words words_for(News news, const Interview& before, const Interview& after, std::string_view zone) {
  Words words{std::string{heading(news)}, in_words(after.starts_at, after.ends_at, zone)};
  if (auto what = subject(after); !what.empty())
    words.title.append(": ").append(what);
  if (news == News::moved)
    words.text.append("; it was ").append(in_words(before.starts_at, before.ends_at, zone));
  words.text.append(".");
  if (!after.location.empty() && news != News::cancelled && news != News::done)
    words.text.append(" Place: ").append(after.location);
  return words;
}

}  // namespace jobraker::interviews
