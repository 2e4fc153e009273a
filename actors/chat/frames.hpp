#pragma once

#include <string>
#include <string_view>

#include "messages/chat.hpp"
#include "messages/model.hpp"
#include "messages/result.hpp"

/// The members of each kind of frame, as `StoredFrame::body` holds them: without braces, position
/// and conversation.
namespace jobraker::chat {

std::string accepted_members(const ChatMessage& question, std::string_view client_msg_id,
                             std::int64_t attempt);
std::string restart_members(const TurnId& turn, std::string_view reason);
/// `arguments` and `result` are JSON; what is not is written as a string.
std::string tool_call_members(const TurnId& turn, std::string_view call_id, std::string_view name,
                              std::string_view arguments);
std::string tool_result_members(const TurnId& turn, std::string_view call_id, std::string_view name,
                                bool ok, std::string_view result);
std::string confirm_members(const TurnId& turn, std::string_view confirmation_id,
                            std::string_view name, std::string_view arguments,
                            std::string_view text, Time expires_at);
std::string confirmed_members(const TurnId& turn, std::string_view confirmation_id, bool accepted);
std::string message_members(const ChatMessage& answer, std::string_view note);
std::string usage_members(const TurnId& turn, const TokenUsage& usage, std::int64_t cost_nano);
/// `code` is that of the error, or a word of its own such as `flagged`.
std::string error_members(const TurnId& turn, const Error& error, std::string_view code);
std::string interrupted_members(const TurnId& turn, std::string_view detail);
std::string notice_members(const TurnId& turn, std::string_view code, std::string_view detail);

}  // namespace jobraker::chat
