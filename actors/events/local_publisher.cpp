#include "actors/events/local_publisher.hpp"

#include <algorithm>
#include <map>
#include <mutex>
#include <unordered_map>

#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include "actors/events/core/hearers.hpp"

namespace jobraker::events {

/// What one publisher has out. Shared with the consumers' callbacks, which come on any thread.
struct LocalBus::Open {
  std::mutex mutex;
  Report report;
  std::uint64_t epoch = 0;
  Hearers hearers;
  std::unordered_map<std::int64_t, Event> events;
};

class LocalBus::Local final : public Publisher {
public:
  Local(EventServices& events, std::shared_ptr<Open> open)
      : events_(events), open_(std::move(open)), actors_(events.listeners.size()) {}

  bool offer(const storage::OutboxRow& row) override {
    std::vector<std::size_t> hearers;
    std::vector<ConsumerActor> actors;
    // The dead letters are rows already; nobody in this process hears of them again.
    for (std::size_t i = 0; !row.dead && i < events_.listeners.size(); ++i) {
      const auto& topics = events_.listeners[i]->consumer.topics;
      if (std::find(topics.begin(), topics.end(), row.event.topic) == topics.end())
        continue;
      auto actor = living(i);
      if (!actor)
        return false;
      hearers.push_back(i);
      actors.push_back(std::move(*actor));
    }
    if (hearers.empty()) {
      open_->report(Delivered{{.told = {row.seq}}});
      return true;
    }
    {
      std::lock_guard lock{open_->mutex};
      open_->hearers.give(row.seq, std::move(hearers));
      open_->events.emplace(row.seq, row.event);
    }
    for (auto& actor : actors)
      send(actor, row.seq, row.event);
    return true;
  }

  bool lost() const override { return false; }

  void tend() override {
    for (std::size_t i = 0; i < actors_.size(); ++i)
      if (actors_[i])
        (void)living(i);
  }

private:
  /// The actor of a consumer. One that has crashed has forgotten what it was given: the next one
  /// gets that before anything else.
  Result<ConsumerActor> living(std::size_t index) {
    auto found = events_.listeners[index]->find();
    if (!found || actors_[index] == found->address())
      return found;
    if (std::exchange(actors_[index], found->address()))
      send_again(index, *found);
    return found;
  }

  void send_again(std::size_t index, const ConsumerActor& actor) {
    std::vector<std::pair<std::int64_t, Event>> had;
    {
      std::lock_guard lock{open_->mutex};
      for (auto seq : open_->hearers.of(index))
        had.emplace_back(seq, open_->events.at(seq));
    }
    spdlog::info("event=outbox.given_again consumer={} rows={}",
                 events_.listeners[index]->consumer.group, had.size());
    for (auto& [seq, event] : had)
      send(actor, seq, std::move(event));
  }

  void send(const ConsumerActor& actor, std::int64_t seq, Event event) {
    caf::anon_send(actor, HandleRecord{std::move(event), {}, {}, 0, seq, open_->epoch});
  }

  EventServices& events_;
  std::shared_ptr<Open> open_;
  std::vector<caf::actor_addr> actors_;  ///< whom each consumer's rows went to
};

Result<std::unique_ptr<Publisher>> LocalBus::open(Report report) {
  auto open = std::make_shared<Open>();
  open->report = std::move(report);
  std::lock_guard lock{mutex_};
  open->epoch = open_ ? open_->epoch + 1 : 1;
  open_ = open;
  return std::unique_ptr<Publisher>{std::make_unique<Local>(events_, std::move(open))};
}

void LocalBus::done(std::size_t listener, const HandleRecord& record) {
  std::shared_ptr<Open> open;
  {
    std::lock_guard lock{mutex_};
    open = open_;
  }
  // What an earlier publisher gave out is told again anyway.
  if (!open || open->epoch != record.epoch)
    return;
  {
    std::lock_guard lock{open->mutex};
    if (!open->hearers.done(record.offset, listener))
      return;
    open->events.erase(record.offset);
  }
  open->report(Delivered{{.told = {record.offset}}});
}

}  // namespace jobraker::events
