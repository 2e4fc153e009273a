#include "tools/server/app.hpp"

#include <array>
#include <future>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include "actors/accounts/accounts_actor.hpp"
#include "actors/applications/application_actor.hpp"
#include "actors/applications/applications_actor.hpp"
#include "actors/applications/submissions_actor.hpp"
#include "actors/chat/chat_desk.hpp"
#include "actors/chat/conversation_actor.hpp"
#include "actors/chat/session_actor.hpp"
#include "actors/events/event_system.hpp"
#include "actors/inspection/console_actor.hpp"
#include "actors/inspection/inspector_actor.hpp"
#include "actors/interviews/core/zones.hpp"
#include "actors/interviews/interviews_actor.hpp"
#include "actors/jobs/jobs_actor.hpp"
#include "actors/jobs/source_actor.hpp"
#include "actors/knowledge/knowledge_actor.hpp"
#include "actors/llm/budget_actor.hpp"
#include "actors/llm/cache_actor.hpp"
#include "actors/llm/call_log_actor.hpp"
#include "actors/llm/llm_desk.hpp"
#include "actors/llm/provider_actor.hpp"
#include "actors/matching/batch_actor.hpp"
#include "actors/matching/consumers.hpp"
#include "actors/matching/core/shortlist.hpp"
#include "actors/matching/matching_actor.hpp"
#include "actors/matching/people_actor.hpp"
#include "actors/notifications/notifications_actor.hpp"
#include "actors/operation/actor_names.hpp"
#include "actors/operation/http_reading.hpp"
#include "actors/operation/log_format.hpp"
#include "actors/operation/log_level.hpp"
#include "actors/operation/metrics.hpp"
#include "actors/operation/readiness.hpp"
#include "actors/profile/user_actor.hpp"
#include "actors/system/pause.hpp"
#include "actors/system/services.hpp"
#include "actors/system/supervised.hpp"
#include "actors/system/work_pool.hpp"
#include "actors/tasks/tasks_actor.hpp"
#include "actors/workflows/kits_actor.hpp"
#include "actors/workflows/workflow_actor.hpp"
#include "embedded/web_assets.hpp"
#include "net/api/chat_api.hpp"
#include "net/api/routes.hpp"
#include "net/api/web_api.hpp"
#include "net/ask.hpp"
#include "net/client/http_clients.hpp"
#include "net/client/skyvern.hpp"
#include "net/http/server.hpp"
#include "storage/accounts.hpp"
#include "storage/batches.hpp"
#include "storage/chat_turns.hpp"
#include "storage/databases.hpp"
#include "storage/effects.hpp"
#include "storage/llm_budgets.hpp"
#include "storage/migrate.hpp"
#include "storage/tasks.hpp"
#include "storage/tickets.hpp"
#include "storage/workflows.hpp"

