#include "actors/inspection/summary.hpp"

#include <optional>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/post.hpp>
#include <caf/actor_cast.hpp>
#include <caf/send.hpp>

#include "actors/inspection/actions.hpp"
#include "actors/inspection/desk.hpp"
#include "actors/system/order.hpp"
#include "messages/json.hpp"
#include "messages/spans.hpp"

// What actors say of themselves.
namespace jobraker::inspection {
namespace {

constexpr std::chrono::milliseconds look_patience{500};
constexpr std::size_t summary_max = 32 << 10;

using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                         asio::wait_traits<std::chrono::steady_clock>, IoExecutor>;

/// Answers that may come late, or never. Everything happens on the thread that waits.
struct Wait {
  explicit Wait(IoExecutor executor) : timer(executor) {}
  Timer timer;
  std::map<std::string, std::string> texts{};
  std::size_t open = 0;
};

ActorOrder question(const std::shared_ptr<Wait>& wait, IoExecutor executor, std::string path) {
  ActorOrder order;
  order.what = ActorOrder::What::summary;
  order.answer = std::make_shared<std::function<void(std::string)>>(
    [late = std::weak_ptr{wait}, executor, path = std::move(path)](std::string text) {
      asio::post(executor, [late, path, text = std::move(text)]() mutable {
        const auto wait = late.lock();
        if (!wait)
          return;
        wait->texts.emplace(path, std::move(text));
        if (--wait->open == 0)
          wait->timer.cancel();
      });
    });
  return order;
}

std::string in_ms(std::int64_t microseconds) { return std::to_string(microseconds / 1000) + " ms"; }

/// Why it did not answer.
std::string why_silent(const ActorRow& row) {
  auto out = "did not answer within " + std::to_string(look_patience.count()) + " ms: ";
  if (row.running_us)
    return out + "it is in the handler of " +
           (row.last_message ? row.last_message->type : std::string{"a message"}) + " for " +
           in_ms(*row.running_us) + (row.waiting_on ? ", " + *row.waiting_on : "");
  if (row.mailbox > 1)
    return out + std::to_string(row.mailbox) + " messages are in its mailbox";
  if (row.waiting_on)
    return out + "it waits for " + *row.waiting_on;
  return out + "it is " + std::string{name_of(row.state)};
}

/// The text if it is what it should be; else why it is not shown.
std::pair<std::optional<std::string>, std::string> checked(const std::string& text) {
  if (text.size() > summary_max)
    return {std::nullopt, "what it says of itself is too long"};
  auto parsed = json::Document::parse(text);
  if (!parsed || !parsed->root().is_object())
    return {std::nullopt, "what it says of itself is no JSON object"};
  if (parsed->root().size() == 0)
    return {std::nullopt, "it says nothing of itself"};
  return {text, {}};
}

}  // namespace

task<std::map<std::string, std::string>> summaries(Inspection& inspection,
                                                   std::vector<std::string> paths,
                                                   std::chrono::milliseconds patience) {
  const auto executor = co_await asio::this_coro::executor;
  const auto wait = std::make_shared<Wait>(executor);
  wait->open = paths.size();
  // Finding them takes a while when there are many.
  auto asked = co_await inspection.pool.run<bool>([&]() -> Result<bool> {
    for (const auto& path : paths)
      inspection.registry.with(path, [&](caf::actor_control_block* actor) {
        caf::anon_send(caf::actor_cast<caf::actor>(caf::strong_actor_ptr{actor}),
                       question(wait, executor, path));
      });
    return true;
  });
  if (asked && wait->open > 0) {
    CarriesCause carries;
    wait->timer.expires_after(patience);
    co_await wait->timer.async_wait(asio::as_tuple(use_task));
  }
  co_return std::move(wait->texts);
}

task<Result<std::string>> look_with_summary(Inspection& inspection, std::string path) {
  const auto look = [&]() -> Result<std::shared_ptr<ActorLook>> {
    auto seen = look_at(inspection.scanner, inspection.registry, path);
    if (!seen)
      return fail(std::move(seen.error()));
    return std::make_shared<ActorLook>(std::move(*seen));
  };
  auto seen = co_await inspection.pool.run<std::shared_ptr<ActorLook>>(look);
  if (!seen)
    co_return fail(std::move(seen.error()));
  auto told = co_await summaries(inspection, {(*seen)->row.path}, look_patience);
  std::optional<std::string> summary;
  std::string note;
  if (!told.empty()) {
    std::tie(summary, note) = checked(told.begin()->second);
  } else {
    // How it stands by now says more than how it stood when it was asked.
    auto later = co_await inspection.pool.run<std::shared_ptr<ActorLook>>(look);
    note = why_silent(later ? (*later)->row : (*seen)->row);
  }
  co_return look_json(**seen, summary, note);
}

}  // namespace jobraker::inspection
