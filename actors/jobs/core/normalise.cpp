#include "actors/jobs/core/normalise.hpp"

#include <chrono>
#include <unordered_set>

#include "actors/jobs/core/dedupe.hpp"
#include "actors/jobs/core/html_text.hpp"
#include "actors/jobs/core/place.hpp"
#include "actors/jobs/core/salary.hpp"
#include "actors/jobs/core/text.hpp"
#include "actors/jobs/core/title.hpp"
#include "actors/jobs/core/traits.hpp"

namespace jobraker {
namespace {

using namespace std::chrono;

/// Nothing was posted on the web before this; an older date is a fault of the source.
constexpr Time oldest_posting{sys_days{year{1995} / 1 / 1}};

/// An address that a person may be sent to; scripts and other schemes are not.
std::string safe_url(std::string_view raw) {
  auto url = text::trim(raw);
  auto lowered = text::lower(url.substr(0, 8));
  if (!lowered.starts_with("http://") && !lowered.starts_with("https://"))
    return {};
  std::string out;
  for (char c : url)
    if (static_cast<unsigned char>(c) > 0x20 && c != '"' && c != '<' && c != '>' && c != 0x7F)
      out += c;
  return out.size() > 2000 ? std::string{} : out;
}

void put_place(const RawPosting& raw, Job& job) {
  auto place = parse_place(raw.location, raw.country_hint);
  auto workplace = place.workplace;
  if (!raw.area.empty())
    place = place_of_area(raw.area, raw.country_hint);
  job.city = std::move(place.city);
  job.region = std::move(place.region);
  job.country = std::move(place.country);
  job.workplace = workplace_of(raw.workplace_hint, workplace, job.title, job.description);
}

void put_salary(const RawPosting& raw, Job& job, Strings& notes) {
  auto stated = raw.salary;
  // Anything may hide in a feed's text; an aggregator's own estimate is not better than its words.
  bool silent = !stated.min && !stated.max && text::trim(stated.text).empty();
  if (silent)
    if (auto found = salary_in(job.description))
      stated = *found;
  auto salary = yearly_salary(stated, job.country);
  if (!salary.dropped.empty())
    notes.push_back("salary: " + salary.dropped);
  job.salary_min = salary.min;
  job.salary_max = salary.max;
  if (salary.min || salary.max) {
    job.salary_currency = salary.currency;
    job.salary_predicted = stated.predicted;
  }
}

void put_dates(const RawPosting& raw, Time now, Job& job, Strings& notes) {
  if (raw.posted_at) {
    if (*raw.posted_at < oldest_posting)
      notes.push_back("posted_at: " + to_rfc3339(*raw.posted_at) +
                      " is before there were job boards");
    else
      job.posted_at = std::min(*raw.posted_at, now);  // clocks differ, and some sources post-date
  }
  if (raw.expires_at) {
    if (*raw.expires_at < oldest_posting || *raw.expires_at > now + days{3650})
      notes.push_back("expires_at: " + to_rfc3339(*raw.expires_at) + " is not plausible");
    else if (job.posted_at && *raw.expires_at < *job.posted_at)
      notes.push_back("expires_at: " + to_rfc3339(*raw.expires_at) + " is before the posting");
    else
      job.expires_at = raw.expires_at;
  }
}

std::string content_hash_of(const Job& job) {
  std::string all;
  auto add = [&](std::string_view part) {
    all += part;
    all += '\x1f';
  };
  add(job.title), add(job.company), add(job.location), add(job.city), add(job.region),
    add(job.country);
  add(name_of(job.workplace)), add(job.description), add(job.source_url), add(job.salary_currency);
  add(job.salary_min ? std::to_string(*job.salary_min) : "");
  add(job.salary_max ? std::to_string(*job.salary_max) : "");
  add(job.job_type ? name_of(*job.job_type) : "");
  add(job.expires_at ? to_rfc3339(*job.expires_at) : "");
  for (const auto& skill : job.skills)
    add(skill);
  return to_string(uuid_of(all));
}

}  // namespace

std::string item_name(const RawPosting& raw) {
  if (!raw.source_id.empty())
    return std::string{text::cut(raw.source_id, 200)};
  if (!raw.url.empty())
    return std::string{text::cut(raw.url, 200)};
  return std::string{text::cut(html_to_line(raw.title), 100)};
}

Result<NormalisedPosting> normalise(const RawPosting& raw, Time now) {
  NormalisedPosting out;
  auto& job = out.job;
  job.source = raw.source;
  job.source_id = std::string{text::cut(text::sanitise(raw.source_id), 500)};
  if (text::trim(job.source_id).empty())
    return fail(Errc::invalid, "the posting has no id");
  job.title = clean_title(raw.title);
  if (job.title.empty())
    return fail(Errc::invalid, "the posting has no title");
  job.description = html_to_text(raw.description, raw.description_is_html);
  if (job.description.empty())
    return fail(Errc::invalid, "the posting has no description");
  job.source_url = safe_url(raw.url);
  if (job.source_url.empty() && !raw.url.empty())
    out.notes.push_back("url: not an http address");
  job.attribution = raw.attribution;
  job.company = clean_company(raw.company);
  job.location = html_to_line(raw.location.substr(0, raw.location.find('\n')), 300);
  put_place(raw, job);
  put_salary(raw, job, out.notes);
  put_dates(raw, now, job, out.notes);
  job.requirements = requirements_in(job.description);
  job.job_type = job_type_of(raw, job.title, job.description);
  job.years_required =
    years_required_in(job.requirements.empty() ? job.description : job.requirements);
  if (!job.years_required && !job.requirements.empty())
    job.years_required = years_required_in(job.description);
  job.seniority = seniority_of(job.title, raw.seniority_hint, job.years_required);
  job.skills = posting_skills(job.title, job.description, raw.tags);
  job.posted_by = raw.posted_by;
  out.fingerprint = fingerprint(job);
  out.content_hash = content_hash_of(job);
  out.board = raw.board;
  return out;
}

NormalisedListing normalise_all(const Listing& listing, std::string_view source, Time now) {
  NormalisedListing out;
  out.problems = listing.problems;
  std::unordered_set<std::string> seen;
  for (const auto& raw : listing.postings) {
    auto posting = normalise(raw, now);
    if (!posting)
      out.problems.push_back({std::string{source}, item_name(raw), posting.error().detail});
    else if (seen.insert(posting->job.source_id).second)  // some feeds repeat an item
      out.postings.push_back(std::move(*posting));
  }
  return out;
}

}  // namespace jobraker
