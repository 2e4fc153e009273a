#include "actors/inspection/lookout.hpp"

#include <algorithm>

#include <spdlog/spdlog.h>

#include "actors/inspection/core/rows.hpp"
#include "messages/codec.hpp"

namespace jobraker::inspection {
namespace {

constexpr std::chrono::seconds alarms_every{1};
constexpr std::chrono::seconds round_every{15};
constexpr std::uint16_t close_expired = 4401;

std::shared_ptr<const std::string> alarm_frame(const Alarm& alarm) {
  json::Writer w;
  w.begin_object().member("type", "alarm").key("alarm");
  json::write(w, alarm);
  w.end_object();
  return std::make_shared<const std::string>(w.text());
}

std::shared_ptr<const std::string> over_frame(const Alarm& alarm) {
  json::Writer w;
  w.begin_object().member("type", "alarm_over").member("id", std::string_view{alarm.id});
  w.end_object();
  return std::make_shared<const std::string>(w.text());
}

void write_rate(json::Writer& w, std::string_view name, std::uint64_t lately, double seconds) {
  w.key(name);
  if (seconds > 0)
    w.value(static_cast<double>(lately) / seconds);
  else
    w.null();
}

std::string figures_json(const Scan& scan, const RowSelector::Page& page,
                         const OldestPending& pending, const WallClock& clock) {
  json::Writer w;
  w.begin_object().member("type", "figures");
  w.member("at", std::string_view{to_rfc3339(clock.time())});
  const auto& all = scan.all;
  w.key("totals").begin_object().member("actors", all.actors).member("running", all.running);
  w.member("mailbox", all.mailbox).member("messages", all.messages);
  write_rate(w, "rate", all.lately, scan.seconds);
  w.member("failures", all.failures).member("restarts", all.restarts).end_object();
  w.key("kinds").begin_array();
  for (std::size_t i = 0; i < scan.kinds.size(); ++i) {
    const auto& kind = scan.kinds[i];
    if (kind.actors == 0)
      continue;
    w.begin_object().member("kind", scan.names[i]).member("actors", kind.actors);
    w.member("mailbox", kind.mailbox);
    write_rate(w, "rate", kind.lately, scan.seconds);
    write_rate(w, "busy_us_per_s", kind.busy_lately / 1000, scan.seconds);
    w.end_object();
  }
  w.end_array().key("rows").begin_array();
  for (const auto& row : page.rows)
    json::write(w, to_row(row, pending, clock));
  w.end_array().member("total", page.total).end_object();
  return w.text();
}

}  // namespace

Lookout::Lookout(const ActorRegistry& registry, Scanner& scanner)
    : registry_(registry), scanner_(scanner), crashes_seen_(registry.crashes()),
      thread_([this] { run(); }) {}

Lookout::~Lookout() {
  {
    std::lock_guard guard{mutex_};
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

Result<Lookout::ConsoleId> Lookout::open(std::shared_ptr<ClientLink> link,
                                         Clock::time_point until) {
  std::lock_guard guard{mutex_};
  if (consoles_.size() >= consoles_max)
    return fail(Error{
      Errc::unavailable, "too many consoles are open; try again", {}, std::chrono::seconds{10}});
  for (const auto& alarm : book_.on())
    link->send(alarm_frame(alarm), "alarm", {});
  auto& console = consoles_[++last_console_];
  console.link = std::move(link);
  console.until = until;
  wake_.notify_all();
  return last_console_;
}

Done Lookout::watch(ConsoleId id, const WatchActors& wish) {
  if (auto known = RowSelector::make(wish.query, 0, {}); !known)
    return fail(std::move(known.error()));
  std::lock_guard guard{mutex_};
  const auto console = consoles_.find(id);
  if (console == consoles_.end())
    return fail(Errc::not_found, "the console is closed");
  console->second.wish = wish;
  console->second.due = {};
  wake_.notify_all();
  return {};
}

void Lookout::close(ConsoleId id) {
  std::lock_guard guard{mutex_};
  consoles_.erase(id);
}

Lookout::Served Lookout::served(ConsoleId id) const {
  std::lock_guard guard{mutex_};
  const auto console = consoles_.find(id);
  return console == consoles_.end() ? Served{} : console->second.served;
}

std::vector<Alarm> Lookout::alarms() const {
  std::lock_guard guard{mutex_};
  return book_.on();
}

void Lookout::run() {
  auto alarms_due = Clock::now() + alarms_every;
  for (;;) {
    const auto now = Clock::now();
    if (now >= alarms_due) {
      do_what_is_due(now);
      make_round(now);
      check_alarms();
      scanner_.tidy(steady_nanoseconds());
      alarms_due = std::max(alarms_due + alarms_every, now);
    }
    const auto next = std::min(serve(now), alarms_due);
    std::unique_lock lock{mutex_};
    const auto wanted = [&] {
      return stopping_ || std::any_of(consoles_.begin(), consoles_.end(), [](const auto& entry) {
               return entry.second.wish && entry.second.due == Clock::time_point{};
             });
    };
    wake_.wait_until(lock, next, wanted);
    if (stopping_)
      return;
  }
}

void Lookout::stale_is(std::vector<Conspicuous> stale) {
  std::lock_guard guard{mutex_};
  stale_ = std::move(stale);
}

void Lookout::on_round(std::function<void()> ask) {
  std::lock_guard guard{mutex_};
  round_ = std::move(ask);
}

void Lookout::make_round(Clock::time_point now) {
  std::function<void()> ask;
  {
    std::lock_guard guard{mutex_};
    if (!round_ || now < next_round_)
      return;
    next_round_ = now + round_every;
    ask = round_;
  }
  ask();
}

void Lookout::later(Clock::time_point when, std::function<void()> what) {
  std::lock_guard guard{mutex_};
  later_.emplace(when, std::move(what));
}

void Lookout::do_what_is_due(Clock::time_point now) {
  for (;;) {
    std::function<void()> what;
    {
      std::lock_guard guard{mutex_};
      if (later_.empty() || later_.begin()->first > now)
        return;
      what = std::move(later_.begin()->second);
      later_.erase(later_.begin());
    }
    what();
  }
}

std::vector<Lookout::Job> Lookout::due_jobs(Clock::time_point now, Clock::time_point& next) {
  std::vector<Job> jobs;
  std::lock_guard guard{mutex_};
  for (auto& [id, console] : consoles_) {
    if (now >= console.until) {
      console.link->close(close_expired, "sign in again");
      console.until = Clock::time_point::max();
      console.wish.reset();
    }
    next = std::min(next, console.until);
    if (!console.wish)
      continue;
    if (now >= console.due) {
      // Figures that are late are of no use, so there is no catching up.
      console.due = now + std::chrono::milliseconds{console.wish->interval_ms};
      if (console.link->queued() == 0) {
        jobs.push_back({id, console.link, console.wish->query});
        ++console.served.sent;
      } else {
        ++console.served.missed;
      }
    }
    next = std::min(next, console.due);
  }
  return jobs;
}

Lookout::Clock::time_point Lookout::serve(Clock::time_point now) {
  auto next = Clock::time_point::max();
  const auto jobs = due_jobs(now, next);
  if (!jobs.empty())
    send_figures(jobs);
  return next;
}

void Lookout::send_figures(const std::vector<Job>& jobs) {
  const WallClock clock;
  const auto pending = oldest_pending(pending_spans());
  std::vector<RowSelector> selectors;
  for (const auto& job : jobs)
    selectors.push_back(*RowSelector::make(job.query, clock.steady_ns(), pending));
  const auto scan = scanner_.scan([&](const Sample& sample) {
    for (auto& selector : selectors)
      selector.offer(sample);
  });
  for (std::size_t i = 0; i < jobs.size(); ++i)
    jobs[i].link->send(std::make_shared<const std::string>(
                         figures_json(scan, selectors[i].finish(), pending, clock)),
                       "figures", {});
}

void Lookout::announce(const AlarmNews& news) {
  for (const auto& alarm : news.raised)
    spdlog::warn("event=alarm.raised id={} kind={} level={} path={} detail=\"{}\"", alarm.id,
                 name_of(alarm.kind), name_of(alarm.level), alarm.path, alarm.detail);
  for (const auto& alarm : news.over)
    spdlog::info("event=alarm.over id={} kind={} path={}", alarm.id, name_of(alarm.kind),
                 alarm.path);
  for (auto& [id, console] : consoles_) {
    for (const auto& alarm : news.raised)
      console.link->send(alarm_frame(alarm), "alarm", {});
    for (const auto& alarm : news.over)
      console.link->send(over_frame(alarm), "alarm_over", {});
  }
}

}  // namespace jobraker::inspection
