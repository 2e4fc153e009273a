#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <ostream>
#include <random>
#include <set>
#include <string>

#include <boost/asio/basic_waitable_timer.hpp>

#include "messages/task.hpp"
#include "net/client/ws_link.hpp"
#include "tools/chat/api.hpp"
#include "tools/chat/printer.hpp"
#include "tools/chat/transcript.hpp"

namespace jobraker::chat_client {

/// How the program ends.
enum Exit : int {
  exit_ok = 0,
  exit_unanswered = 1,  ///< an answer failed, was cancelled or interrupted; a message was refused
  exit_usage = 2,
  exit_unreachable = 3,  ///< no server, or none for too long
  exit_refused = 4,      ///< credentials, permission or consent
  exit_signal = 130,
};

/// What the command line says.
struct Options {
  net::Url url{};
  Credentials credentials{};
  std::optional<ConversationId> conversation{};
  std::optional<std::string> once{};
  std::string ca_file{};
  bool verbose = false;
  bool terminal = false;  ///< a person types the lines
  std::chrono::seconds patience{120};
};

/// Full jitter: anything up to 0.5 s doubled with every attempt, at most 30 s.
std::chrono::milliseconds reconnect_delay(unsigned attempt, std::minstd_rand& random);

/// One person at one terminal. Lives on one thread; lines and signals are handed in.
class Client {
public:
  Client(IoContext& io, Options options, std::ostream& out, std::ostream& status);

  /// Runs until the person, the input or a failure ends it.
  task<void> run();
  /// A line of input; nothing: there are no more.
  void line(std::optional<std::string> line);
  /// Ctrl-C: stops the answer, or the program when there is none.
  void interrupt();
  /// Ends the program.
  void stop() { quit(exit_signal); }

  int exit_code() const noexcept { return exit_.value_or(exit_ok); }

private:
  using Timer =
    asio::basic_waitable_timer<std::chrono::steady_clock,
                               asio::wait_traits<std::chrono::steady_clock>, IoExecutor>;
  struct Sent {
    std::string id{};
    std::string content{};
  };
  struct Said {
    std::string question{};
    bool accept = false;
  };

  // Before the conversation.
  task<bool> prepare();
  task<bool> consent();
  task<std::optional<std::string>> next_line();
  task<void> pause(std::chrono::milliseconds time);

  // The connection.
  task<void> talk();
  task<bool> connect();
  task<bool> again(Error error);
  void greet();
  void ask_for(StreamPosition after);
  void closed(int code, const std::string& why);

  // What comes.
  void hear(const Frame& frame);
  void hear_error(const Frame& frame);
  void hear_accepted(const Frame& frame);
  void apply(const Frame& frame);
  void after(const Frame& frame);

  // What is typed.
  void pump();
  void command(const std::string& line);
  void say(std::string content);
  void answer(const Question& question, const std::string& line);
  void rerun();
  void send_rerun();
  void begin_new();
  void send(const Sent& sent);
  bool busy() const;
  const Question* open_question() const;

  void quit(int code);
  void fail_with(const Error& error, int code);

  IoContext& io_;
  Options options_;
  Api api_;
  Printer printer_;
  std::ostream& status_;
  Timer wake_;
  std::minstd_rand random_;

  std::deque<std::string> lines_;
  bool no_more_lines_ = false;
  bool ready_ = false;  ///< lines are for the conversation
  std::shared_ptr<net::WsLink> link_;
  unsigned attempt_ = 0;
  bool logged_in_again_ = false;
  std::optional<std::chrono::steady_clock::time_point> down_since_;
  std::chrono::milliseconds asked_to_wait_{0};

  std::optional<ConversationId> conversation_;
  Transcript transcript_;
  std::optional<StreamPosition> catch_up_to_;  ///< until then frames are history
  std::deque<Sent> sent_;                      ///< not accepted yet
  std::set<std::string> mine_;
  std::optional<Said> said_;         ///< a yes or no that may not have arrived
  std::optional<TurnId> rerunning_;  ///< asked for again, not accepted yet
  bool cancelling_ = false;
  bool unanswered_ = false;
  std::optional<int> exit_;
};

}  // namespace jobraker::chat_client
