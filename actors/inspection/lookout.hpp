#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "actors/inspection/core/alarms.hpp"
#include "actors/inspection/scan.hpp"
#include "messages/inspection/watch.hpp"
#include "messages/result.hpp"
#include "messages/session.hpp"

namespace jobraker::inspection {

/// The thread that watches over the actors: once a second for alarms, and for every open console as
/// often as it wishes. It is a thread of its own and no actor, since it has to see and to say that
/// all threads of the actors are stuck; consoles get their frames from it directly. Who reads too
/// slowly misses figures: the newest are sent when nothing is queued.
class Lookout {
public:
  using Clock = std::chrono::steady_clock;
  using ConsoleId = std::uint64_t;
  static constexpr std::size_t consoles_max = 32;

  Lookout(const ActorRegistry& registry, Scanner& scanner);
  /// Ends the thread; consoles are just forgotten.
  ~Lookout();
  Lookout(const Lookout&) = delete;
  Lookout& operator=(const Lookout&) = delete;

  /// A console is there; it is told the alarms that are on. At `until` it is closed with 4401.
  /// Errc::unavailable when there are too many.
  Result<ConsoleId> open(std::shared_ptr<ClientLink> link, Clock::time_point until);
  /// From now on it wants this. Errc::invalid when the query is none.
  Done watch(ConsoleId console, const WatchActors& wish);
  void close(ConsoleId console);

  /// What a console has been sent, and what it missed because it read too slowly.
  struct Served {
    std::int64_t sent = 0;
    std::int64_t missed = 0;
  };
  Served served(ConsoleId console) const;

  /// The alarms that are on.
  std::vector<Alarm> alarms() const;

  /// One look for alarms, as it is made every second.
  void check_alarms();

  /// Work that stands still, from now on; who is not named is no longer. Only rows know.
  void stale_is(std::vector<Conspicuous> stale);
  /// Called on the lookout's thread every fifteen seconds, the first time at once; it must not
  /// wait. May be set once.
  void on_round(std::function<void()> ask);
  /// Has `what` done on the lookout's thread at `when`, or up to a second later; it must not wait.
  /// What is not due when the lookout ends is not done.
  void later(Clock::time_point when, std::function<void()> what);

private:
  struct Console {
    std::shared_ptr<ClientLink> link{};
    std::optional<WatchActors> wish{};
    Clock::time_point due{};
    Clock::time_point until{};
    Served served{};
  };
  /// What is sent to one console without the lock.
  struct Job {
    ConsoleId id;
    std::shared_ptr<ClientLink> link;
    GetActors query;
  };

  void run();
  Clock::time_point serve(Clock::time_point now);
  std::vector<Job> due_jobs(Clock::time_point now, Clock::time_point& next);
  void send_figures(const std::vector<Job>& jobs);
  std::vector<Conspicuous> find_conspicuous();
  void count_crashes(std::vector<Conspicuous>& found, Time now);
  void make_round(Clock::time_point now);
  void do_what_is_due(Clock::time_point now);
  void announce(const AlarmNews& news);

  const ActorRegistry& registry_;
  Scanner& scanner_;

  mutable std::mutex mutex_;  ///< of all down to stopping_; never held while scanning
  std::condition_variable wake_;
  std::map<ConsoleId, Console> consoles_{};
  ConsoleId last_console_ = 0;
  AlarmBook book_{};
  std::vector<Conspicuous> stale_{};
  std::function<void()> round_{};
  Clock::time_point next_round_{};
  std::multimap<Clock::time_point, std::function<void()>> later_{};
  bool stopping_ = false;

  std::mutex checking_;  ///< one look for alarms at a time; of what follows
  std::uint64_t crashes_seen_ = 0;
  std::unordered_map<std::string, std::vector<Time>> crashes_{};  ///< of the last minute

  std::thread thread_;  ///< last: it uses the others
};

}  // namespace jobraker::inspection
