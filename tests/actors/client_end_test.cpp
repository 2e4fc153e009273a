#include <future>
#include <memory>
#include <utility>

#include <caf/send.hpp>
#include <gtest/gtest.h>

#include "actors/system/actor_system.hpp"
#include "actors/system/client_end.hpp"
#include "actors/system/observed.hpp"

namespace jobraker {
namespace {

struct End {
  static constexpr auto type_name = "End";
  bool crash = false;
  static constexpr auto fields() { return std::tuple{field("crash", &End::crash)}; }
};
using Talker = caf::typed_actor<caf::reacts_to<End>>;

struct TalkerState {
  static inline const char* name = "talker";
};

/// A connection, of which only the first ending counts.
class Link final : public ClientLink {
public:
  void send(std::shared_ptr<const std::string>, std::string_view, std::string_view) override {}
  std::size_t queued() const noexcept override { return 0; }
  void close(std::uint16_t code, std::string_view) override {
    if (!std::exchange(closed_, true))
      code_.set_value(code);
  }
  std::uint16_t code() { return code_.get_future().get(); }

private:
  std::promise<std::uint16_t> code_;
  bool closed_ = false;
};

Talker::behavior_type talker(Shell<TalkerState, Talker>* self, std::shared_ptr<ClientLink> link) {
  close_at_the_end(self, std::move(link));
  return {[self](const End& end) {
    if (end.crash)
      throw std::runtime_error("as asked");
    self->quit();
  }};
}

struct World {
  std::uint16_t code_after(auto ending) {
    auto link = std::make_shared<Link>();
    auto actor = system.spawn("/talker", "talker", talker, link);
    ending(actor);
    return link->code();
  }

  IoThreads io{1};
  ActorSystem system{io, ActorSystem::Scheduler::io};
};

TEST(ClientEnd, TheConnectionIsClosedWithTheActorOfItsSession) {
  World world;
  EXPECT_EQ(world.code_after([](const Talker& a) { caf::anon_send(a, End{true}); }), 1011);
  EXPECT_EQ(world.code_after([](const Talker& a) { caf::anon_send(a, End{false}); }), 1012);
  for (const auto& reason :
       {caf::error{caf::exit_reason::user_shutdown}, make_error(ActorEnd::restart)})
    EXPECT_EQ(world.code_after([&](const Talker& a) {
      caf::anon_send(caf::actor_cast<caf::actor>(a), caf::exit_msg{caf::actor_addr{}, reason});
    }),
              1012);
}

TEST(ClientEnd, AnEndingThatWasThereBeforeCounts) {
  World world;
  auto link = std::make_shared<Link>();
  link->close(1000, "said before");
  auto actor = world.system.spawn("/talker", "talker", talker, link);
  caf::anon_send(actor, End{true});
  EXPECT_EQ(link->code(), 1000);
}

}  // namespace
}  // namespace jobraker
