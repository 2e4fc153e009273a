#include "actors/inspection/actions.hpp"

#include <atomic>

#include <caf/actor_cast.hpp>
#include <caf/error.hpp>
#include <caf/exit_reason.hpp>
#include <caf/send.hpp>
#include <caf/system_messages.hpp>
#include <spdlog/spdlog.h>

#include "actors/inspection/core/paths.hpp"
#include "actors/system/order.hpp"
#include "storage/audit.hpp"
#include "storage/databases.hpp"

namespace jobraker::inspection {
namespace {

constexpr std::string_view inspector_path = "/system/inspector";
/// Who holds it up locks every operator out who would let it go on.
constexpr std::string_view accounts_path = "/system/accounts";
constexpr std::size_t paths_told = 100;

/// Whom an action concerns, held so that they are who was counted.
struct Target {
  caf::strong_actor_ptr actor{};
  std::string path{};
};
using Targets = std::vector<Target>;

/// Whether it would take the inspector's ability to answer away.
bool disables(ActorAction action) {
  return action != ActorAction::resume && action != ActorAction::trace;
}

Targets find_targets(const ActorRegistry& registry, const std::string& place, bool subtree) {
  Targets out;
  registry.visit([&](const ActorCell& cell) {
    const std::string_view path{cell.path, cell.path_size};
    if (subtree ? !is_under(path, place) : path != place)
      return;
    // While a cell is in the tree its actor's control block exists, though perhaps nothing refers
    // to the actor any more. The reference is let go of after the visit: it may be the last one.
    if (cell.actor && caf::intrusive_ptr_upgrade_weak(cell.actor))
      out.push_back({caf::strong_actor_ptr{cell.actor, false}, std::string{path}});
  });
  return out;
}

/// A pause of the actors that are told `number`.
std::uint32_t next_pause() {
  static std::atomic<std::uint32_t> last{0};
  auto number = ++last;
  return number == 0 ? ++last : number;  // 0 is any pause
}

/// Ends a pause that nobody has ended: who forgets one would wonder why nothing goes on. Nobody is
/// kept alive for it.
void end_later(Lookout& lookout, std::vector<caf::actor_addr> paused, std::uint32_t number,
               std::chrono::seconds time) {
  lookout.later(Lookout::Clock::now() + time, [paused = std::move(paused), number] {
    ActorOrder order{ActorOrder::What::resume};
    order.pause = number;
    for (const auto& address : paused)
      if (auto actor = caf::actor_cast<caf::actor>(address))
        caf::anon_send(actor, order);
  });
}

ActorOrder order_of(const ActOnActor& wish) {
  ActorOrder order;
  order.messages = static_cast<std::uint32_t>(wish.confirmed.messages);
  switch (wish.action) {
  case ActorAction::pause:
    order.what = ActorOrder::What::pause;
    order.pause = next_pause();
    break;
  case ActorAction::resume:
    order.what = ActorOrder::What::resume;
    break;
  case ActorAction::drain:
    order.what = ActorOrder::What::drain;
    break;
  default:
    order.what = ActorOrder::What::watch;
  }
  return order;
}

/// Goes before what waits in the mailbox.
void end(const caf::actor& actor, caf::error reason) {
  caf::anon_send<caf::message_priority::high>(actor,
                                              caf::exit_msg{caf::actor_addr{}, std::move(reason)});
}

void carry_out(Lookout& lookout, const ActOnActor& wish, const Targets& targets) {
  const auto order = order_of(wish);
  std::vector<caf::actor_addr> paused;
  for (const auto& target : targets) {
    const auto actor = caf::actor_cast<caf::actor>(target.actor);
    if (wish.action == ActorAction::stop)
      end(actor, caf::exit_reason::user_shutdown);
    else if (wish.action == ActorAction::restart)
      end(actor, make_error(ActorEnd::restart));
    else
      caf::anon_send(actor, order);
    if (wish.action == ActorAction::pause)
      paused.push_back(actor->address());
  }
  if (!paused.empty())
    end_later(lookout, std::move(paused), order.pause,
              std::chrono::seconds{wish.confirmed.seconds});
}

bool hits(const ActOnActor& wish, std::string_view path) {
  return wish.confirmed.subtree ? is_under(path, wish.path) : path == wish.path;
}

Done refuse(const ActOnActor& wish, std::string_view path, std::string_view why) {
  return fail(Errc::conflict, std::string{path} + std::string{why} +
                                (wish.confirmed.subtree ? ": choose less than this subtree" : ""));
}

Done check(const ActOnActor& wish) {
  if (normal_path(wish.confirmed.confirm) != wish.path)
    return fail(Error{Errc::invalid,
                      "the confirmation names another path",
                      {{"/confirm", "must be " + wish.path}},
                      {}});
  if (hits(wish, inspector_path) && disables(wish.action))
    return refuse(wish, inspector_path, " must not be stopped by hand");
  if (hits(wish, accounts_path) && wish.action == ActorAction::pause)
    return refuse(wish, accounts_path, " must not be paused: nobody could sign in to end it");
  return {};
}

AuditEntry entry_of(const Context& context, const ActOnActor& wish, std::size_t count) {
  auto entry =
    storage::audit_entry(context.principal, "actor." + std::string{name_of(wish.action)}, wish.path,
                         std::to_string(count) + (count == 1 ? " actor" : " actors"));
  if (wish.confirmed.subtree)
    entry.detail += ", subtree";
  if (wish.action == ActorAction::trace)
    entry.detail += ", " + std::to_string(wish.confirmed.messages) + " messages";
  if (wish.action == ActorAction::pause)
    entry.detail += ", " + std::to_string(wish.confirmed.seconds) + " s";
  if (wish.confirmed.reason && !wish.confirmed.reason->empty())
    entry.detail += ": " + *wish.confirmed.reason;
  if (!wish.remote.empty())
    entry.ip = wish.remote;
  return entry;
}

}  // namespace

task<Result<ActionDone>> act(Services& services, Inspection& inspection, Context context,
                             ActOnActor wish) {
  wish.path = normal_path(wish.path);
  if (auto may = check(wish); !may)
    co_return fail(std::move(may.error()));
  auto found = co_await inspection.pool.run<std::shared_ptr<Targets>>(
    [&]() -> Result<std::shared_ptr<Targets>> {
      return std::make_shared<Targets>(
        find_targets(inspection.registry, wish.path, wish.confirmed.subtree));
    });
  if (!found)
    co_return fail(std::move(found.error()));
  const auto targets = std::move(*found);
  if (targets->empty())
    co_return fail(Errc::not_found, "no actor lives at " + wish.path);
  storage::Until session{services.databases.here(), context.deadline};
  auto entry = entry_of(context, wish, targets->size());
  if (auto written = co_await storage::write_audit(session, entry); !written)
    co_return fail(std::move(written.error()));
  spdlog::warn("event=actor.action action={} path={} count={} by={}", name_of(wish.action),
               wish.path, targets->size(), to_string(context.principal.user));
  ActionDone done{wish.action, {}, static_cast<std::int64_t>(targets->size())};
  for (std::size_t i = 0; i < std::min(targets->size(), paths_told); ++i)
    done.paths.push_back((*targets)[i].path);
  auto acted = co_await inspection.pool.run<bool>([&]() -> Result<bool> {
    carry_out(inspection.lookout, wish, *targets);
    targets->clear();
    return true;
  });
  if (!acted)
    co_return fail(std::move(acted.error()));
  co_return done;
}

}  // namespace jobraker::inspection
