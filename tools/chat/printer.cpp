#include "tools/chat/printer.hpp"

namespace jobraker::chat_client {
namespace {

constexpr std::size_t result_max = 300;

/// The beginning of a long text, cut between characters.
std::string cut(std::string text, std::size_t size) {
  if (text.size() <= size)
    return text;
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80)
    --size;
  return text.substr(0, size) + "…";
}

}  // namespace

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto c = static_cast<unsigned char>(text[i]);
    // U+0080 to U+009F are control characters, too.
    auto next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0U;
    if (c == 0xC2 && next >= 0x80 && next < 0xA0)
      ++i;
    else if ((c >= 0x20 && c != 0x7F) || c == '\n' || c == '\t')
      out += text[i];
  }
  return out;
}

void Printer::text(std::string_view piece) {
  auto clean = printable(piece);
  if (clean.empty())
    return;
  prompted_ = false;
  out_ << clean << std::flush;
  at_line_start_ = clean.back() == '\n';
}

void Printer::line() {
  if (!at_line_start_)
    text("\n");
}

void Printer::note(std::string_view text_) {
  line();
  text("[" + std::string{text_} + "]\n");
}

void Printer::ask(std::string_view text_) {
  line();
  text(text_);
}

void Printer::prompt() {
  if (prompted_)
    return;
  ask("> ");
  prompted_ = true;
}

void Printer::entered() noexcept {
  at_line_start_ = true;
  prompted_ = false;
}

void Printer::open(const TurnView& turn, std::string shown) {
  if (turn_ != turn.id)
    line();
  turn_ = turn.id;
  shown_ = std::move(shown);
}

void Printer::token(const TurnView& turn, std::string_view piece) {
  if (turn_ != turn.id)
    open(turn, turn.text.substr(0, turn.text.size() - piece.size()));
  text(piece);
  shown_ += piece;
}

void Printer::restart(const TurnView& turn, const Frame& frame) {
  auto why = frame.text("reason");
  note("what was said is void, the answer begins again" + (why.empty() ? "" : ": " + why));
  open(turn, turn.text);
  text(turn.text);
}

/// The whole answer: what has not been shown of it, or all of it when something else had been.
void Printer::answer(const TurnView& turn, const Frame& frame) {
  if (turn_ != turn.id)
    open(turn, {});
  if (turn.text.starts_with(shown_)) {
    text(std::string_view{turn.text}.substr(shown_.size()));
  } else {
    note("the answer is");
    text(turn.text);
  }
  line();
  sources(turn);
  if (auto remark = frame.text("note"); !remark.empty())
    note(remark);
  ending(turn);
  turn_.reset();
}

void Printer::sources(const TurnView& turn) {
  if (turn.sources.empty())
    return;
  text("Sources:\n");
  for (const auto& source : turn.sources)
    text("  " + source.id + "  " + source.title + " (" + source.kind + ")" +
         (source.url ? "  " + *source.url : "") + "\n");
}

void Printer::ending(const TurnView& turn) {
  auto why = turn.problem.empty() ? "" : ": " + turn.problem;
  if (turn.state == AnswerState::cancelled)
    note("cancelled" + why);
  else if (turn.state == AnswerState::failed)
    note("failed" + why + "; /rerun tries again");
  else if (turn.state == AnswerState::interrupted)
    note("interrupted" + why + "; /rerun asks again");
}

void Printer::question(const Question& question) {
  line();
  text((question.text.empty() ? "The assistant would like to change something." : question.text) +
       "\n  " + question.name + " " + question.arguments + "\n");
  ask("Allow this? [y/N] ");
}

void Printer::frame(const Transcript& transcript, const Frame& frame) {
  const auto* turn = transcript.turn_of(frame);
  const auto& type = frame.type();
  if (type == "notice")
    return note(frame.text("detail"));
  if (turn == nullptr)
    return;
  if (type == "token")
    return token(*turn, frame["text"].string().value_or(""));
  if (type == "message")
    return answer(*turn, frame);
  if (type == "restart")
    return restart(*turn, frame);
  if (type == "accepted" && !typed_.contains(turn->client_msg_id)) {
    line();
    text("> " + turn->asked + "\n");
  } else if (type == "tool_call") {
    note(frame.text("name") + " " + frame["arguments"].dump());
  } else if (type == "tool_result" && !frame["ok"].boolean().value_or(false)) {
    note(frame.text("name") + " failed: " + cut(frame["result"].dump(), result_max));
  } else if (type == "tool_result" && verbose_) {
    note(frame.text("name") + " = " + cut(frame["result"].dump(), result_max));
  } else if (type == "confirm" && turn->question) {
    question(*turn->question);
  } else if (type == "confirmed") {
    note(frame["accepted"].boolean().value_or(false) ? "allowed" : "refused");
  } else if (type == "error" || type == "interrupted") {
    if (turn_ == turn->id && !shown_.empty())
      note("what was said is void");
    ending(*turn);
    turn_.reset();
  } else if (type == "usage" && verbose_) {
    auto count = [&](std::string_view name) {
      return std::to_string(frame[name].integer().value_or(0));
    };
    note(count("input") + " tokens in (" + count("cached") + " cached), " + count("output") +
         " out, " + frame["cost_micros"].dump() + " micro-dollars");
  }
}

void Printer::history(const Transcript& transcript) {
  line();
  turn_.reset();
  for (const auto& turn : transcript.turns()) {
    text("> " + turn.asked + "\n");
    for (const auto& tool : turn.tools)
      note(tool.name + " " + tool.arguments);
    open(turn, turn.text);
    text(turn.text);
    if (turn.state == AnswerState::writing || turn.state == AnswerState::waiting) {
      if (turn.question)
        question(*turn.question);
      continue;
    }
    line();
    sources(turn);
    ending(turn);
  }
}

}  // namespace jobraker::chat_client
