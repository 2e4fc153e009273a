#include "net/ask.hpp"

#include <atomic>
#include <vector>

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <caf/make_actor.hpp>
#include <caf/monitorable_actor.hpp>
#include <caf/sec.hpp>

namespace jobraker::net {
namespace {

thread_local ReplyPort* port_here = nullptr;

/// Deadlines are looked at this often; a wait ends at most this much late.
constexpr std::chrono::milliseconds sweep_interval{50};

// A request id holds 28 bits of generation above 32 bits of slot, so an old answer cannot be taken
// for a new one. Generation 0 would make an id that CAF reads as "not a request".
constexpr std::uint32_t generations = 1u << 28;

using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                         asio::wait_traits<std::chrono::steady_clock>, IoExecutor>;

}  // namespace

namespace {

/// Not "the receiver was gone": nobody shall look for a successor now.
caf::error ending() {
  return to_caf(
    Error{Errc::unavailable, "the server is shutting down", {}, std::chrono::seconds{5}});
}

/// Unlike "the receiver was gone": the message was read, and may have had its effect.
caf::error ended_without_answer() {
  return to_caf(Error{Errc::unavailable,
                      "the part of the server that worked on this has ended; it may have been done",
                      {},
                      std::chrono::seconds{1}});
}

bool has_ended(const caf::strong_actor_ptr& actor) {
  return caf::actor_cast<caf::abstract_actor*>(actor)->getf(
    caf::abstract_actor::is_terminated_flag);
}

}  // namespace

class ReplyPort::Impl : public caf::monitorable_actor {
public:
  Impl(caf::actor_config& config, IoContext* io)
      : monitorable_actor(config), io_(*io), timer_(*io) {}

  ~Impl() override { drop_inbox(); }

  /// Any thread: puts the answer on a stack and wakes the io thread if it was empty.
  void enqueue(caf::mailbox_element_ptr element, caf::execution_unit*) override {
    auto* raw = element.release();
    auto* head = inbox_.load(std::memory_order_relaxed);
    do
      raw->next = head;
    while (!inbox_.compare_exchange_weak(head, raw, std::memory_order_release,
                                         std::memory_order_relaxed));
    if (!head)
      asio::post(io_, [self = caf::strong_actor_ptr{ctrl()}, this] { drain(); });
  }

  caf::message_id add(std::unique_ptr<Waiting> waiting, Context::Clock::time_point deadline,
                      caf::strong_actor_ptr target) {
    if (closed_) {
      // Later, as every answer: the caller is not suspended yet.
      asio::post(io_,
                 [held = std::shared_ptr<Waiting>(std::move(waiting))] { held->refuse(ending()); });
      return caf::make_message_id(static_cast<std::uint64_t>(generations - 1) << 32 | 0xFFFFFFFFu);
    }
    std::uint32_t index;
    if (free_.empty()) {
      index = static_cast<std::uint32_t>(slots_.size());
      slots_.emplace_back();
    } else {
      index = free_.back();
      free_.pop_back();
    }
    auto& slot = slots_[index];
    slot.waiting = std::move(waiting);
    slot.deadline = deadline;
    slot.target = std::move(target);
    slot.target_ended = false;
    ++live_;
    arm();
    return caf::make_message_id(static_cast<std::uint64_t>(slot.generation) << 32 | index);
  }

  void close() {
    closed_ = true;
    timer_.cancel();
    for (std::uint32_t i = 0; i < slots_.size(); ++i)
      if (auto waiting = take(i))
        waiting->refuse(ending());
  }

  std::size_t live() const noexcept { return live_; }

private:
  struct Slot {
    std::unique_ptr<Waiting> waiting;
    Context::Clock::time_point deadline{};
    caf::strong_actor_ptr target;
    bool target_ended = false;  ///< seen at the last sweep; its answer may still be on the way
    std::uint32_t generation = 1;
  };

