#include "actors/system/meter.hpp"

#include <algorithm>
#include <exception>

#include <caf/detail/type_list.hpp>
#include <caf/type_nr.hpp>
#include <spdlog/spdlog.h>

#include "actors/system/type_names.hpp"

namespace jobraker {
namespace {

constexpr auto relaxed = std::memory_order_relaxed;

/// What a message is called: the type behind the Context if it begins with one.
const char* type_of(const caf::type_erased_tuple& content) noexcept {
  const auto n = content.size();
  if (n == 0)
    return "nothing";
  const auto named = [&](std::size_t i) {
    const auto type = content.type(i);
    return type.second ? type.second->name() : caf::numbered_type_names[type.first - 1];
  };
  return n > 1 && content.match_element<Context>(0) ? named(1) : named(0);
}

}  // namespace

void ActorMeter::enter(std::uint64_t actor_id, caf::actor_control_block* actor) {
  auto birth = std::exchange(pending_birth(), Birth{});
  if (!birth.registry)
    return;
  registry_ = birth.registry;
  cell_ = registry_->enter(actor_id, actor, birth.path, birth.kind);
}

ActorMeter::~ActorMeter() {
  if (cell_)
    registry_->leave(cell_);
}

void ActorMeter::bump(std::atomic<std::uint16_t>& counter) noexcept {
  // One writer at a time, so plain load and store are enough.
  const auto value = counter.load(relaxed);
  if (value != 0xFFFF)
    counter.store(static_cast<std::uint16_t>(value + 1), relaxed);
}

void ActorMeter::awaits(int change) noexcept {
  if (cell_)
    cell_->awaits.store(static_cast<std::uint16_t>(cell_->awaits.load(relaxed) + change), relaxed);
}

void ActorMeter::set(std::uint8_t flag, bool on) noexcept {
  if (!cell_)
    return;
  const auto flags = cell_->flags.load(relaxed);
  cell_->flags.store(static_cast<std::uint8_t>(on ? flags | flag : flags & ~flag), relaxed);
}

void ActorMeter::watch(std::uint32_t messages) {
  if (!cell_)
    return;
  registry_->watch(*cell_, messages);
  set(ActorCell::watched, messages > 0);
}

bool ActorMeter::at_rest() const noexcept {
  return !cell_ || (cell_->enqueued.load(relaxed) <= cell_->handled.load(relaxed) &&
                    cell_->awaits.load(relaxed) == 0);
}

void ActorMeter::ended(std::string reason, bool crashed) {
  if (cell_)
    registry_->ended(cell_, std::move(reason), crashed);
}

std::string ActorMeter::path() const {
  return cell_ && cell_->path ? std::string{cell_->path, cell_->path_size} : std::string{};
}

std::uint64_t ActorMeter::waited_us(std::uint64_t handled, std::uint64_t now_us) const noexcept {
  const auto since = [now_us](std::uint32_t stamp) {
    const auto age = static_cast<std::int32_t>(static_cast<std::uint32_t>(now_us) - stamp);
    return static_cast<std::uint64_t>(age > 0 ? age : 0);
  };
  const auto came = cell_->enqueued.load(relaxed);
  const auto behind = came - handled;  // this one included
  if (behind <= stamps)
    return since(cell_->stamps[handled % stamps].load(relaxed));
  // Its stamp is overwritten. The last ones tell how fast messages come: counted back from them.
  const auto oldest = since(cell_->stamps[came % stamps].load(relaxed));
  const auto newest = since(cell_->stamps[(came - 1) % stamps].load(relaxed));
  const auto apart = oldest > newest ? (oldest - newest) / (stamps - 1) : 0;
  return oldest + (behind - stamps) * apart;
}

ActorMeter::Turn::Turn(ActorMeter& meter, caf::mailbox_element& element) noexcept
    : meter_(meter), before_(current_cause()), exceptions_(std::uncaught_exceptions()),
      booked_(meter.cell_ != nullptr) {
  if (!booked_)
    return;
  auto& cell = *meter.cell_;
  const auto now = turn_ns();
  auto& content = element.content();
  span_.id = next_span_id();
  span_.actor = cell.actor_id;
  span_.sender = element.sender ? element.sender->id() : 0;
  span_.name = type_of(content);
  const auto handled = cell.handled.load(relaxed);
  const auto now_us = static_cast<std::uint64_t>(now) / 1000;
  const auto waited = meter.waited_us(handled, now_us) * 1000;
  span_.wait_ns = waited;
  span_.began_ns = now - static_cast<std::int64_t>(waited);
  cell.taken_sum_us.store(cell.taken_sum_us.load(relaxed) + now_us, relaxed);
  cell.last_ns.store(now | 1, relaxed);
  cell.last_type.store(span_.name.data(), relaxed);
  UserId principal;
  if (content.size() > 0 && content.match_element<Context>(0)) {
    const auto& context = content.get_as<Context>(0);
    principal = context.principal.user;
    span_.trace = context.trace.trace_id;
    span_.parent = span_id_of(context.trace);
    // What the handler passes on is under this span. A message that others hold, too, is left.
    if (!content.shared())
      set_span_id(content.get_mutable_as<Context>(0).trace, span_.id);
  }
  current_cause() = Cause{span_.trace, span_.id, span_.actor, principal};
}

void ActorMeter::Turn::belongs_to(const Cause& cause) noexcept {
  span_.trace = cause.trace;
  span_.parent = cause.span;
  current_cause() = Cause{span_.trace, span_.id, span_.actor, cause.principal};
}

Cause& ActorMeter::failed_cause() noexcept {
  static thread_local constinit Cause cause{};
  return cause;
}

ActorMeter::Turn::~Turn() {
  if (meter_.cell_)
    end();
  current_cause() = before_;
}

void ActorMeter::Turn::end() noexcept {
  auto& cell = *meter_.cell_;
  if (!booked_) {
    cell.taken_sum_us.store(
      cell.taken_sum_us.load(relaxed) - static_cast<std::uint64_t>(turn_ns()) / 1000, relaxed);
    cell.last_ns.store(cell.last_ns.load(relaxed) & ~std::int64_t{1}, relaxed);
    return;
  }
  const auto now = steady_nanoseconds();
  span_.failed = std::uncaught_exceptions() > exceptions_;
  if (span_.failed)
    failed_cause() = current_cause();
  // The fast clock may step back by a little when it is set right.
  span_.run_ns = static_cast<std::uint64_t>(std::max<std::int64_t>(now - turn_ns(), 0));
  meter_.done(span_, now);
}

void ActorMeter::done(const Span& span, std::int64_t now) noexcept {
  auto& cell = *cell_;
  cell.busy_ns.store(cell.busy_ns.load(relaxed) + span.run_ns, relaxed);
  cell.handled.store(cell.handled.load(relaxed) + 1, relaxed);
  auto& bucket = cell.histogram[handler_bucket(span.run_ns)];
  if (bucket.load(relaxed) == 0xFFFF)
    // So the histogram weighs what is recent.
    for (auto& count : cell.histogram)
      count.store(count.load(relaxed) / 2, relaxed);
  bump(bucket);
  cell.last_ns.store(cell.last_ns.load(relaxed) & ~std::int64_t{1}, relaxed);
  if (span.failed)
    bump(cell.failures);
  record_span(span, ActorRegistry::span_group(cell));
  turn_ns() = now;
  if (has(ActorCell::watched))
    log_watched(span);
}

void ActorMeter::log_watched(const Span& span) noexcept {
  if (!registry_->watched_one(*cell_))
    set(ActorCell::watched, false);
  try {
    spdlog::info("event=actor.message path={} type={} wait_us={} run_us={} failed={}", path(),
                 message_type_name(span.name), span.wait_ns / 1000, span.run_ns / 1000,
                 span.failed);
  } catch (const std::exception&) {
    // A log line is not worth an actor.
  }
}

}  // namespace jobraker