namespace jobraker {
namespace {

storage::Settings storage_settings(const DatabaseConfig& config) {
  storage::Settings settings;
  settings.url = config.url;
  settings.connections = static_cast<std::size_t>(config.connections_per_thread);
  settings.connect_timeout = std::chrono::milliseconds{config.connect_timeout_ms};
  settings.statement_timeout = std::chrono::milliseconds{config.statement_timeout_ms};
  settings.max_waiting = static_cast<std::size_t>(config.waiting_max);
  return settings;
}

net::ServerSettings server_settings(const ServerConfig& config) {
  net::ServerSettings settings;
  settings.connections_max = static_cast<std::size_t>(config.connections_max);
  settings.header_timeout = std::chrono::milliseconds{config.header_timeout_ms};
  settings.body_timeout = std::chrono::milliseconds{config.body_timeout_ms};
  settings.idle_timeout = std::chrono::milliseconds{config.idle_timeout_ms};
  settings.write_timeout = std::chrono::milliseconds{config.write_timeout_ms};
  settings.request_timeout = std::chrono::milliseconds{config.request_timeout_ms};
  settings.cors_origins = config.cors_origins;
  return settings;
}

net::ClientSettings client_settings(const LlmConfig& config) {
  net::ClientSettings settings;
  settings.connections_per_host =
    std::max(settings.connections_per_host, static_cast<std::size_t>(config.in_flight_max));
  return settings;
}

net::WsSettings websocket_settings(const ChatConfig& config) {
  net::WsSettings settings;
  settings.message_max = static_cast<std::size_t>(config.frame_bytes_max);
  settings.frames_per_second = static_cast<double>(config.frames_per_second);
  settings.frames_burst = static_cast<double>(config.frames_burst);
  settings.ping_after = std::chrono::seconds{config.ping_seconds};
  settings.deflate = config.compression;
  return settings;
}

/// A model without a known price is an error at start, not at the first call.
Done check_models(const llm::Gateway& gateway) {
  for (const auto& [name, operation] : gateway.tables.operations)
    if (auto list = llm::resolve(gateway.tables, gateway.defaults, name); !list)
      return fail(std::move(list.error()));
  return {};
}

/// `Bearer <token>` of the Authorization header, checked.
net::Authenticate bearer(std::shared_ptr<const AccessTokens> tokens) {
  return [tokens](const net::Request& request) -> Result<Principal> {
    static thread_local std::unique_ptr<TokenCache> cache;
    static thread_local const AccessTokens* of = nullptr;
    if (of != tokens.get()) {
      cache = std::make_unique<TokenCache>(*tokens);
      of = tokens.get();
    }
    auto header = request.headers.value("authorization");
    constexpr std::string_view scheme = "Bearer ";
    if (header.size() <= scheme.size() ||
        !std::equal(scheme.begin(), scheme.end(), header.begin(),
                    [](char a, char b) { return (a | 0x20) == (b | 0x20); }))
      return fail(Errc::unauthenticated, "an access token is needed: Authorization: Bearer …");
    return cache->check(header.substr(scheme.size()), now());
  };
}

}  // namespace

struct App::Impl {
  explicit Impl(Config c)
      : config(std::move(c)), io(static_cast<std::size_t>(config.server.threads)),
        databases(
          std::make_unique<storage::Databases>(io.contexts(), telling_settings(config.database))),
        log_databases(std::make_unique<storage::Databases>(io.contexts(), log_settings())),
        http(std::make_unique<net::HttpClients>(io.contexts(), client_settings(config.llm))),
        work(std::make_unique<WorkPool>(io.size(), 10000)),
        passwords(std::make_unique<WorkPool>(1, 1000)), ports(io.size()),
        system(io,
               config.actors.scheduler == "io" ? ActorSystem::Scheduler::io
                                               : ActorSystem::Scheduler::caf,
               [this](std::size_t index) {
                 ports[index] = std::make_unique<net::ReplyPort>(system.caf(), io.context(index));
                 net::ReplyPort::bind(ports[index].get());
                 storage::Databases::bind(index);
                 net::HttpClients::bind(index);
               }),
        services{config, system, io, *databases, *http, *work, *passwords},
        tokens(std::make_shared<const AccessTokens>(
          config.auth.jwt_secret, std::chrono::minutes{config.auth.access_token_minutes})) {
    wire();
  }

  /// The databases whose commits put events into the outbox.
  storage::Settings telling_settings(const DatabaseConfig& of) {
    auto settings = storage_settings(of);
    settings.on_told = [this] {
      if (services.events)
        services.events->wake();
    };
    return settings;
  }

  /// The call log never waits behind the others' statements.
  storage::Settings log_settings() {
    auto settings = telling_settings(config.database);
    settings.connections = static_cast<std::size_t>(config.llm.log_connections);
    return settings;
  }

