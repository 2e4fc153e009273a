#include "messages/spans.hpp"

#include <algorithm>
#include <memory>
#include <mutex>
#include <random>
#include <unordered_set>
#include <utility>

#include "messages/span_ring.hpp"

namespace jobraker {

/// What a thread has of its own. It outlives the thread, and is given to a later one: what a thread
/// did may be asked for after its end.
class SpanThread {
public:
  static SpanThread& here() {
    static thread_local constinit SpanThread* mine = nullptr;
    if (!mine) {
      static thread_local Owner owner;
      mine = owner.thread;
    }
    return *mine;
  }

  static std::vector<SpanThread*> all() {
    auto& known = known_threads();
    std::lock_guard guard{known.mutex};
    return known.all;
  }

  std::uint64_t next_id() noexcept {
    // An odd step visits every number; two threads start at random places.
    ids_ += 0x9E3779B97F4A7C15ull;
    return ids_ != 0 ? ids_ : next_id();
  }

  void record(const Span& span, unsigned group) noexcept {
    auto& place = rings_[group % span_groups];
    auto* ring = place.load(std::memory_order_relaxed);
    if (!ring) {
      ring = new (std::nothrow) SpanRing;
      if (!ring)
        return;
      place.store(ring, std::memory_order_release);
    }
    auto& slot = ring->slots[ring->next++ % spans_remembered];
    if (const auto lost = slot.half_of_trace(); lost != 0)
      lost_.note(lost);
    slot.write(span);
  }

  bool has_lost(std::uint64_t half) const noexcept { return lost_.has(half); }

  template <class Wanted>
  void collect(unsigned group, const Wanted& wanted, std::vector<Span>& out) const {
    const auto* ring = rings_[group % span_groups].load(std::memory_order_acquire);
    if (!ring)
      return;
    Span span;
    for (const auto& slot : ring->slots)
      if (slot.read(span) && wanted(span))
        out.push_back(span);
  }

  void link(OpenSpan& open) noexcept {
    std::lock_guard guard{mutex_};
    open.after_ = first_;
    if (first_)
      first_->before_ = &open;
    first_ = &open;
  }

  void unlink(OpenSpan& open) noexcept {
    std::lock_guard guard{mutex_};
    (open.before_ ? open.before_->after_ : first_) = open.after_;
    if (open.after_)
      open.after_->before_ = open.before_;
    open.before_ = open.after_ = nullptr;
  }

  void collect(std::vector<Pending>& out) const {
    std::lock_guard guard{mutex_};
    for (auto* open = first_; open; open = open->after_)
      out.push_back(open->pending_);
  }

private:
  struct Known {
    std::mutex mutex;
    std::vector<SpanThread*> all;
    std::vector<SpanThread*> free;
  };
  // Never destroyed: threads may end after main's statics.
  static Known& known_threads() {
    static auto* known = new Known;
    return *known;
  }

  struct Owner {
    SpanThread* thread = nullptr;
    Owner() {
      auto& known = known_threads();
      std::lock_guard guard{known.mutex};
      if (known.free.empty()) {
        known.all.push_back(new SpanThread);
        thread = known.all.back();
      } else {
        thread = known.free.back();
        known.free.pop_back();
      }
    }
    ~Owner() {
      auto& known = known_threads();
      std::lock_guard guard{known.mutex};
      known.free.push_back(thread);
    }
  };

  SpanThread() {
    std::random_device random;
    ids_ = static_cast<std::uint64_t>(random()) << 32 | random();
  }

