#include "tools/sandbox/ocr.hpp"

#include <unistd.h>

#include <atomic>
#include <deque>
#include <map>
#include <mutex>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

#include "net/process/child.hpp"
#include "tools/sandbox/text.hpp"

namespace jobraker::sandbox {

namespace {

constexpr int readers_max = 2;
constexpr std::size_t kept_max = 256;

/// What was read before: a conversation sends its picture with every round.
class Readings {
public:
  std::optional<std::string> find(std::uint64_t key) {
    std::lock_guard lock{mutex_};
    auto found = texts_.find(key);
    return found == texts_.end() ? std::nullopt : std::optional{found->second};
  }
  void keep(std::uint64_t key, const std::string& text) {
    std::lock_guard lock{mutex_};
    if (texts_.emplace(key, text).second)
      order_.push_back(key);
    for (; order_.size() > kept_max; order_.pop_front())
      texts_.erase(order_.front());
  }

private:
  std::mutex mutex_;
  std::map<std::uint64_t, std::string> texts_;
  std::deque<std::uint64_t> order_;
};

Readings& readings() {
  static Readings all;
  return all;
}

std::atomic<int> reading{0};

struct Turn {
  ~Turn() { --reading; }
};

/// Waits for one of the places. Polled: the waiters may sit on several threads.
task<void> take_turn() {
  asio::steady_timer timer{co_await asio::this_coro::executor};
  while (++reading > readers_max) {
    --reading;
    timer.expires_after(std::chrono::milliseconds{15});
    co_await timer.async_wait(use_task);
  }
}

}  // namespace

std::string find_tesseract(const std::string& given) {
  if (!given.empty())
    return access(given.c_str(), X_OK) == 0 ? given : std::string{};
  for (std::string path : {"/usr/bin/tesseract", "/usr/local/bin/tesseract"})
    if (access(path.c_str(), X_OK) == 0)
      return path;
  return {};
}

task<Result<std::string>> read_picture(const std::string& tesseract, std::string bytes) {
  if (tesseract.empty())
    co_return fail(Errc::unavailable, "tesseract is not installed");
  auto key = hash(bytes);
  if (auto known = readings().find(key))
    co_return std::move(*known);
  co_await take_turn();
  Turn turn;
  ChildSpec spec;
  spec.argv = {tesseract, "stdin", "stdout", "-l", "eng", "--psm", "4"};
  spec.input = std::move(bytes);
  spec.limits.cpu = std::chrono::seconds{60};
  spec.limits.memory = 2ULL << 30;
  spec.limits.output = 1U << 20;
  spec.limits.wall = std::chrono::seconds{30};
  auto outcome = co_await run_child(std::move(spec));
  if (!outcome)
    co_return tl::unexpected(outcome.error());
  if (outcome->ended_by == ChildLimit::wall || outcome->ended_by == ChildLimit::cpu)
    co_return fail(Errc::timed_out, "the picture took too long to read");
  if (outcome->status != 0)
    co_return fail(Errc::unprocessable, "tesseract could not read it");
  std::string text{trim(outcome->output)};
  // It likes to put a blank behind the sign of an e-mail address.
  for (auto at = text.find("@ "); at != std::string::npos; at = text.find("@ ", at))
    text.erase(at + 1, 1);
  readings().keep(key, text);
  co_return text;
}

}  // namespace jobraker::sandbox
