#include "tools/sandbox/stream.hpp"

#include <algorithm>

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/this_coro.hpp>

#include "messages/task.hpp"

namespace jobraker::sandbox {

namespace {

using Clock = std::chrono::steady_clock;
using Timer = asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, IoExecutor>;

/// Without a pace, pieces end at the first event beyond this.
constexpr std::size_t piece_bytes = 8 << 10;

void append_quoted(std::string& out, std::string_view text) {
  static constexpr char hex[] = "0123456789abcdef";
  out += '"';
  for (char c : text) {
    auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (byte < 0x20) {
      out += "\\u00";
      out += hex[byte >> 4];
      out += hex[byte & 15];
    } else {
      out += c;
    }
  }
  out += '"';
}

/// Plays one plan; alive as long as the response is.
class Player {
public:
  explicit Player(StreamPlan plan) : plan_{std::move(plan)} {}
  Player(const Player&) = delete;
  Player& operator=(const Player&) = delete;
  ~Player() { settle(Outcome::aborted); }

  task<Result<std::optional<std::string>>> next() {
    if (ended_)
      co_return std::optional<std::string>{};
    if (plan_.stall_at && next_ >= *plan_.stall_at) {
      plan_.stall_at.reset();
      co_await until(Clock::now() + plan_.stall);
      due_ = Clock::now();
    }
    if (at(plan_.cut_at)) {
      settle(Outcome::cut);
      co_return fail(Errc::cancelled, "cut on demand");
    }
    if (plan_.pace.count() > 0 && next_ < size() && plan_.script.tokens_at(next_) > 0) {
      if (due_ == Clock::time_point{})
        due_ = Clock::now();
      due_ += plan_.pace;
      co_await until(due_);
    }
    co_return std::optional<std::string>{piece()};
  }

private:
  std::size_t size() const { return plan_.script.size(); }
  bool at(const std::optional<std::size_t>& place) const { return place && next_ >= *place; }

  task<void> until(Clock::time_point when) {
    if (!timer_)
      timer_.emplace(co_await asio::this_coro::executor);
    timer_->expires_at(when);
    co_await timer_->async_wait(use_task);
  }

  /// The next event and what goes with it: whatever costs no token, and without a pace more.
  std::string piece() {
    std::string out;
    bool first = true;
    while (next_ < size()) {
      if (!first && (at(plan_.cut_at) || at(plan_.stall_at)))
        return out;
      if (at(plan_.error_at)) {
        out += plan_.error;
        settle(Outcome::cut);
        return out;
      }
      bool paced = plan_.pace.count() > 0 && plan_.script.tokens_at(next_) > 0;
      if (!first && (paced || out.size() >= piece_bytes))
        return out;
      sent_ += plan_.script.tokens_at(next_);
      plan_.script.render(next_, sent_, out);
      ++next_;
      first = false;
    }
    // Counted before the last bytes leave: whoever has read them finds them in the sums.
    if (!at(plan_.cut_at))
      settle(Outcome::ok);
    return out;
  }

  void settle(Outcome outcome) {
    if (ended_)
      return;
    ended_ = true;
    if (plan_.settle)
      plan_.settle(outcome, sent_);
  }

  StreamPlan plan_;
  std::optional<Timer> timer_;
  Clock::time_point due_{};
  std::size_t next_ = 0;
  std::uint64_t sent_ = 0;
  bool ended_ = false;
};

}  // namespace

std::uint32_t StreamScript::shape(StreamShape shape) {
  shapes_.push_back(std::move(shape));
  return static_cast<std::uint32_t>(shapes_.size() - 1);
}

void StreamScript::add(std::uint32_t shape, std::string piece, std::uint32_t tokens) {
  steps_.push_back({shape, tokens, std::move(piece)});
}

void StreamScript::whole(std::string event, std::uint32_t tokens) {
  steps_.push_back({verbatim, tokens, std::move(event)});
}

void StreamScript::render(std::size_t index, std::uint64_t so_far, std::string& out) const {
  const auto& step = steps_[index];
  if (step.shape == verbatim) {
    out += step.piece;
    return;
  }
  const auto& shape = shapes_[step.shape];
  out += shape.before;
  append_quoted(out, step.piece);
  out += shape.after;
  if (!shape.counts)
    return;
  out += "{\"prompt_tokens\":" + std::to_string(prompt_) +
         ",\"completion_tokens\":" + std::to_string(so_far) +
         ",\"total_tokens\":" + std::to_string(prompt_ + so_far);
  if (cached_ > 0)
    out += ",\"prompt_tokens_details\":{\"cached_tokens\":" + std::to_string(cached_) + "}";
  out += "}" + shape.end;
}

std::string StreamScript::text() const {
  std::string out;
  std::uint64_t tokens = 0;
  for (std::size_t i = 0; i < steps_.size(); ++i)
    render(i, tokens += steps_[i].tokens, out);
  return out;
}

StreamScript StreamScript::interleave(std::vector<StreamScript> scripts) {
  StreamScript out;
  std::size_t longest = 0;
  for (auto& script : scripts) {
    auto offset = static_cast<std::uint32_t>(out.shapes_.size());
    out.shapes_.insert(out.shapes_.end(), script.shapes_.begin(), script.shapes_.end());
    for (auto& step : script.steps_)
      if (step.shape != verbatim)
        step.shape += offset;
    longest = std::max(longest, script.steps_.size());
    out.prompt_ = script.prompt_;
    out.cached_ = script.cached_;
  }
  for (std::size_t i = 0; i < longest; ++i)
    for (auto& script : scripts)
      if (i < script.steps_.size())
        out.steps_.push_back(std::move(script.steps_[i]));
  return out;
}

net::BodyProducer play(StreamPlan plan) {
  auto player = std::make_shared<Player>(std::move(plan));
  return [player] { return player->next(); };
}

}  // namespace jobraker::sandbox