  std::array<std::atomic<SpanRing*>, span_groups> rings_{};
  LostTraces lost_{};
  std::uint64_t ids_ = 0;
  mutable std::mutex mutex_;  ///< of the list; taken twice an operation, never for a message
  OpenSpan* first_ = nullptr;
};

std::string_view to_string(SpanKind kind) noexcept {
  switch (kind) {
  case SpanKind::request:
    return "request";
  case SpanKind::message:
    return "message";
  case SpanKind::statement:
    return "statement";
  case SpanKind::call:
    return "call";
  case SpanKind::work:
    return "work";
  case SpanKind::event:
    return "event";
  }
  return "unknown";
}

std::uint64_t next_span_id() noexcept { return SpanThread::here().next_id(); }

std::uint64_t span_id_of(const Trace& trace) noexcept {
  std::uint64_t id = 0;
  for (auto byte : trace.parent_id)
    id = id << 8 | byte;
  return id;
}

void set_span_id(Trace& trace, std::uint64_t span) noexcept {
  for (std::size_t i = trace.parent_id.size(); i-- > 0; span >>= 8)
    trace.parent_id[i] = static_cast<std::uint8_t>(span);
}

void record_span(const Span& span, unsigned group) noexcept {
  SpanThread::here().record(span, group);
}

std::vector<Span> find_spans(const std::function<bool(const Span&)>& wanted) {
  std::vector<Span> out;
  for (const auto* thread : SpanThread::all())
    for (unsigned group = 0; group < span_groups; ++group)
      thread->collect(group, wanted, out);
  std::sort(out.begin(), out.end(),
            [](const Span& a, const Span& b) { return a.began_ns < b.began_ns; });
  return out;
}

bool spans_lost(const std::array<std::uint8_t, 16>& trace) {
  const auto threads = SpanThread::all();
  return std::any_of(
    threads.begin(), threads.end(),
    [half = half_of_trace(trace)](const auto* thread) { return thread->has_lost(half); });
}

namespace {

auto is_message_of(std::uint64_t actor) {
  return
    [actor](const Span& span) { return span.kind == SpanKind::message && span.actor == actor; };
}

std::vector<Span> newest(std::vector<Span> out, std::size_t most) {
  const auto end_of = [](const Span& span) {
    return span.began_ns + static_cast<std::int64_t>(span.wait_ns + span.run_ns);
  };
  std::sort(out.begin(), out.end(),
            [&](const Span& a, const Span& b) { return end_of(a) > end_of(b); });
  if (out.size() > most)
    out.resize(most);
  return out;
}

}  // namespace

std::vector<Span> last_messages(std::uint64_t actor, std::size_t most) {
  return newest(find_spans(is_message_of(actor)), most);
}

std::vector<Span> last_messages(std::uint64_t actor, std::size_t most, unsigned group) {
  std::vector<Span> out;
  for (const auto* thread : SpanThread::all())
    thread->collect(group, is_message_of(actor), out);
  return newest(std::move(out), most);
}

std::string_view intern_name(std::string_view name) {
  constexpr std::size_t names_max = 4096;
  static auto* names = new std::unordered_set<std::string>;
  static std::mutex mutex;
  std::lock_guard guard{mutex};
  if (auto known = names->find(std::string{name}); known != names->end())
    return *known;
  if (names->size() >= names_max)
    return "(other)";
  return *names->emplace(name).first;
}

std::vector<Pending> pending_spans() {
  std::vector<Pending> out;
  for (const auto* thread : SpanThread::all())
    thread->collect(out);
  return out;
}

OpenSpan::OpenSpan(SpanKind kind, std::string_view name) noexcept
    : pending_{current_cause(), kind, name, steady_nanoseconds()}, id_(next_span_id()),
      thread_(&SpanThread::here()) {
  thread_->link(*this);
}

OpenSpan::~OpenSpan() { finish(true); }

void OpenSpan::started() noexcept { started_ns_ = steady_nanoseconds(); }

void OpenSpan::finish(bool failed) noexcept {
  if (!thread_)
    return;
  std::exchange(thread_, nullptr)->unlink(*this);
  const auto now = steady_nanoseconds();
  const auto started = started_ns_ != 0 ? started_ns_ : pending_.began_ns;
  Span span;
  span.id = id_;
  span.parent = pending_.cause.span;
  span.trace = pending_.cause.trace;
  span.actor = pending_.cause.actor;
  span.began_ns = pending_.began_ns;
  // Two threads' fast clocks may differ by a little, and one may step back when it is set right.
  const auto since = [](std::int64_t end, std::int64_t start) {
    return static_cast<std::uint64_t>(std::max<std::int64_t>(end - start, 0));
  };
  span.wait_ns = since(started, pending_.began_ns);
  span.run_ns = since(now, started);
  span.name = pending_.name;
  span.kind = pending_.kind;
  span.failed = failed;
  record_span(span, static_cast<unsigned>(pending_.kind));
}

}  // namespace jobraker