  /// Which actor lives where, and how they find each other.
  void wire() {
    auto& registry = system.registry();
    auto live_max = static_cast<std::size_t>(config.actors.live_users_max);
    users = std::make_shared<Directory<UserId, UserActor>>(
      registry, "/users/", live_max,
      [this](const UserId& id, const std::string& path) { return start_user(services, id, path); });
    batches = std::make_shared<Directory<TaskId, BatchActor>>(
      registry, "/batches/", 10000, [this](const TaskId& id, const std::string& path) {
        return start_batch(services, id, path);
      });
    batches->on_crash(
      [this](const TaskId& id, std::chrono::milliseconds wait) { restart_batch(id, wait); });
    services.tasks = [this] { return tasks.find(); };
    services.gateway = &gateway;
    services.chat = &chat;
    gateway.defaults = {config.llm.model, config.llm.embedding_model};
    gateway.provider = [this](ModelProvider provider) {
      return provider == ModelProvider::openai ? openai.find() : anthropic.find();
    };
    gateway.budgets = [this] { return budgets.find(); };
    gateway.call_log = [this] { return call_log.find(); };
    gateway.cache = [this] { return llm_cache.find(); };
    conversations = std::make_shared<Directory<ConversationId, chat::ConversationInside>>(
      registry, "/conversations/", static_cast<std::size_t>(config.chat.live_conversations_max),
      [this](const ConversationId& id, const std::string& path) {
        return chat::start_conversation(services, id, path);
      });
    chat.conversation = [this](const ConversationId& id) { return conversations->find(id); };
    chat.index_turn = [this](const UserId& user, const ConversationId& conversation,
                             const ChatMessage& question, const ChatMessage& answer) {
      auto found = knowledge.find();
      if (!found)
        return;
      IndexTurn turn;
      turn.conversation = conversation;
      turn.message = answer.id;
      turn.user = user;
      turn.title = question.content.substr(0, 100);
      // Not in the middle of a character.
      while (!turn.title.empty() && (static_cast<unsigned char>(turn.title.back()) & 0x80) != 0)
        turn.title.pop_back();
      turn.text = question.content + "\n\n" + answer.content;
      caf::anon_send(*found, Context::system(std::chrono::minutes{5}), std::move(turn));
    };
    chat.release_conversation = [this](const ConversationId& id) { conversations->release(id); };
    wire_applications();
    wire_workflows();
    keep_at_work();
    dependencies.add("postgresql", true);
    dependencies.add("openai", false);
    dependencies.add("anthropic", false);
    operation::name_actors_in_logs(
      [this](std::uint64_t actor) { return operation::path_of(system.registry(), actor); });
    services.matching = [this] { return matching.find(); };
    people_services.people = [this] { return people.find(); };
    people_services.awake = [this](const UserId& id) { return users->alive(id); };
    services.source = [this](SearchKind kind) {
      return kind == SearchKind::adzuna ? adzuna.find()
             : kind == SearchKind::feed ? feeds.find()
                                        : boards.find();
    };
    services.user = [this](const UserId& id) { return users->find(id); };
    services.batch = [this](const TaskId& id) { return batches->find(id); };
    services.release_user = [this](const UserId& id) { users->release(id); };
    services.release_batch = [this](const TaskId& id) { batches->release(id); };
    services.batch_crashes = [this](const TaskId& id) { return batches->crashes(id); };
  }

  /// Those who send applications.
  void wire_applications() {
    sending = applications::application_services(config);
    live_applications = std::make_shared<Directory<ApplicationId, ApplicationActor>>(
      system.registry(), "/applications/", static_cast<std::size_t>(config.applications.live_max),
      [this](const ApplicationId& id, const std::string& path) {
        return start_application(services, id, path);
      });
    sending.find = [this](const ApplicationId& id) { return live_applications->find(id); };
    sending.release = [this](const ApplicationId& id) { live_applications->release(id); };
    services.applications = &sending;
  }

  /// Those with work of their own, for whom nobody asks: they come back after a crash, a restart
  /// and a stop.
  void keep_at_work() {
    keep(submissions, "submissions");
    keep(people, "people");
    keep(knowledge, "knowledge");
    keep(notifications, "notifications");
    keep(interviews, "interviews");
  }

