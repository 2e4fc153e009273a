#include <atomic>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <random>
#include <string_view>
#include <thread>

#include <caf/send.hpp>
#include <sodium.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include "actors/system/actor_system.hpp"
#include "actors/system/observed.hpp"
#include "actors/system/pause.hpp"
#include "actors/system/summary.hpp"
#include "tools/server/app.hpp"

// The whole server with a crowd of actors beside its own, so that what is meant for a hundred
// thousand is tried on so many: crowded_server HOW_MANY; settings come from the environment.
namespace jobraker {
namespace {

/// Goes from one to another of the crowd, `hops` times.
struct Step {
  static constexpr auto type_name = "Step";
  int hops = 0;
  static constexpr auto fields() { return std::tuple{field("hops", &Step::hops)}; }
};
using Member = caf::typed_actor<caf::reacts_to<Context, Step>>;

struct Crowd;

struct MemberState {
  static inline const char* name = "member";
  std::size_t steps = 0;
  std::size_t held = 0;
  std::size_t bytes() const noexcept { return held; }
  std::string summary() const { return Summary{}.with("steps", steps).text(); }
};
using Self = Shell<MemberState, Member>;

struct Crowd {
  IoThreads& io;
  std::vector<Member> walkers{};

  void pass_on(const Context& context, int hops, std::size_t dice) const {
    if (hops > 0)
      caf::anon_send(walkers[dice % walkers.size()], context, Step{hops - 1});
  }
};

/// Passes on what it gets.
Member::behavior_type walker(Self* self, const Crowd* crowd) {
  return {[self, crowd](const Context& c, const Step& m) {
    ++self->state.steps;
    crowd->pass_on(c, m.hops, self->id() * 7919 + self->state.steps * 104729);
  }};
}

/// Waits for something before it does.
Member::behavior_type waiter(Self* self, const Crowd* crowd) {
  return {[self, crowd](const Context& c, const Step& m) {
    self->await<bool>(
      crowd->io,
      []() -> task<Result<bool>> {
        OpenSpan call{SpanKind::call, "GET crowd.example"};
        co_await pause(std::chrono::milliseconds{500});
        call.finish(false);
        co_return true;
      },
      [self, crowd, c, m](Result<bool>) {
        crowd->pass_on(c, m.hops, self->id() + ++self->state.steps);
      });
  }};
}

/// Holds more with each message.
Member::behavior_type hoarder(Self* self, const Crowd*) {
  self->state.held = 1000 * (self->id() % 1000);
  return {[self](const Context&, const Step&) { self->state.held += 1000; }};
}

/// Most of all actors have nothing to do.
Member::behavior_type sleeper(Self* self, const Crowd*) {
  return {[self](const Context&, const Step&) { ++self->state.steps; }};
}

std::vector<Member> gather(ActorSystem& system, const Crowd& crowd, std::size_t count,
                           std::string_view kind,
                           Member::behavior_type (*what)(Self*, const Crowd*)) {
  std::vector<Member> out;
  out.reserve(count);
  for (std::size_t i = 0; i < count; ++i)
    out.push_back(system.spawn("/crowd/" + std::string{kind} + "s/" + std::to_string(100'000 + i),
                               kind, what, &crowd));
  return out;
}

/// About `per_second` requests through the crowd, of four messages each.
void keep_busy(const Crowd& crowd, const std::vector<Member>& others, const std::atomic<bool>& over,
               int per_second) {
  std::mt19937_64 random{1};
  const auto one_of = [&](const std::vector<Member>& all) { return all[random() % all.size()]; };
  constexpr auto beat = std::chrono::milliseconds{20};
  while (!over) {
    for (int i = 0; i < per_second / 50; ++i)
      caf::anon_send(one_of(i % 4 == 0 ? others : crowd.walkers),
                     Context::system(std::chrono::seconds{30}), Step{3});
    std::this_thread::sleep_for(beat);
  }
}

int complain(const std::string& what) {
  std::fprintf(stderr, "crowded-server: %s\n", what.c_str());
  return 2;
}

int serve(const Config& config, std::size_t count) {
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);
  auto app = App::start(config);
  if (!app)
    return complain(app.error().detail);
  auto& system = (*app)->actors();
  Crowd crowd{system.io()};
  crowd.walkers = gather(system, crowd, count * 3 / 10, "walker", walker);
  auto others = gather(system, crowd, count / 10, "hoarder", hoarder);
  for (auto& member : gather(system, crowd, count / 100, "waiter", waiter))
    others.push_back(std::move(member));
  // Nobody speaks to them.
  auto sleepers =
    gather(system, crowd, count - crowd.walkers.size() - others.size(), "sleeper", sleeper);
  std::atomic<bool> over{false};
  std::thread busy{[&] { keep_busy(crowd, others, over, 500); }};
  int result = 0;
  if (auto port = (*app)->listen()) {
    std::printf("listening http://%s:%u\n", config.server.host.c_str(), *port);
    std::fflush(stdout);
    int signal = 0;
    sigwait(&ends, &signal);
  } else {
    result = complain(port.error().detail);
  }
  over = true;
  busy.join();
  for (const auto* part : {&crowd.walkers, &others, &sleepers})
    for (const auto& member : *part)
      caf::anon_send_exit(member, caf::exit_reason::user_shutdown);
  sleepers.clear();
  others.clear();
  // Each refers to the crowd until it has ended.
  while (system.registry().list("/crowd/").size() > 0)
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
  crowd.walkers.clear();
  (*app)->stop();
  return result;
}

}  // namespace
}  // namespace jobraker

int main(int argc, char** argv) {
  using namespace jobraker;
  const std::string_view text = argc == 2 ? argv[1] : "";
  std::size_t count = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), count).ec != std::errc{} ||
      count < 1000)
    return complain("how many actors? At least 1000");
  if (sodium_init() < 0)
    return complain("libsodium cannot be initialised");
  Config config;
  if (auto problem = read_environment(process_environment(), config))
    return complain(problem.text);
  if (auto problem = check(config))
    return complain(problem.text);
  spdlog::set_default_logger(spdlog::stderr_color_mt("jobraker"));
  std::signal(SIGPIPE, SIG_IGN);
  return serve(config, count);
}
