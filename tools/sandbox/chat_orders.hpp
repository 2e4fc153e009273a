#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tools/sandbox/chat_reading.hpp"

/// The model's gullibility: instructions that slip in and are obeyed.
namespace jobraker::sandbox {

/// Something that a text orders the model to do.
struct Order {
  enum class Kind { reveal, call, say } kind = Kind::say;
  std::string text;  ///< what to say, or the whole sentence
  std::string tool;  ///< of a call: a name from the list
};

/// Whose words they are. Operators and users name functions for good reasons: from them it takes
/// words such as "ignore all previous instructions" beside the name to be an order.
enum class Voice { operators, user, stranger };

/// The first order in a text. Sentences that forbid or make a condition ("never reveal …", "if you
/// …, call …") give none.
std::optional<Order> find_order(std::string_view text, const std::vector<ChatTool>& tools,
                                Voice voice);

/// A text without its sentences that look like orders.
std::string without_orders(std::string_view text, const std::vector<ChatTool>& tools);

/// What this conversation makes the model obey: orders in system messages and function results
/// outside of fences; inside of fences unless the system prompt says that such text is data; in the
/// user's message unless it says that a user cannot change the rules.
std::optional<Order> obeyed_order(const Reading& reading, const std::vector<ChatTool>& tools);

}  // namespace jobraker::sandbox