  template <class Handle>
  void keep(Supervised<Handle>& actor, const char* name) {
    actor.on_crash([this, &actor, name](std::chrono::milliseconds wait) {
      asio::co_spawn(
        io.any(),
        [&actor, name, wait]() mutable -> task<void> {
          for (;;) {
            co_await pause(wait + std::chrono::milliseconds{10});
            auto found = actor.find();
            if (found || !found.error().retry_after)  // back, or the server ends
              break;
            spdlog::warn("event=actor.not_back actor={} why=\"{}\"", name, found.error().detail);
            wait = *found.error().retry_after;
          }
        },
        asio::detached);
    });
  }

  /// A batch goes on although nobody asks for it.
  void restart_batch(const TaskId& id, std::chrono::milliseconds wait) {
    asio::co_spawn(
      io.any(),
      [this, id, wait]() -> task<void> {
        co_await pause(wait + std::chrono::milliseconds{10});
        if (auto found = batches->find(id); !found)
          spdlog::warn("event=batch.restart_failed batch={} why=\"{}\"", to_string(id),
                       found.error().detail);
      },
      asio::detached);
  }

  /// The kits of applications.
  void wire_workflows() {
    live_workflows = std::make_shared<Directory<WorkflowId, WorkflowActor>>(
      system.registry(), "/workflows/", static_cast<std::size_t>(config.applications.live_max),
      [this](const WorkflowId& id, const std::string& path) {
        return workflows::start_workflow_actor(services, kit_services, id, path);
      });
    live_workflows->on_crash(
      [this](const WorkflowId& id, std::chrono::milliseconds wait) { wake_workflow(id, wait); });
    kit_services.wake = [this](const WorkflowId& id) { wake_workflow(id, {}); };
    kit_services.release = [this](const WorkflowId& id) { live_workflows->release(id); };
  }

  /// A kit goes on although nobody asks for it; when there is no room for it, later.
  void wake_workflow(const WorkflowId& id, std::chrono::milliseconds wait) {
    asio::co_spawn(
      io.any(),
      [this, id, wait]() -> task<void> {
        if (wait.count() > 0)
          co_await pause(wait + std::chrono::milliseconds{10});
        for (;;) {
          auto found = live_workflows->find(id);
          if (found || !found.error().retry_after)
            break;
          spdlog::warn("event=workflow.wake_failed workflow={} why=\"{}\"", to_string(id),
                       found.error().detail);
          co_await pause(*found.error().retry_after + std::chrono::milliseconds{10});
        }
      },
      asio::detached);
  }

