#include "actors/chat/turn_speech.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/this_coro.hpp>
#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include "actors/llm/gateway.hpp"
#include "actors/system/pause.hpp"

namespace jobraker::chat {
namespace {

constexpr std::chrono::seconds moderation_budget{10};

HoldBackOptions options_of(const ChatConfig& config) {
  HoldBackOptions options;
  options.moderate = config.moderation == "both";
  options.span_min = static_cast<std::size_t>(config.moderation_span);
  options.span_max = 2 * options.span_min;
  options.first_min = std::min(options.first_min, options.span_min);
  options.overlap = std::min(options.overlap, options.span_min / 2);
  return options;
}

}  // namespace

task<Verdict> judge_text(Services& services, Context context, std::string text, UserId user) {
  context.deadline = std::min(context.deadline, Context::Clock::now() + moderation_budget);
  std::vector<std::string> texts;
  texts.push_back(std::move(text));
  auto verdicts = co_await llm::moderate(services, context, std::move(texts), user);
  if (verdicts)
    co_return Verdict{verdicts->front().flagged, false};
  spdlog::warn("event=moderation.away why=\"{}\" trace={}", verdicts.error().detail,
               context.trace.id());
  co_return Verdict{services.config.chat.moderation_down == "closed", true};
}

Speech::Speech(Services& services, Context context, TurnPort port, const PersonalData& data,
               net::CancelToken stop)
    : services_(services), context_(std::move(context)), port_(std::move(port)), reveal_(data),
      stop_(std::move(stop)), hold_(options_of(services.config.chat)) {}

void Speech::add(std::string_view delta) {
  hold_.add(delta);
  pump();
}

void Speech::show(std::string text) {
  if (text.empty() || abandoned_)
    return;
  shown_ += text;
  caf::anon_send(port_.conversation, TurnText{port_.turn, std::move(text)});
}

void Speech::pump() {
  if (abandoned_)
    return;
  while (auto span = hold_.wants())
    spans_.push_back(std::move(*span));
  show(reveal_.feed(hold_.release()));
  if (spans_.empty() || std::exchange(moderating_, true))
    return;
  asio::co_spawn(
    services_.io.any(),
    [self = shared_from_this()]() -> task<void> { return self->moderate_spans(); }, asio::detached);
}

task<void> Speech::moderate_spans() {
  auto keep = shared_from_this();
  while (!spans_.empty() && !abandoned_ && !hold_.flagged()) {
    auto span = std::move(spans_.front());
    spans_.pop_front();
    auto verdict =
      co_await judge_text(services_, context_, std::move(span.text), context_.principal.user);
    away_ = away_ || verdict.away;
    hold_.verdict(verdict.flagged);
    if (abandoned_)
      break;
    if (verdict.flagged)
      stop_.cancel();
    else
      show(reveal_.feed(hold_.release()));
  }
  moderating_ = false;
}

task<void> Speech::finish() {
  auto keep = shared_from_this();
  hold_.flush();
  pump();
  while (!abandoned_ && !hold_.flagged() && !hold_.finished() && !port_.cancel.cancelled() &&
         !context_.expired())
    co_await pause(std::chrono::milliseconds{1});
  if (!hold_.flagged())
    show(reveal_.flush());
}

}  // namespace jobraker::chat
