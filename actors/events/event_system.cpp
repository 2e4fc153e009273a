#include "actors/events/event_system.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include "actors/events/consumer_actor.hpp"
#include "actors/events/events_desk.hpp"
#include "actors/events/outbox_actor.hpp"
#include "actors/system/pause.hpp"
#include "net/ask.hpp"

namespace jobraker::events {

EventSystem::EventSystem(Services& services)
    : services_(services),
      outbox_(services.system.registry(), "/system/outbox",
              [this](const std::string& at) {
                return start_outbox(
                  services_, [this](Report report) { return publisher(std::move(report)); }, at);
              }),
      desk_(services.system.registry(), "/system/events",
            [this](const std::string& at) { return start_events_desk(services_, at); }) {
  events_.kafka = !services.config.kafka.brokers.empty();
  if (events_.kafka)
    kafka_ = std::make_unique<KafkaLink>(services.config.kafka, events_);
  else
    bus_ = std::make_shared<LocalBus>(events_);
  keep(outbox_, "outbox");
  keep(desk_, "events-desk");
  events_.wake = [this] { wake(); };
  services.events = &events_;
}

EventSystem::~EventSystem() = default;

template <class Handle>
void EventSystem::keep(Supervised<Handle>& actor, const char* name) {
  actor.on_crash([this, &actor, name](std::chrono::milliseconds wait) {
    asio::co_spawn(
      services_.io.any(),
      [this, &actor, name, wait]() -> task<void> {
        co_await pause(wait + std::chrono::milliseconds{10});
        if (started_)
          if (auto found = actor.find(); !found)
            spdlog::warn("event=events.not_restarted actor={} why=\"{}\"", name,
                         found.error().detail);
      },
      asio::detached);
  });
}

Result<std::unique_ptr<Publisher>> EventSystem::publisher(Report report) {
  return kafka_ ? kafka_->open(std::move(report)) : bus_->open(std::move(report));
}

RecordDone EventSystem::record_done(std::size_t listener) {
  if (kafka_)
    return [this, listener](const HandleRecord& record) { kafka_->done(listener, record); };
  return [bus = bus_, listener](const HandleRecord& record) { bus->done(listener, record); };
}

void EventSystem::add(Consumer consumer) {
  auto index = events_.listeners.size();
  auto listener = std::make_shared<Listener>();
  listener->consumer = std::move(consumer);
  auto& actor = consumers_.emplace_back(std::make_unique<Supervised<ConsumerActor>>(
    services_.system.registry(), "/system/events/" + listener->consumer.group,
    [this, index, listener](const std::string& at) {
      return start_consumer(services_, listener, record_done(index), at);
    }));
  listener->find = [found = actor.get()] { return found->find(); };
  if (kafka_)
    listener->lag = [this, index] { return kafka_->lag(index); };
  events_.listeners.push_back(std::move(listener));
}

Done EventSystem::start() {
  if (kafka_)
    kafka_->start();
  if (auto found = outbox_.find(); !found)
    return fail(std::move(found.error()));
  if (auto found = desk_.find(); !found)
    return fail(std::move(found.error()));
  started_ = true;
  return {};
}

task<Done> EventSystem::finish(Context context) {
  started_ = false;
  auto told = co_await net::ask([this] { return outbox_.find(); }, context, Finish{});
  for (const auto& listener : events_.listeners)
    if (auto done = co_await net::ask(listener->find, context, Finish{}); !done)
      told = fail(std::move(done.error()));
  if (!told)
    co_return fail(std::move(told.error()));
  co_return Done{};
}

void EventSystem::close() {
  if (kafka_)
    kafka_->close();
  outbox_.close();
  for (auto& consumer : consumers_)
    consumer->close();
  desk_.close();
}

void EventSystem::wake() noexcept {
  if (!started_)
    return;
  if (auto found = outbox_.find())
    caf::anon_send(*found, Look{});
}

}  // namespace jobraker::events
