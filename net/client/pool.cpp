#include <algorithm>

#include <boost/asio/buffer.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/write.hpp>

#include "net/client/client_core.hpp"

namespace jobraker::net {

Step::Step(std::shared_ptr<Call> call, std::chrono::milliseconds limit,
           std::function<void()> interrupt)
    : call_(std::move(call)) {
  call_->interrupt = std::move(interrupt);
  call_->timer.expires_at(std::min(call_->deadline, ClientClock::now() + limit));
  call_->timer.async_wait([weak = std::weak_ptr<Call>{call_}](const IoError& aborted) {
    const auto at = weak.lock();
    // An expiry that was already on its way when the step ended finds a later time set.
    if (aborted || !at || !at->interrupt || at->timer.expiry() > ClientClock::now())
      return;
    at->timed_out = true;
    at->interrupt();
  });
}

Step::~Step() {
  call_->interrupt = {};
  call_->timer.cancel();
}

void Host::wake() {
  if (waiting.empty())
    return;
  auto* next = waiting.front();
  waiting.pop_front();
  next->granted = true;
  next->gate->cancel();
}

bool Link::fresh() {
  char byte = 0;
  IoError error;
  socket.receive(asio::buffer(&byte, 1), asio::socket_base::message_peek, error);
  return error == asio::error::would_block;
}

void Link::close() {
  IoError ignored;
  socket.close(ignored);
}

task<std::size_t> Link::read_behind(std::size_t have, IoError& error) {
  const auto room = asio::buffer(buffer) + have;
  if (tls)
    co_return co_await tls->async_read_some(room, asio::redirect_error(use_task, error));
  co_return co_await socket.async_read_some(room, asio::redirect_error(use_task, error));
}

task<std::size_t> Link::write(std::string_view bytes, IoError& error) {
  if (tls)
    co_return co_await asio::async_write(*tls, asio::buffer(bytes),
                                         asio::redirect_error(use_task, error));
  co_return co_await asio::async_write(socket, asio::buffer(bytes),
                                       asio::redirect_error(use_task, error));
}

Error stopped_error(const Call& call, const std::string& host) {
  if (call.cancelled)
    return Error{Errc::cancelled, "the call to " + host + " was stopped", {}, {}};
  return Error{Errc::upstream_timed_out, host + " did not answer in time", {}, {}};
}

task<Done> HttpClient::Core::wait_turn(std::shared_ptr<Call> call, Host& host,
                                       const std::string& name) {
  if (host.waiting.size() >= settings.waiting_max)
    co_return fail(Errc::unavailable, "too many calls wait for a connection to " + name);
  ClientTimer gate{io.get_executor(), ClientClock::time_point::max()};
  Host::Waiter waiter{&gate};
  struct Queued {  // leaves the queue whatever happens, and hands a turn nobody used on
    Host& host;
    Host::Waiter& waiter;
    bool used = false;
    ~Queued() {
      std::erase(host.waiting, &waiter);
      if (waiter.granted && !used)
        host.wake();
    }
  } queued{host, waiter};
  host.waiting.push_back(&waiter);
  Step step{call, settings.read_timeout, [&gate] { gate.cancel(); }};
  while (!waiter.granted && !call->stopped()) {
    IoError ignored;
    co_await gate.async_wait(asio::redirect_error(use_task, ignored));
  }
  if (call->stopped())
    co_return fail(stopped_error(*call, name));
  queued.used = true;
  co_return Done{};
}

task<Result<std::unique_ptr<Link>>> HttpClient::Core::acquire(std::shared_ptr<Call> call,
                                                              const Url& url,
                                                              const AddressGuard& guard, bool fresh,
                                                              bool& reused) {
  auto& entry = hosts[url.origin()];
  if (!entry)
    entry = std::make_shared<Host>();
  const auto host = entry;
  bool granted = false;
  while (true) {
    const auto oldest = ClientClock::now() - settings.idle_timeout;
    while (!fresh && !host->idle.empty()) {
      auto link = std::move(host->idle.back());
      host->idle.pop_back();
      if (link->idle_since < oldest || !link->fresh())
        continue;
      if (guard && !guard(link->peer))
        continue;  // it was made for somebody who was allowed more: look the name up anew
      reused = true;
      co_return std::move(link);
    }
    if (host->open >= settings.connections_per_host && fresh && !host->idle.empty())
      host->idle.erase(host->idle.begin());  // a kept one makes room
    if (host->open < settings.connections_per_host && (granted || host->waiting.empty()))
      break;
    if (auto turn = co_await wait_turn(call, *host, url.host); !turn)
      co_return fail(std::move(turn.error()));
    granted = true;
  }
  auto link = std::make_unique<Link>(io, std::make_unique<Slot>(host));
  reused = false;
  if (auto connected = co_await connect(call, url, guard, *link); !connected)
    co_return fail(std::move(connected.error()));
  co_return std::move(link);
}

void HttpClient::Core::keep(const Url& url, std::unique_ptr<Link> link) {
  const auto host = hosts.find(url.origin());
  if (closed || host == hosts.end())
    return;
  link->idle_since = ClientClock::now();
  host->second->idle.push_back(std::move(link));
  host->second->wake();
  evict_later();
}

void HttpClient::Core::evict_later() {
  if (evicting)
    return;
  evicting = true;
  evictor.expires_after(settings.idle_timeout);
  evictor.async_wait([weak = weak_from_this()](const IoError& aborted) {
    const auto core = weak.lock();
    if (aborted || !core)
      return;
    core->evicting = false;
    const auto oldest = ClientClock::now() - core->settings.idle_timeout;
    for (auto& [name, host] : core->hosts)
      std::erase_if(host->idle, [&](const auto& link) { return link->idle_since <= oldest; });
    // A host with a connection open somewhere is held by that connection's slot.
    std::erase_if(core->hosts, [](const auto& entry) {
      return entry.second->open == 0 && entry.second->waiting.empty() &&
             entry.second.use_count() == 1;
    });
    if (!core->hosts.empty())
      core->evict_later();
  });
}

}  // namespace jobraker::net
