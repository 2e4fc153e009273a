#include "actors/inspection/core/rows.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "actors/inspection/core/paths.hpp"

namespace jobraker::inspection {
namespace {

constexpr std::size_t name_shown = 80;

/// `sort.order.key.id.path`: the path last, since it may hold anything.
std::string cursor_of(ActorSort sort, bool descending, const Chosen& last) {
  std::string out{name_of(sort)};
  out += descending ? ".desc." : ".asc.";
  out += std::to_string(last.key) + "." + std::to_string(last.sample.id) + ".";
  return out + last.path;
}

template <class T>
bool take_number(std::string_view& text, T& out) {
  const auto dot = text.find('.');
  if (dot == std::string_view::npos || dot == 0)
    return false;
  const auto* end = text.data() + dot;
  const auto [stop, error] = std::from_chars(text.data(), end, out);
  text.remove_prefix(dot + 1);
  return error == std::errc{} && stop == end;
}

}  // namespace

OldestPending oldest_pending(const std::vector<Pending>& pending) {
  OldestPending out;
  for (const auto& one : pending) {
    if (one.cause.actor == 0)
      continue;
    auto [at, fresh] = out.emplace(one.cause.actor, one);
    if (!fresh && one.began_ns < at->second.began_ns)
      at->second = one;
  }
  return out;
}

std::string short_line(std::string_view text, std::size_t most) {
  if (text.starts_with("/*"))
    if (const auto end = text.find("*/"); end != text.npos)
      text.remove_prefix(end + 2);
  std::string out;
  std::size_t characters = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte > ' ' && byte != 0x7F) {
      // Not in the middle of a character.
      if ((byte & 0xC0) != 0x80 && ++characters > most)
        break;
      out.push_back(c);
    } else if (!out.empty() && out.back() != ' ') {
      if (++characters > most)
        break;
      out.push_back(' ');
    }
  }
  while (!out.empty() && out.back() == ' ')
    out.pop_back();
  return out;
}

std::string waiting_text(SpanKind kind, std::string_view name) {
  const auto text = short_line(name, name_shown);
  switch (kind) {
  case SpanKind::statement:
    return "sql " + text;
  case SpanKind::call:
    return "call " + text;
  case SpanKind::work:
    return text.empty() ? "work pool" : text;
  default:
    return std::string{to_string(kind)} + " " + text;
  }
}

RowSelector::RowSelector(const GetActors& query, std::int64_t now_ns, const OldestPending& pending)
    : place_(normal_path(query.path.value_or("/"))), kind_(query.kind), state_(query.state),
      part_(query.q.value_or("")), sort_(query.sort),
      descending_(query.order ? *query.order == SortOrder::desc : query.sort != ActorSort::path),
      skip_(static_cast<std::size_t>(std::clamp<std::int64_t>(query.skip, 0, 1'000'000))),
      keep_(skip_ + static_cast<std::size_t>(std::clamp<std::int64_t>(query.limit, 1, 1000))),
      now_ns_(now_ns), pending_(&pending) {
  heap_.reserve(keep_ - skip_ + 1);
}

Result<RowSelector> RowSelector::make(const GetActors& query, std::int64_t now_ns,
                                      const OldestPending& pending) {
  RowSelector out{query, now_ns, pending};
  if (query.cursor && !out.read_cursor(*query.cursor))
    return fail(Error{Errc::invalid,
                      "the cursor is not one of this list",
                      {{"cursor", "must be `next` of a page in the same order"}},
                      {}});
  return out;
}

bool RowSelector::read_cursor(std::string_view text) {
  const auto head =
    std::string{name_of(sort_)} + (descending_ ? std::string{".desc."} : std::string{".asc."});
  if (!text.starts_with(head))
    return false;
  text.remove_prefix(head.size());
  Chosen after;
  if (!take_number(text, after.key) || !take_number(text, after.sample.id))
    return false;
  after.path = text;
  after_ = std::move(after);
  return true;
}

bool RowSelector::wanted(const Sample& sample) const {
  if (!is_under(sample.path, place_) || (kind_ && sample.kind != *kind_))
    return false;
  if (!part_.empty() && sample.path.find(part_) == std::string_view::npos)
    return false;
  return !state_ || state_of(sample, pending_->contains(sample.id)) == *state_;
}

std::int64_t RowSelector::key_of(const Sample& s) const {
  const auto whole = [](std::uint64_t number) { return static_cast<std::int64_t>(number); };
  switch (sort_) {
  case ActorSort::path:
    return 0;
  case ActorSort::mailbox:
    return whole(s.mailbox);
  case ActorSort::messages:
    return whole(s.handled);
  case ActorSort::rate:
    return s.rated ? std::llround(s.rate * 1000) : -1;
  case ActorSort::busy:
    return whole(s.busy_ns / 1000);
  case ActorSort::wait:
    return whole(mean_wait_us(s));
  case ActorSort::failures:
    return s.failures;
  case ActorSort::restarts:
    return s.restarts;
  case ActorSort::running:
    return running_us(s, now_ns_);
  case ActorSort::born:
    return s.born_s;
  case ActorSort::bytes:
    return whole(s.bytes);
  }
  return 0;
}

bool RowSelector::before(const Place& a, const Place& b) const noexcept {
  if (a.key != b.key)
    return descending_ ? a.key > b.key : a.key < b.key;
  if (const auto order = a.path.compare(b.path); order != 0)
    // Equal figures are in the order of paths, whichever way the figures go.
    return descending_ && sort_ == ActorSort::path ? order > 0 : order < 0;
  return a.id < b.id;
}

void RowSelector::offer(const Sample& sample) {
  if (!wanted(sample))
    return;
  ++total_;
  const Place place{key_of(sample), sample.path, sample.id};
  if (after_ && !before(place_of(*after_), place))
    return;
  const auto worse = [this](const Chosen& a, const Chosen& b) {
    return before(place_of(a), place_of(b));
  };
  if (heap_.size() > keep_) {
    if (!before(place, place_of(heap_.front())))
      return;
    std::pop_heap(heap_.begin(), heap_.end(), worse);
    heap_.pop_back();
  }
  heap_.push_back({sample, std::string{sample.path}, place.key});
  std::push_heap(heap_.begin(), heap_.end(), worse);
}

RowSelector::Page RowSelector::finish() {
  std::sort(heap_.begin(), heap_.end(),
            [this](const Chosen& a, const Chosen& b) { return before(place_of(a), place_of(b)); });
  Page page;
  page.total = total_;
  if (heap_.size() > keep_) {
    heap_.pop_back();
    page.next = cursor_of(sort_, descending_, heap_.back());
  }
  heap_.erase(heap_.begin(),
              heap_.begin() + static_cast<std::ptrdiff_t>(std::min(skip_, heap_.size())));
  page.rows = std::move(heap_);
  for (auto& row : page.rows)
    row.sample.path = row.path;
  return page;
}

}  // namespace jobraker::inspection
