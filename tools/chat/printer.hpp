#pragma once

#include <optional>
#include <ostream>
#include <set>
#include <string>
#include <string_view>

#include "tools/chat/transcript.hpp"

namespace jobraker::chat_client {

/// `text` without what a terminal would obey: control characters other than line feed and tab.
std::string printable(std::string_view text);

/// Shows a conversation as a stream of text: what has been printed cannot be taken back, so what
/// becomes void is said to be.
class Printer {
public:
  /// `verbose`: tokens and cost, too.
  Printer(std::ostream& out, bool verbose) : out_(out), verbose_(verbose) {}

  /// A question that need not be shown when it is accepted: whoever reads this has typed it.
  void typed_here(std::string client_msg_id) { typed_.insert(std::move(client_msg_id)); }

  /// A frame that `transcript` has just applied.
  void frame(const Transcript& transcript, const Frame& frame);
  /// Everything there is.
  void history(const Transcript& transcript);
  /// A remark between brackets, on a line of its own.
  void note(std::string_view text);
  /// Text at the beginning of a line, which stays open.
  void ask(std::string_view text);
  /// Shows that a question may be typed, unless that is shown already.
  void prompt();
  /// The person has ended the line.
  void entered() noexcept;
  /// Ends the line if one is open.
  void line();

private:
  void text(std::string_view piece);
  void token(const TurnView& turn, std::string_view piece);
  void restart(const TurnView& turn, const Frame& frame);
  void answer(const TurnView& turn, const Frame& frame);
  void question(const Question& question);
  void sources(const TurnView& turn);
  void ending(const TurnView& turn);
  void open(const TurnView& turn, std::string shown);

  std::ostream& out_;
  bool verbose_;
  bool at_line_start_ = true;
  bool prompted_ = false;  ///< the open line is the prompt
  std::set<std::string> typed_;
  std::optional<TurnId> turn_;  ///< whose text is being shown
  std::string shown_;           ///< what of it
};

}  // namespace jobraker::chat_client
