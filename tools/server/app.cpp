#include "tools/server/app.hpp"

#include <spdlog/spdlog.h>

#include "actors/chat/session_actor.hpp"
#include "actors/events/event_system.hpp"
#include "actors/interviews/core/zones.hpp"
#include "actors/matching/core/shortlist.hpp"
#include "actors/operation/actor_names.hpp"
#include "actors/operation/log_format.hpp"
#include "embedded/web_assets.hpp"
#include "net/api/routes.hpp"
#include "net/api/web_api.hpp"
#include "net/http/server.hpp"
#include "storage/databases.hpp"
#include "storage/migrate.hpp"
#include "tools/server/accounts.hpp"
#include "tools/server/applying.hpp"
#include "tools/server/conversations.hpp"
#include "tools/server/jobs.hpp"
#include "tools/server/machine.hpp"
#include "tools/server/matching.hpp"
#include "tools/server/models.hpp"
#include "tools/server/operations.hpp"
#include "tools/server/schedules.hpp"
#include "tools/server/settings.hpp"

namespace jobraker {

/// The parts, each of which knows its own actors; what one needs of another is handed to it here.
struct App::Impl {
  explicit Impl(const Config& config) : machine(config) {
    matching.tell_awake([this](const UserId& id) { return accounts.awake(id); });
  }

  Done prepare() {
    if (auto known = models.prepare(); !known)
      return known;
    if (auto read = schedules.prepare({[this] { return jobs.find(); }}); !read)
      return read;
    return conversations.prepare();
  }

  /// What was under way when the process ended goes on; what cannot is marked failed.
  task<Done> take_up() {
    if (auto done = co_await matching.take_up(); !done)
      co_return done;
    if (auto done = co_await applying.take_up(); !done)
      co_return done;
    if (auto done = co_await conversations.take_up(); !done)
      co_return done;
    co_return co_await jobs.take_up();
  }

  net::Router router();
  void stop();

  server::Machine machine;
  server::Models models{machine};
  server::Conversations conversations{machine};
  server::Accounts accounts{machine};
  server::Jobs jobs{machine};
  server::Matching matching{machine};
  server::Applying applying{machine, [this] { return conversations.knowledge(); }};
  events::EventSystem events{machine.services};
  server::Schedules schedules{machine};
  server::Operations operations{machine};
  std::unique_ptr<net::Server> http;
  bool stopped = false;
};

net::Router App::Impl::router() {
  Actors actors;
  net::Capabilities capabilities;
  net::Operation operation;
  models.offer(actors);
  conversations.offer(actors, capabilities);
  accounts.offer(actors, capabilities);
  jobs.offer(actors);
  applying.offer(capabilities);
  capabilities.events = [this] { return events.desk(); };
  schedules.offer(capabilities);
  operations.offer(actors, capabilities, operation, [this] { return http.get(); });
  const auto& config = machine.config;
  net::ApiSettings api;
  api.open_session = chat::session_opener(machine.services);
  api.websocket = server::websocket_settings(config.chat);
  api.websocket_origins = config.chat.allowed_origins;
  api.document_bytes_max = static_cast<std::uint64_t>(config.documents.bytes_max);
  api.match_threshold = config.matching.threshold;
  auto router = net::routes(actors, capabilities, api, std::move(operation));
  net::add_web_routes(router, web_assets());
  return router;
}

/// In this order: nothing new comes in, what runs is done, what happened is committed, everybody
/// ends, the threads let go.
void App::Impl::stop() {
  if (stopped)
    return;
  stopped = true;
  spdlog::info("event=server.draining");
  const auto deadline =
    Context::Clock::now() + std::chrono::milliseconds{machine.config.server.drain_timeout_ms};
  machine.run<bool>([&] { return operations.leave(deadline); });
  jobs.stop_waiting();
  if (http) {
    bool clean = machine.run<bool>([&] { return http->drain(deadline); });
    spdlog::info("event=server.drained clean={}", clean);
  }
  if (!machine.run<bool>([this] { return schedules.finish(); }))
    spdlog::warn("event=server.schedules_interrupted");
  machine.run<Done>([this] { return events.finish(Context::system(std::chrono::seconds{3})); });
  events.close();
  if (!machine.run<bool>([this] { return applying.finish(); }))
    spdlog::warn("event=server.applications_interrupted");
  accounts.close_live();
  matching.close_live();
  conversations.close_live();
  machine.run<bool>([this] { return models.flush(); });
  operations.close();
  schedules.close();
  jobs.close();
  accounts.close();
  matching.close();
  models.close();
  applying.close();
  conversations.close();
  machine.let_go();
  operation::name_actors_in_logs({});
  http.reset();
  machine.system.shutdown();
  operations.shut();
  machine.shut();
}

App::App(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

App::~App() {
  if (impl_)
    impl_->stop();
}

void App::stop() { impl_->stop(); }

ActorSystem& App::actors() noexcept { return impl_->machine.system; }

Result<std::unique_ptr<App>> App::start(const Config& config) {
  auto migrated = storage::migrate(server::storage_settings(config.database));
  if (!migrated)
    return fail(std::move(migrated.error()));
  if (*migrated > 0)
    spdlog::info("event=database.migrated files={}", *migrated);
  spdlog::info("event=blas kernel={}", matching::prepare_blas());
  if (auto zones = interviews::prepare_zones(); !zones)
    return fail(std::move(zones.error()));
  std::unique_ptr<App> app{new App{std::make_unique<Impl>(config)}};
  auto& impl = *app->impl_;
  if (auto ready = impl.prepare(); !ready)
    return fail(std::move(ready.error()));
  auto taken = impl.machine.run<Done>([&] { return impl.take_up(); });
  if (!taken)
    return fail(std::move(taken.error()));
  for (auto& consumer : impl.matching.consumers())
    impl.events.add(std::move(consumer));
  if (auto telling = impl.events.start(); !telling)
    return fail(std::move(telling.error()));
  if (auto begun = impl.schedules.start(); !begun)
    return fail(std::move(begun.error()));
  return app;
}

Result<std::uint16_t> App::listen() {
  auto& impl = *impl_;
  const auto& config = impl.machine.config.server;
  impl.http = std::make_unique<net::Server>(impl.machine.io.contexts(), impl.router(),
                                            server::http_settings(config), impl.accounts.bearer());
  return impl.http->listen(config.host, static_cast<std::uint16_t>(config.port));
}

}  // namespace jobraker
