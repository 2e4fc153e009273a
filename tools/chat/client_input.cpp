#include <algorithm>

#include "tools/chat/client.hpp"

/// What is typed.
namespace jobraker::chat_client {
namespace {

constexpr std::string_view help = "/new begins another conversation, /history shows this one, "
                                  "/cancel (or Ctrl-C) stops the answer,\n"
                                  "/rerun asks the last question again when its answer failed, "
                                  "/quit ends. A line that begins with\n"
                                  "// is sent with one / less.";

json::Writer& about(json::Writer& w, std::string_view type, const ConversationId& conversation) {
  return w.begin_object()
    .member("type", type)
    .member("conversation_id", std::string_view{to_string(conversation)});
}

}  // namespace

void Client::line(std::optional<std::string> line) {
  if (line) {
    lines_.push_back(std::move(*line));
    if (options_.terminal)
      printer_.entered();
  } else {
    no_more_lines_ = true;
  }
  wake_.cancel();
  pump();
}

/// Takes lines as long as somebody wants them. A person may type ahead; what comes from a pipe
/// waits until the question before it is answered.
void Client::pump() {
  while (ready_ && link_ && !exit_ && !catch_up_to_) {
    if (options_.once && mine_.empty()) {
      say(*options_.once);
      continue;
    }
    const auto* question = open_question();
    if (question != nullptr && said_ && said_->question == question->id)
      return;
    if (question != nullptr && (!lines_.empty() || no_more_lines_)) {
      auto line = lines_.empty() ? std::string{} : std::move(lines_.front());
      if (!lines_.empty())
        lines_.pop_front();
      answer(*question, line);
      continue;
    }
    if (options_.once || (busy() && !options_.terminal))
      return;
    if (lines_.empty()) {
      if (no_more_lines_ && !busy())
        quit(unanswered_ ? exit_unanswered : exit_ok);
      else if (options_.terminal && !busy())
        printer_.prompt();
      return;
    }
    auto line = std::move(lines_.front());
    lines_.pop_front();
    if (line.starts_with('/') && !line.starts_with("//"))
      command(line);
    else if (line.find_first_not_of(" \t\r") != std::string::npos)
      say(line.starts_with("//") ? line.substr(1) : line);
  }
}

void Client::command(const std::string& line) {
  if (line == "/quit" || line == "/exit")
    quit(unanswered_ && !options_.terminal ? exit_unanswered : exit_ok);
  else if (line == "/new")
    begin_new();
  else if (line == "/history")
    printer_.history(transcript_);
  else if (line == "/cancel")
    interrupt();
  else if (line == "/rerun")
    rerun();
  else
    printer_.note(help);
}

void Client::begin_new() {
  if (conversation_) {
    json::Writer w;
    about(w, "leave", *conversation_).end_object();
    link_->send(w.text());
  }
  conversation_.reset();
  transcript_ = {};
  sent_.clear();
  said_.reset();
  rerunning_.reset();
  cancelling_ = false;
  printer_.note("a new conversation");
}

void Client::rerun() {
  const auto& turns = transcript_.turns();
  auto last = std::find_if(turns.rbegin(), turns.rend(), [](const TurnView& turn) {
    return turn.state == AnswerState::failed || turn.state == AnswerState::interrupted ||
           turn.state == AnswerState::cancelled;
  });
  if (last == turns.rend())
    return printer_.note("no answer has failed");
  rerunning_ = last->id;
  send_rerun();
}

void Client::send_rerun() {
  json::Writer w;
  about(w, "rerun", *conversation_);
  w.member("turn_id", std::string_view{to_string(*rerunning_)}).end_object();
  link_->send(w.text());
}

void Client::say(std::string content) {
  Sent sent{to_string(new_uuid()), std::move(content)};
  mine_.insert(sent.id);
  if (options_.terminal || options_.once)
    printer_.typed_here(sent.id);
  send(sent);
  sent_.push_back(std::move(sent));
}

void Client::send(const Sent& sent) {
  json::Writer w;
  w.begin_object().member("type", "send");
  if (conversation_)
    w.member("conversation_id", std::string_view{to_string(*conversation_)});
  w.member("client_msg_id", std::string_view{sent.id});
  w.member("content", std::string_view{sent.content}).end_object();
  link_->send(w.text());
}

/// Silence is a no.
void Client::answer(const Question& question, const std::string& line) {
  bool yes = line == "y" || line == "Y" || line == "yes";
  said_ = Said{question.id, yes};
  json::Writer w;
  about(w, "confirm", *conversation_);
  w.member("confirmation_id", std::string_view{question.id}).member("accept", yes).end_object();
  link_->send(w.text());
}

bool Client::busy() const {
  return !sent_.empty() || rerunning_ ||
         std::any_of(
           transcript_.turns().begin(), transcript_.turns().end(), [](const TurnView& turn) {
             return turn.state == AnswerState::waiting || turn.state == AnswerState::writing;
           });
}

const Question* Client::open_question() const {
  for (const auto& turn : transcript_.turns())
    if (turn.question)
      return &*turn.question;
  return nullptr;
}

void Client::interrupt() {
  if (!link_ || !conversation_ || !busy() || cancelling_)
    return quit(exit_signal);
  cancelling_ = true;
  json::Writer w;
  about(w, "cancel", *conversation_).end_object();
  link_->send(w.text());
  printer_.note("stopping the answer; Ctrl-C again ends the program");
}

}  // namespace jobraker::chat_client
