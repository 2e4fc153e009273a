#include "actors/chat/frames.hpp"

#include "messages/codec.hpp"
#include "messages/json.hpp"

namespace jobraker::chat {
namespace {

/// Writes an object that begins with its type and turn; `end` takes the braces off.
class Members {
public:
  Members(std::string_view type, const TurnId& turn) {
    w_.begin_object().member("type", type).member("turn_id", std::string_view{to_string(turn)});
  }
  Members& text(std::string_view name, std::string_view value) {
    w_.member(name, value);
    return *this;
  }
  template <class T>
  Members& plain(std::string_view name, T value) {
    w_.member(name, value);
    return *this;
  }
  /// JSON as it is; text that is no JSON becomes a string.
  Members& json(std::string_view name, std::string_view value) {
    w_.key(name);
    if (json::Document::parse(value))
      w_.raw(value);
    else
      w_.value(value);
    return *this;
  }
  template <class T>
  Members& list(std::string_view name, const std::vector<T>& items) {
    w_.key(name).begin_array();
    for (const auto& item : items)
      w_.raw(json::encode(item));
    w_.end_array();
    return *this;
  }
  std::string end() {
    w_.end_object();
    auto whole = w_.text();
    return whole.substr(1, whole.size() - 2);
  }

private:
  json::Writer w_;
};

}  // namespace

std::string accepted_members(const ChatMessage& question, std::string_view client_msg_id,
                             std::int64_t attempt) {
  Members m{"accepted", question.turn_id};
  m.text("message_id", to_string(question.id)).text("client_msg_id", client_msg_id);
  m.text("content", question.content);
  if (!question.attachments.empty())
    m.list("attachments", question.attachments);
  if (attempt > 1)
    m.plain("attempt", attempt);
  return m.end();
}

std::string restart_members(const TurnId& turn, std::string_view reason) {
  return Members{"restart", turn}.text("reason", reason).end();
}

std::string tool_call_members(const TurnId& turn, std::string_view call_id, std::string_view name,
                              std::string_view arguments) {
  return Members{"tool_call", turn}
    .text("call_id", call_id)
    .text("name", name)
    .json("arguments", arguments)
    .end();
}

std::string tool_result_members(const TurnId& turn, std::string_view call_id, std::string_view name,
                                bool ok, std::string_view result) {
  return Members{"tool_result", turn}
    .text("call_id", call_id)
    .text("name", name)
    .plain("ok", ok)
    .json("result", result)
    .end();
}

std::string confirm_members(const TurnId& turn, std::string_view confirmation_id,
                            std::string_view name, std::string_view arguments,
                            std::string_view text, Time expires_at) {
  return Members{"confirm", turn}
    .text("confirmation_id", confirmation_id)
    .text("name", name)
    .json("arguments", arguments)
    .text("text", text)
    .text("expires_at", to_rfc3339(expires_at))
    .end();
}

std::string confirmed_members(const TurnId& turn, std::string_view confirmation_id, bool accepted) {
  return Members{"confirmed", turn}
    .text("confirmation_id", confirmation_id)
    .plain("accepted", accepted)
    .end();
}

std::string message_members(const ChatMessage& answer, std::string_view note) {
  Members m{"message", answer.turn_id};
  m.text("message_id", to_string(answer.id)).text("content", answer.content);
  m.text("state", name_of(answer.state)).list("sources", answer.sources);
  if (!note.empty())
    m.text("note", note);
  return m.end();
}

std::string usage_members(const TurnId& turn, const TokenUsage& usage, std::int64_t cost_nano) {
  return Members{"usage", turn}
    .plain("input", usage.input)
    .plain("cached", usage.cached)
    .plain("output", usage.output)
    .plain("cost_micros", static_cast<double>(cost_nano) / 1000)
    .end();
}

std::string error_members(const TurnId& turn, const Error& error, std::string_view code) {
  Members m{"error", turn};
  m.text("code", code.empty() ? to_string(error.code) : code).text("detail", error.detail);
  if (error.retry_after)
    m.plain("retry_in_ms", static_cast<std::int64_t>(error.retry_after->count()));
  return m.end();
}

std::string interrupted_members(const TurnId& turn, std::string_view detail) {
  return Members{"interrupted", turn}.text("detail", detail).end();
}

std::string notice_members(const TurnId& turn, std::string_view code, std::string_view detail) {
  return Members{"notice", turn}.text("code", code).text("detail", detail).end();
}

}  // namespace jobraker::chat
