#include "actors/interviews/core/requests.hpp"

#include "actors/interviews/core/zones.hpp"

namespace jobraker::interviews {
namespace {

using Text = std::optional<std::string>;

/// Collects what is wrong.
class Reader {
public:
  explicit Reader(const Text& zone)
      : zone_(zone.value_or("")), zone_known_(!zone || is_zone(*zone)) {
    if (!zone_known_)
      wrong("/time_zone", "must be the IANA name of a time zone, such as Europe/Berlin");
  }

  void wrong(std::string pointer, std::string detail) {
    problems_.push_back({std::move(pointer), std::move(detail)});
  }

  Time moment(const std::string& pointer, const std::string& text) {
    auto time = read_moment(text, zone_);
    if (time)
      return *time;
    // An unknown zone is one problem, not one for each time.
    if (zone_known_)
      wrong(pointer, time.error().detail);
    return {};
  }

  /// Both ends, or an empty span when one is missing.
  Span span(const Text& starts_at, const Text& ends_at, const std::string& why) {
    if (!starts_at)
      wrong("/starts_at", why);
    if (!ends_at)
      wrong("/ends_at", why);
    if (!starts_at || !ends_at)
      return {};
    return {moment("/starts_at", *starts_at), moment("/ends_at", *ends_at)};
  }

  template <class T>
  Result<T> done(T value) {
    if (problems_.empty())
      return value;
    auto detail = problems_.front().pointer.substr(1) + " " + problems_.front().detail;
    return fail(Error{Errc::invalid, std::move(detail), std::move(problems_), {}});
  }

private:
  std::string zone_;
  bool zone_known_;
  std::vector<FieldProblem> problems_;
};

}  // namespace

Done check_zone(const std::optional<std::string>& zone) {
  auto good = Reader{zone}.done(true);
  if (!good)
    return fail(std::move(good.error()));
  return {};
}

Result<std::vector<Span>> read_spans(const OfferSlots& offer) {
  Reader reader{offer.time_zone};
  if (offer.slots.empty())
    reader.wrong("/slots", "must not be empty");
  std::vector<Span> spans;
  for (std::size_t i = 0; i < offer.slots.size(); ++i) {
    auto at = "/slots/" + std::to_string(i);
    spans.push_back({reader.moment(at + "/starts_at", offer.slots[i].starts_at),
                     reader.moment(at + "/ends_at", offer.slots[i].ends_at)});
  }
  return reader.done(std::move(spans));
}

Result<std::optional<Span>> read_span(const ScheduleInterview& wanted) {
  Reader reader{wanted.time_zone};
  std::optional<Span> span;
  if (!wanted.slot_id)
    span = reader.span(wanted.starts_at, wanted.ends_at, "is required without slot_id");
  else if (wanted.starts_at || wanted.ends_at || wanted.company)
    reader.wrong("/slot_id", "cannot go with starts_at, ends_at or company");
  return reader.done(span);
}

Result<std::optional<Span>> read_span(const ChangeInterview& change) {
  Reader reader{change.time_zone};
  std::optional<Span> span;
  if (change.slot_id && (change.starts_at || change.ends_at))
    reader.wrong("/slot_id", "cannot go with starts_at or ends_at");
  else if (change.starts_at || change.ends_at)
    span = reader.span(change.starts_at, change.ends_at, "goes with the other end");
  return reader.done(span);
}

}  // namespace jobraker::interviews
