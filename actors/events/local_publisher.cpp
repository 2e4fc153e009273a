#include "actors/events/local_publisher.hpp"

#include <algorithm>
#include <map>
#include <mutex>

#include <caf/send.hpp>

namespace jobraker::events {

/// What one publisher has out. Shared with the consumers' callbacks, which come on any thread.
struct LocalBus::Open {
  std::mutex mutex;
  Report report;
  std::uint64_t epoch = 0;
  std::map<std::int64_t, std::size_t> waiting;  ///< by number: consumers that are not done
};

class LocalBus::Local final : public Publisher {
public:
  Local(EventServices& events, std::shared_ptr<Open> open)
      : events_(events), open_(std::move(open)), actors_(events.listeners.size()) {}

  bool offer(const storage::OutboxRow& row) override {
    std::vector<ConsumerActor> hearers;
    // The dead letters are rows already; nobody in this process hears of them again.
    for (std::size_t i = 0; !row.dead && i < events_.listeners.size(); ++i) {
      const auto& listener = *events_.listeners[i];
      const auto& topics = listener.consumer.topics;
      if (std::find(topics.begin(), topics.end(), row.event.topic) == topics.end())
        continue;
      auto found = listener.find();
      if (!found)
        return false;
      note(i, *found);
      hearers.push_back(std::move(*found));
    }
    if (lost_)
      return false;
    if (hearers.empty()) {
      open_->report(Delivered{{row.seq}, false, {}, {}});
      return true;
    }
    {
      std::lock_guard lock{open_->mutex};
      open_->waiting[row.seq] = hearers.size();
    }
    for (auto& hearer : hearers)
      caf::anon_send(hearer, HandleRecord{row.event, {}, {}, 0, row.seq, open_->epoch});
    return true;
  }

  bool lost() const override {
    // A consumer that has crashed has forgotten what it was given.
    for (std::size_t i = 0; i < actors_.size(); ++i)
      if (actors_[i])
        if (auto found = events_.listeners[i]->find(); found && found->address() != actors_[i])
          return true;
    return lost_;
  }

private:
  void note(std::size_t index, const ConsumerActor& actor) {
    if (actors_[index] && actors_[index] != actor.address())
      lost_ = true;
    actors_[index] = actor.address();
  }

  EventServices& events_;
  std::shared_ptr<Open> open_;
  std::vector<caf::actor_addr> actors_;
  bool lost_ = false;
};

Result<std::unique_ptr<Publisher>> LocalBus::open(Report report) {
  auto open = std::make_shared<Open>();
  open->report = std::move(report);
  std::lock_guard lock{mutex_};
  open->epoch = open_ ? open_->epoch + 1 : 1;
  open_ = open;
  return std::unique_ptr<Publisher>{std::make_unique<Local>(events_, std::move(open))};
}

void LocalBus::done(const HandleRecord& record) {
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
    auto at = open->waiting.find(record.offset);
    if (at == open->waiting.end() || --at->second > 0)
      return;
    open->waiting.erase(at);
  }
  open->report(Delivered{{record.offset}, false, {}, {}});
}

}  // namespace jobraker::events
