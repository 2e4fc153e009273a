#include "tools/chat/client.hpp"

#include <algorithm>

#include <boost/asio/redirect_error.hpp>

/// The connection and what comes over it. What is typed is in client_input.cpp.
namespace jobraker::chat_client {

constexpr std::chrono::seconds stable_after{10};

std::chrono::milliseconds reconnect_delay(unsigned attempt, std::minstd_rand& random) {
  auto most = std::min<std::int64_t>(30'000, std::int64_t{500} << std::min(attempt, 10U));
  return std::chrono::milliseconds{std::uniform_int_distribution<std::int64_t>{0, most}(random)};
}

Client::Client(IoContext& io, Options options, std::ostream& out, std::ostream& status)
    : io_(io), options_(std::move(options)),
      api_(io, options_.url, options_.credentials, options_.ca_file),
      printer_(out, options_.verbose), status_(status), wake_(io.get_executor()),
      random_(std::random_device{}()), conversation_(options_.conversation) {}

void Client::quit(int code) {
  if (exit_)
    return;
  exit_ = code;
  printer_.line();
  if (link_)
    link_->close();
  wake_.cancel();
}

void Client::fail_with(const Error& error, int code) {
  printer_.line();
  status_ << "jobraker-chat: " << printable(error.detail) << std::endl;
  quit(code);
}

task<void> Client::pause(std::chrono::milliseconds time) {
  auto until = std::chrono::steady_clock::now() + time;
  boost::system::error_code ignored;
  while (!exit_ && std::chrono::steady_clock::now() < until) {
    wake_.expires_at(until);
    co_await wake_.async_wait(asio::redirect_error(use_task, ignored));
  }
}

task<std::optional<std::string>> Client::next_line() {
  boost::system::error_code ignored;
  while (lines_.empty() && !no_more_lines_ && !exit_) {
    wake_.expires_at(std::chrono::steady_clock::time_point::max());
    co_await wake_.async_wait(asio::redirect_error(use_task, ignored));
  }
  if (lines_.empty())
    co_return std::nullopt;
  auto line = std::move(lines_.front());
  lines_.pop_front();
  co_return line;
}

task<bool> Client::consent() {
  auto given = co_await api_.has_consent();
  if (!given) {
    fail_with(given.error(),
              given.error().code == Errc::upstream_failed ? exit_unreachable : exit_refused);
    co_return false;
  }
  if (*given)
    co_return true;
  printer_.ask(
    "Your messages, and what they need of your profile, would be read by a language model.\n"
    "Do you agree? You can take it back at any time. [y/N] ");
  auto line = co_await next_line();
  if (!line || !(*line == "y" || *line == "Y" || *line == "yes")) {
    fail_with({Errc::forbidden, "no chat without consent", {}, {}}, exit_refused);
    co_return false;
  }
  auto done = co_await api_.give_consent();
  if (!done)
    fail_with(done.error(), exit_refused);
  co_return done.has_value();
}

/// Logs in, asks for consent, finds where the conversation stands.
task<bool> Client::prepare() {
  for (;;) {
    auto done = co_await api_.log_in();
    if (done)
      break;
    if (!co_await again(done.error()))
      co_return false;
  }
  if (!co_await consent())
    co_return false;
  if (!conversation_)
    co_return true;
  auto position = co_await api_.position(*conversation_);
  if (!position) {
    fail_with(position.error(), exit_refused);
    co_return false;
  }
  if (*position != StreamPosition{})
    catch_up_to_ = *position;
  co_return true;
}

task<void> Client::run() {
  if (co_await prepare())
    co_await talk();
  link_.reset();
  quit(exit_ok);
}

/// Whether another attempt makes sense after `error`; waits until it does.
task<bool> Client::again(Error error) {
  auto now = std::chrono::steady_clock::now();
  if (!down_since_)
    down_since_ = now;
  if (error.code == Errc::unauthenticated && api_.can_log_in() && !logged_in_again_ &&
      !api_.token().empty()) {
    logged_in_again_ = true;
    auto done = co_await api_.log_in();
    if (done)
      co_return true;
    error = done.error();
  }
  if (error.code == Errc::unauthenticated || error.code == Errc::forbidden ||
      error.code == Errc::malformed) {
    fail_with(error, exit_refused);
    co_return false;
  }
  if (now - *down_since_ >= options_.patience) {
    fail_with(error, exit_unreachable);
    co_return false;
  }
  if (attempt_ == 0)
    status_ << "jobraker-chat: " << printable(error.detail) << "; trying again" << std::endl;
  auto asked = std::max(error.retry_after.value_or(std::chrono::milliseconds{0}), asked_to_wait_);
  asked_to_wait_ = {};
  auto delay = asked + reconnect_delay(attempt_, random_);
  ++attempt_;
  co_await pause(delay);
  co_return !exit_;
}

task<bool> Client::connect() {
  while (!exit_) {
    net::WsOffer offer;
    offer.bearer = api_.token();
    offer.user_agent = "jobraker-chat/0.1";
    offer.ca_file = options_.ca_file;
    auto link = co_await net::WsLink::open(io_, api_.socket_url(), std::move(offer));
    if (exit_)
      co_return false;
    if (link) {
      link_ = std::move(*link);
      co_return true;
    }
    if (!co_await again(link.error()))
      co_return false;
  }
  co_return false;
}

task<void> Client::talk() {
  while (!exit_ && co_await connect()) {
    auto since = std::chrono::steady_clock::now();
    greet();
    for (;;) {
      auto text = co_await link_->read();
      if (!text) {
        auto code = link_->close_code();
        link_.reset();
        // Only a connection that lasted makes the next trouble a new one.
        if (std::chrono::steady_clock::now() - since >= stable_after)
          attempt_ = 0;
        if (!exit_)
          closed(code, text.error().detail);
        break;
      }
      if (auto frame = Frame::parse(*text); frame && !exit_)
        hear(*frame);
    }
    if (!exit_ && !co_await again({Errc::unavailable, "the connection was lost", {}, {}}))
      co_return;
  }
}

/// What a connection begins with: where we stand, and what may not have arrived.
void Client::greet() {
  link_->send(R"({"type":"hello"})");
  if (conversation_)
    ask_for(transcript_.position().value_or(StreamPosition{}));
  for (const auto& sent : sent_)
    send(sent);
  if (rerunning_)
    send_rerun();
  if (said_)
    answer(Question{said_->question, {}, {}, {}}, said_->accept ? "y" : "n");
  ready_ = true;
  pump();
}

void Client::ask_for(StreamPosition after) {
  transcript_.resuming();
  json::Writer w;
  w.begin_object().member("type", "resume");
  w.member("conversation_id", std::string_view{to_string(*conversation_)});
  w.member("epoch", after.epoch).member("seq", after.seq).end_object();
  link_->send(w.text());
}

/// Close codes after which another connection would end the same way.
void Client::closed(int code, const std::string& why) {
  auto reason = why.empty() ? "closed with code " + std::to_string(code) : why;
  if (code == 4500 || code == 4503 || code == 4504 || code == 4505)
    fail_with({Errc::forbidden, "the server ended the connection: " + reason, {}, {}},
              exit_refused);
}

void Client::hear(const Frame& frame) {
  down_since_.reset();
  logged_in_again_ = false;
  const auto& type = frame.type();
  if (type == "goodbye") {
    asked_to_wait_ = std::chrono::milliseconds{
      std::clamp<std::int64_t>(frame["retry_in_ms"].integer().value_or(0), 0, 60'000)};
  } else if (type == "resumed") {
    if (frame.conversation() == conversation_ && frame.position())
      transcript_.resumed(*frame.position());
  } else if (type == "notification") {
    if (auto title = frame.text("title"); !title.empty())
      printer_.note(title);
  } else if (type == "accepted") {
    hear_accepted(frame);
  } else if (type == "error" && !frame.position()) {
    hear_error(frame);
  } else if (frame.position()) {
    apply(frame);
  }
  pump();
}

/// The first `accepted` of a conversation tells which one it is.
void Client::hear_accepted(const Frame& frame) {
  auto id = frame.text("client_msg_id");
  auto mine =
    std::find_if(sent_.begin(), sent_.end(), [&](const Sent& sent) { return sent.id == id; });
  bool known_before = conversation_.has_value();
  if (mine != sent_.end()) {
    if (!conversation_)
      conversation_ = frame.conversation();
    if (conversation_ == frame.conversation())
      sent_.erase(mine);
  }
  if (frame.position())
    return apply(frame);
  // It had arrived before the connection broke, in a conversation that we had not heard of.
  if (!known_before && conversation_)
    ask_for({});
}

/// An error that is no part of the conversation answers something we said.
void Client::hear_error(const Frame& frame) {
  if (frame.conversation() && frame.conversation() != conversation_ && conversation_)
    return;
  auto id = frame.text("client_msg_id");
  std::erase_if(sent_, [&](const Sent& sent) { return sent.id == id; });
  auto code = frame.text("code");
  bool too_late = code == "not_found" && (said_ || std::exchange(cancelling_, false));
  if (too_late) {
    said_.reset();  // answered on another device, or over already
    return;
  }
  bool running = id.empty() && std::exchange(rerunning_, {}) && code == "conflict";
  if (running)
    return;  // the first of two requests has done it
  unanswered_ = true;
  printer_.note(code + ": " + frame.text("detail"));
  if (options_.once && !id.empty())
    quit(exit_unanswered);
  else if (code == "not_found" && !transcript_.position() && options_.conversation)
    quit(exit_refused);
}

void Client::apply(const Frame& frame) {
  if (!conversation_ || frame.conversation() != conversation_)
    return;
  switch (transcript_.apply(frame)) {
  case Transcript::Applied::yes:
    return after(frame);
  case Transcript::Applied::gap:
    return ask_for(*transcript_.position());
  default:
    return;
  }
}

/// Shows a frame, or the history when this was the last of it.
void Client::after(const Frame& frame) {
  const auto* turn = transcript_.turn_of(frame);
  if (turn != nullptr && turn->id == rerunning_ && frame.type() == "accepted")
    rerunning_.reset();
  const auto* question = open_question();
  if (said_ && (question == nullptr || question->id != said_->question))
    said_.reset();
  if (catch_up_to_) {
    if (*transcript_.position() < *catch_up_to_)
      return;
    catch_up_to_.reset();
    return printer_.history(transcript_);
  }
  printer_.frame(transcript_, frame);
  if (frame.type() != "message" && frame.type() != "error" && frame.type() != "interrupted")
    return;
  cancelling_ = false;
  if (turn == nullptr || !mine_.contains(turn->client_msg_id))
    return;
  bool done = turn->state == AnswerState::done;
  unanswered_ = unanswered_ || !done;
  if (options_.once)
    quit(done ? exit_ok : exit_unanswered);
}

}  // namespace jobraker::chat_client