  std::unique_ptr<Waiting> take(std::uint32_t index) {
    auto& slot = slots_[index];
    auto waiting = std::move(slot.waiting);
    if (waiting) {
      slot.target = nullptr;
      slot.generation = slot.generation + 1 < generations ? slot.generation + 1 : 1;
      free_.push_back(index);
      --live_;
    }
    return waiting;
  }

  void drain() {
    auto* head = inbox_.exchange(nullptr, std::memory_order_acquire);
    caf::mailbox_element* ordered = nullptr;
    while (head) {  // the stack gives the newest first
      auto* next = static_cast<caf::mailbox_element*>(head->next);
      head->next = ordered;
      ordered = head;
      head = next;
    }
    while (ordered) {
      caf::mailbox_element_ptr element{ordered};
      ordered = static_cast<caf::mailbox_element*>(element->next);
      element->next = nullptr;
      if (!element->mid.is_response())
        continue;
      auto id = element->mid.request_id().integer_value();
      auto index = static_cast<std::uint32_t>(id & 0xFFFFFFFFu);
      auto generation = static_cast<std::uint32_t>((id >> 32) & (generations - 1));
      if (index >= slots_.size() || slots_[index].generation != generation)
        continue;
      if (auto waiting = take(index)) {
        auto content = element->move_content_to_message();
        waiting->answer(content);
      }
    }
  }

  void drop_inbox() {
    auto* head = inbox_.exchange(nullptr);
    while (head) {
      caf::mailbox_element_ptr element{head};
      head = static_cast<caf::mailbox_element*>(element->next);
    }
  }

  void arm() {
    if (armed_ || closed_)
      return;
    armed_ = true;
    timer_.expires_after(sweep_interval);
    timer_.async_wait(
      [self = caf::strong_actor_ptr{ctrl()}, this](boost::system::error_code error) {
        armed_ = false;
        if (error)
          return;
        sweep();
        if (live_ > 0)
          arm();
      });
  }

  /// Whoever is refused may ask again at once, and slots_ may move meanwhile: by index only.
  void sweep() {
    const auto now = Context::Clock::now();
    for (std::uint32_t i = 0; i < slots_.size(); ++i) {
      if (!slots_[i].waiting)
        continue;
      if (slots_[i].deadline <= now)
        take(i)->refuse(caf::make_error(caf::sec::request_timeout));
      else if (std::exchange(slots_[i].target_ended, has_ended(slots_[i].target)))
        take(i)->refuse(ended_without_answer());
    }
  }

  IoContext& io_;
  Timer timer_;
  std::atomic<caf::mailbox_element*> inbox_{nullptr};
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> free_;
  std::size_t live_ = 0;
  bool armed_ = false;
  bool closed_ = false;
};

task<void> breathe(int attempt) {
  auto executor = co_await asio::this_coro::executor;
  CarriesCause carries;
  if (attempt == 0) {
    co_await asio::post(executor, use_task);
  } else {
    Timer timer{executor, std::chrono::milliseconds{1 << (attempt - 1)}};
    co_await timer.async_wait(use_task);
  }
}

ReplyPort::ReplyPort(caf::actor_system& system, IoContext& io) {
  caf::actor_config config;
  keep_ = caf::make_actor<Impl, caf::strong_actor_ptr>(system.next_actor_id(), system.node(),
                                                       &system, config, &io);
  impl_ = static_cast<Impl*>(caf::actor_cast<caf::abstract_actor*>(keep_));
}

ReplyPort::~ReplyPort() = default;

ReplyPort& ReplyPort::here() { return *port_here; }
void ReplyPort::bind(ReplyPort* port) { port_here = port; }

caf::message_id ReplyPort::add(std::unique_ptr<Waiting> waiting,
                               Context::Clock::time_point deadline, caf::strong_actor_ptr target) {
  return impl_->add(std::move(waiting), deadline, std::move(target));
}

caf::strong_actor_ptr ReplyPort::address() const { return keep_; }
std::size_t ReplyPort::waiting() const noexcept { return impl_->live(); }
void ReplyPort::close() { impl_->close(); }

}  // namespace jobraker::net