  /// What was under way when the process ended: batches go on, what cannot is marked failed.
  task<Done> take_up() {
    auto open = co_await storage::unfinished_batches(databases->here());
    if (!open)
      co_return fail(std::move(open.error()));
    for (const auto& id : *open)
      if (auto found = batches->find(id); !found)
        spdlog::warn("event=batch.resume_failed batch={} why=\"{}\"", to_string(id),
                     found.error().detail);
    if (!open->empty())
      spdlog::info("event=batches.resumed count={}", open->size());
    auto kits_left = co_await storage::unfinished_workflows(databases->here());
    if (!kits_left)
      co_return fail(std::move(kits_left.error()));
    for (const auto& id : *kits_left)
      wake_workflow(id, {});
    if (!kits_left->empty())
      spdlog::info("event=workflows.resumed count={}", kits_left->size());
    auto turns = co_await storage::conversations_with_unfinished_turns(databases->here());
    if (!turns)
      co_return fail(std::move(turns.error()));
    for (const auto& id : *turns)
      if (auto found = conversations->find(id); !found)
        spdlog::warn("event=conversation.resume_failed id={} why=\"{}\"", to_string(id),
                     found.error().detail);
    auto lost =
      error_json(Error{Errc::unavailable,
                       "the server was restarted before this was done; please send it again",
                       {},
                       {}});
    for (const char* kind : {"parse_resume", "refresh_jobs"}) {
      auto tasks_left = co_await storage::unfinished_tasks(databases->here(), kind);
      if (!tasks_left)
        co_return fail(std::move(tasks_left.error()));
      for (const auto& record : *tasks_left)
        if (auto done = co_await storage::fail_task(databases->here(), record.id, lost); !done)
          co_return fail(std::move(done.error()));
    }
    if (auto forgotten = co_await storage::delete_expired_tokens(databases->here(), now());
        forgotten && *forgotten > 0)
      spdlog::info("event=tokens.forgotten count={}", *forgotten);
    if (auto forgotten = co_await storage::delete_expired_tickets(databases->here(), now());
        !forgotten)
      spdlog::warn("event=tickets.not_forgotten why=\"{}\"", forgotten.error().detail);
    // Nobody repeats a model call after a week; the log of calls is kept apart.
    if (auto old = co_await storage::forget_effects(databases->here(), storage::llm_call,
                                                    now() - std::chrono::hours{24 * 7}, 100'000);
        !old)
      spdlog::warn("event=effects.not_forgotten why=\"{}\"", old.error().detail);
    // Its first look round finds the applications that were under way.
    if (auto skyvern = submissions.find(); !skyvern)
      co_return fail(std::move(skyvern.error()));
    auto warm = services.matching();
    if (auto known = people.find(); !known)
      co_return fail(std::move(known.error()));
    if (auto indexing = knowledge.find(); !indexing)
      co_return fail(std::move(indexing.error()));
    co_return warm ? Done{} : fail(std::move(warm.error()));
  }

  /// Runs a coroutine on the first I/O thread and waits for it.
  template <class T>
  T run(std::function<task<T>()> job) {
    std::promise<T> promise;
    auto result = promise.get_future();
    asio::co_spawn(
      io.context(0), [&]() -> task<void> { promise.set_value(co_await job()); }, asio::detached);
    return result.get();
  }

  void stop() {
    if (stopped)
      return;
    stopped = true;
    spdlog::info("event=server.draining");
    const auto deadline =
      Context::Clock::now() + std::chrono::milliseconds{config.server.drain_timeout_ms};
    run<bool>([&]() -> task<bool> {
      co_await readiness.leave(deadline);
      co_return true;
    });
    if (auto found = tasks.find())
      caf::anon_send(*found, StopWaiting{});
    if (server) {
      bool clean = run<bool>([&] { return server->drain(deadline); });
      spdlog::info("event=server.drained clean={}", clean);
    }
    run<bool>([this]() -> task<bool> {
      auto done = co_await events.finish(Context::system(std::chrono::seconds{3}));
      co_return done.has_value();
    });
    events.close();
    if (!run<bool>(
          [this] { return applications::finish_sending(sending, std::chrono::seconds{5}); }))
      spdlog::warn("event=server.applications_interrupted");
    users->close();
    batches->close();
    live.close();
    conversations->close();
    // What was spent and what was called must be in the rows; bounded, since PostgreSQL may be
    // away.
    run<bool>([this]() -> task<bool> {
      auto context = Context::system(std::chrono::seconds{5});
      auto settled = co_await net::ask(gateway.budgets, context, llm::Flush{});
      auto logged = co_await net::ask(gateway.call_log, context, llm::Flush{});
      co_return settled.has_value() && logged.has_value();
    });
    for (auto* close : {&adzuna, &feeds, &boards})
      close->close();
    inspector.close();
    jobs.close();
    accounts.close();
    matching.close();
    people.close();
    openai.close();
    anthropic.close();
    budgets.close();
    call_log.close();
    llm_cache.close();
    llm_desk.close();
    chat_desk.close();
    applications.close();
    submissions.close();
    live_applications->close();
    kits.close();
    live_workflows->close();
    interviews.close();
    notifications.close();
    knowledge.close();
    tasks.close();
    // Each thread lets go of what belongs to it: waiting coroutines, connections.
    for (std::size_t i = 0; i < io.size(); ++i) {
      std::promise<void> done;
      auto closed = done.get_future();
      asio::post(io.context(i), [this, i, &done] {
        ports[i]->close();
        databases->at(i).close();
        log_databases->at(i).close();
        http->close_here();
        done.set_value();
      });
      closed.wait();
    }
    operation::name_actors_in_logs({});
    server.reset();
    system.shutdown();
    inspection.reset();
    work.reset();
    passwords.reset();
    // No thread runs any more. First what owns sockets, then the contexts with the coroutines that
    // never came to their end, while everything these refer to is still here.
    ports.clear();
    http.reset();
    databases.reset();
    log_databases.reset();
    io.destroy();
  }

  /// What operators see of the actors.
  net::ConsoleSettings console_settings(const Actors& actors) {
    inspection->http = [this] {
      const auto counters = server ? server->counters() : net::ServerCounters{};
      return inspection::HttpFigures{counters.requests, counters.requests_running,
                                     counters.answered[5]};
    };
    net::ConsoleSettings console;
    console.inspector = [this] { return inspector.find(); };
    console.open = inspection::console_opener(services, *inspection);
    console.redeem = net::redeem_ticket(actors.chat);
    console.origins = config.chat.allowed_origins;
    console.websocket = websocket_settings(config.chat);
    return console;
  }

  Config config;
  IoThreads io;
  std::unique_ptr<storage::Databases> databases;
  std::unique_ptr<storage::Databases> log_databases;  ///< the call log's own
  std::unique_ptr<net::HttpClients> http;
  std::unique_ptr<WorkPool> work;
  std::unique_ptr<WorkPool> passwords;
  std::vector<std::unique_ptr<net::ReplyPort>> ports;
  ActorSystem system;
  Services services;
  std::shared_ptr<const AccessTokens> tokens;
  llm::Gateway gateway{.log_databases = *log_databases};
  chat::LiveSessions live{static_cast<std::size_t>(config.chat.sessions_per_user_max),
                          static_cast<std::size_t>(config.chat.sessions_max)};
  chat::ChatServices chat{.live = live};

  std::shared_ptr<Directory<UserId, UserActor>> users;
  std::shared_ptr<Directory<TaskId, BatchActor>> batches;
  std::shared_ptr<Directory<ConversationId, chat::ConversationInside>> conversations;
  template <class Handle>
  Supervised<Handle> supervised(std::string path, Handle (*start)(Services&, const std::string&)) {
    return {system.registry(), std::move(path),
            [this, start](const std::string& at) { return start(services, at); }};
  }
  std::unique_ptr<inspection::Inspection> inspection =
    std::make_unique<inspection::Inspection>(system.registry());
  Supervised<InspectorActor> inspector{
    system.registry(), "/system/inspector",
    [this](const std::string& at) { return start_inspector(services, *inspection, at); }};
  Supervised<AccountsActor> accounts{
    system.registry(), "/system/accounts",
    [this](const std::string& at) { return start_accounts(services, tokens, at); }};
  Supervised<TasksActor> tasks = supervised<TasksActor>("/system/tasks", start_tasks);
  Supervised<JobsActor> jobs = supervised<JobsActor>("/system/jobs", start_jobs);
  Supervised<MatchingActor> matching =
    supervised<MatchingActor>("/system/matching", start_matching);
  PeopleServices people_services{};
  Supervised<PeopleActor> people = supervised<PeopleActor>("/system/people", start_people);
  Supervised<llm::ProviderActor> openai =
    supervised<llm::ProviderActor>("/integrations/openai", llm::start_provider);
  Supervised<llm::ProviderActor> anthropic =
    supervised<llm::ProviderActor>("/integrations/anthropic", llm::start_provider);
  Supervised<llm::BudgetActor> budgets =
    supervised<llm::BudgetActor>("/system/budgets", llm::start_budgets);
  Supervised<llm::CallLogActor> call_log =
    supervised<llm::CallLogActor>("/system/llm-log", llm::start_call_log);
  Supervised<llm::CacheActor> llm_cache =
    supervised<llm::CacheActor>("/system/llm-cache", llm::start_cache);
  Supervised<LlmDeskActor> llm_desk = supervised<LlmDeskActor>("/system/llm", llm::start_llm_desk);
  Supervised<KnowledgeActor> knowledge =
    supervised<KnowledgeActor>("/system/knowledge", start_knowledge);
  Supervised<ApplicationsActor> applications{
    system.registry(), "/system/applications", [this](const std::string& at) {
      return start_applications(services, at, [this] { return knowledge.find(); });
    }};
  Supervised<InterviewsActor> interviews =
    supervised<InterviewsActor>("/system/interviews", start_interviews);
  Supervised<NotificationsActor> notifications =
    supervised<NotificationsActor>("/system/notifications", start_notifications);
  applications::ApplicationServices sending{};
  std::shared_ptr<Directory<ApplicationId, ApplicationActor>> live_applications;
  workflows::WorkflowServices kit_services{};
  std::shared_ptr<Directory<WorkflowId, WorkflowActor>> live_workflows;
  Supervised<KitsActor> kits{system.registry(), "/system/kits", [this](const std::string& at) {
                               return workflows::start_kits(services, kit_services, at);
                             }};
  Supervised<SubmissionsActor> submissions =
    supervised<SubmissionsActor>("/integrations/skyvern", start_submissions);
  Supervised<ChatDeskActor> chat_desk =
    supervised<ChatDeskActor>("/system/chat", chat::start_chat_desk);
  Supervised<SourceActor> adzuna = supervised<SourceActor>("/integrations/adzuna", start_adzuna);
  Supervised<SourceActor> feeds = supervised<SourceActor>("/integrations/feeds", start_feeds);
  Supervised<SourceActor> boards = supervised<SourceActor>("/integrations/boards", start_boards);
  events::EventSystem events{services};
  operation::Dependencies dependencies;
  operation::Metrics metrics{services, dependencies, JOBRAKER_VERSION};
  operation::Readiness readiness{services, dependencies};
  std::unique_ptr<net::Server> server;
  bool stopped = false;
};

App::App(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

App::~App() {
  if (impl_)
    impl_->stop();
}

void App::stop() { impl_->stop(); }

Result<std::unique_ptr<App>> App::start(const Config& config) {
  auto migrated = storage::migrate(storage_settings(config.database));
  if (!migrated)
    return fail(std::move(migrated.error()));
  if (*migrated > 0)
    spdlog::info("event=database.migrated files={}", *migrated);
  spdlog::info("event=blas kernel={}", matching::prepare_blas());
  if (auto zones = interviews::prepare_zones(); !zones)
    return fail(std::move(zones.error()));
  std::unique_ptr<App> app{new App{std::make_unique<Impl>(config)}};
  if (auto problem = read_embedded_llm_tables(app->impl_->gateway.tables))
    return fail(Errc::internal, problem.text);
  auto tools = chat::ToolTable::parse(tools_text());
  if (!tools)
    return fail(std::move(tools.error()));
  app->impl_->chat.tools = std::move(*tools);
  if (auto known = check_models(app->impl_->gateway); !known)
    return fail(std::move(known.error()));
  auto taken = app->impl_->run<Done>([&] { return app->impl_->take_up(); });
  if (!taken)
    return fail(std::move(taken.error()));
  for (auto& consumer : matching_consumers(app->impl_->services, app->impl_->people_services))
    app->impl_->events.add(std::move(consumer));
  if (auto telling = app->impl_->events.start(); !telling)
    return fail(std::move(telling.error()));
  return app;
}

Result<std::uint16_t> App::listen() {
  auto& impl = *impl_;
  Actors actors;
  actors.accounts = [&impl] { return impl.accounts.find(); };
  actors.tasks = [&impl] { return impl.tasks.find(); };
  actors.jobs = [&impl] { return impl.jobs.find(); };
  actors.user = [&impl](const UserId& id) { return impl.users->find(id); };
  actors.chat = [&impl] { return impl.chat_desk.find(); };
  actors.llm = [&impl] { return impl.llm_desk.find(); };
  actors.conversation = [&impl](const ConversationId& id) -> Result<ConversationActor> {
    auto found = impl.conversations->find(id);
    if (!found)
      return fail(std::move(found.error()));
    return ConversationActor{*found};
  };
  net::Capabilities capabilities;
  capabilities.knowledge = [&impl] { return impl.knowledge.find(); };
  capabilities.applications = [&impl] { return impl.applications.find(); };
  capabilities.application = impl.sending.find;
  capabilities.submissions = [&impl] { return impl.submissions.find(); };
  capabilities.skyvern_keys = impl.sending.skyvern->signature_keys;
  capabilities.interviews = [&impl] { return impl.interviews.find(); };
  capabilities.kits = [&impl] { return impl.kits.find(); };
  capabilities.notifications = [&impl] { return impl.notifications.find(); };
  capabilities.events = [&impl] { return impl.events.desk(); };
  capabilities.console = impl.console_settings(actors);
  net::ApiSettings api;
  api.open_session = chat::session_opener(impl.services);
  api.websocket = websocket_settings(impl.config.chat);
  api.websocket_origins = impl.config.chat.allowed_origins;
  api.document_bytes_max = static_cast<std::uint64_t>(impl.config.documents.bytes_max);
  api.match_threshold = impl.config.matching.threshold;
  net::Operation operation;
  operation.readiness = [&impl](auto until) { return impl.readiness.look(until); };
  operation.metrics = [&impl](auto until) { return impl.metrics.scrape(until); };
  impl.metrics.add([server = &impl.server](operation::Families& families) {
    if (const auto* running = server->get())
      operation::add_families(families, operation::read_http(*running));
  });
  operation.log_level = operation::log_level;
  operation.set_log_level = operation::set_log_level;
  auto router = net::routes(actors, capabilities, api, std::move(operation));
  net::add_web_routes(router, web_assets());
  impl.server =
    std::make_unique<net::Server>(impl.io.contexts(), std::move(router),
                                  server_settings(impl.config.server), bearer(impl.tokens));
  return impl.server->listen(impl.config.server.host,
                             static_cast<std::uint16_t>(impl.config.server.port));
}

Result<std::string> create_admin(const Config& config, const std::string& email,
                                 const std::string& password) {
  auto address = normalise_email(email);
  if (!address)
    return fail(std::move(address.error()));
  if (password.size() < 10)
    return fail(Errc::invalid, "the password must have at least 10 characters");
  if (auto migrated = storage::migrate(storage_settings(config.database)); !migrated)
    return fail(std::move(migrated.error()));
  PasswordCost cost{static_cast<std::size_t>(config.auth.argon2_memory_kib) * 1024,
                    static_cast<unsigned long long>(config.auth.argon2_passes)};
  auto hash = hash_password(password, cost);
  if (!hash)
    return fail(std::move(hash.error()));
  IoContext io{1};
  auto settings = storage_settings(config.database);
  settings.connections = 1;
  auto database = std::make_unique<storage::Database>(io, settings);
  Result<std::string> outcome = fail(Errc::internal, "not done");
  asio::co_spawn(
    io,
    [&]() -> task<void> {
      auto created = co_await storage::create_account(*database, *address, *hash, Role::admin);
      if (created)
        outcome = to_string(created->id);
      else
        outcome = fail(std::move(created.error()));
      database->close();
    },
    asio::detached);
  io.run();
  return outcome;
}

}  // namespace jobraker
