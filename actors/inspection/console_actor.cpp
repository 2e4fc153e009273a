#include "actors/inspection/console_actor.hpp"

#include <caf/send.hpp>

#include "actors/system/client_end.hpp"
#include "actors/system/observed.hpp"
#include "actors/system/summary.hpp"
#include "messages/codec.hpp"

namespace jobraker::inspection {
namespace {

/// INTERNAL: the operator's browser said something.
struct ConsoleSaid {
  static constexpr auto type_name = "ConsoleSaid";
  std::string text{};
  static constexpr auto fields() { return std::tuple{}; }
};

/// INTERNAL: the connection is over.
struct ConsoleClosed {
  static constexpr auto type_name = "ConsoleClosed";
  static constexpr auto fields() { return std::tuple{}; }
};

using ConsoleActor = caf::typed_actor<caf::reacts_to<ConsoleSaid>, caf::reacts_to<ConsoleClosed>>;

struct ConsoleState {
  static inline const char* name = "console";
  Inspection* inspection = nullptr;
  Lookout::ConsoleId id = 0;
  std::shared_ptr<ClientLink> link;
  std::int64_t interval_ms = 0;  // 0: watches nothing yet
  UserId who{};

  ~ConsoleState() {
    if (inspection)
      inspection->lookout.close(id);
  }

  UserId owner() const noexcept { return who; }

  std::string summary() const {
    const auto served = inspection->lookout.served(id);
    return Summary{}
      .with("interval_ms", interval_ms)
      .with("frames", served.sent)
      .with("missed", served.missed)
      .with("queued_bytes", link->queued())
      .text();
  }
};

using Self = Shell<ConsoleState, ConsoleActor>;

void send_error(ConsoleState& state, const Error& error) {
  json::Writer w;
  w.begin_object().member("type", "error").member("code", to_string(error.code));
  w.member("detail", std::string_view{error.detail});
  if (!error.fields.empty()) {
    w.key("fields").begin_array();
    for (const auto& field : error.fields)
      w.begin_object()
        .member("pointer", std::string_view{field.pointer})
        .member("detail", std::string_view{field.detail})
        .end_object();
    w.end_array();
  }
  w.end_object();
  state.link->send(std::make_shared<const std::string>(w.text()), "error", {});
}

void heard(ConsoleState& state, const std::string& text) {
  auto wish = json::decode<WatchActors>(text);
  if (!wish)
    return send_error(state, wish.error());
  if (wish->type != "watch")
    return send_error(
      state,
      Error{Errc::invalid, "a frame of this type is not known", {{"/type", "must be watch"}}, {}});
  if (auto watching = state.inspection->lookout.watch(state.id, *wish); !watching)
    return send_error(state, watching.error());
  state.interval_ms = wish->interval_ms;
}

ConsoleActor::behavior_type console(Self* self, Inspection* inspection, Lookout::ConsoleId id,
                                    UserId who, const std::shared_ptr<ClientLink>& link) {
  self->state.who = who;
  self->state.inspection = inspection;
  self->state.id = id;
  self->state.link = link;
  close_at_the_end(self, link);
  return {
    [self](const ConsoleSaid& m) { heard(self->state, m.text); },
    [self](const ConsoleClosed&) { self->quit(); },
  };
}

/// Carries what the connection hears to the actor.
class Port final : public SessionPort {
public:
  explicit Port(ConsoleActor actor) : actor_(std::move(actor)) {}
  void received(std::string text) override { caf::anon_send(actor_, ConsoleSaid{std::move(text)}); }
  void drained() override {}
  void closed(std::uint16_t) override {
    if (auto actor = std::exchange(actor_, {}))
      caf::anon_send(actor, ConsoleClosed{});
  }

private:
  ConsoleActor actor_;
};

}  // namespace

OpenSession console_opener(Services& services, Inspection& inspection) {
  return [&services,
          &inspection](const SessionOpening& opening,
                       std::shared_ptr<ClientLink> link) -> Result<std::shared_ptr<SessionPort>> {
    if (opening.context.principal.role != Role::admin)
      return fail(Errc::forbidden, "only administrators may do this");
    // The token is as old as it may be at most, so by then it has run out for certain.
    const auto until =
      Lookout::Clock::now() + std::chrono::minutes{services.config.auth.access_token_minutes};
    auto id = inspection.lookout.open(link, until);
    if (!id)
      return fail(std::move(id.error()));
    auto actor =
      services.system.spawn("/consoles/" + to_string(new_uuid()), "console", console, &inspection,
                            *id, opening.context.principal.user, std::move(link));
    return std::make_shared<Port>(std::move(actor));
  };
}

}  // namespace jobraker::inspection
