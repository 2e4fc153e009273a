#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "actors/chat/core/session_state.hpp"
#include "tools/chat/transcript.hpp"

/// One conversation, its rows, sessions and clients, in one thread, so that every interleaving is a
/// list of numbers.
namespace jobraker::chat::world {

/// What is true of a turn: what its rows say, and the text that was shown of it.
struct TrueTurn {
  chat_client::TurnView view{};  ///< as a client that has seen everything must show it
  StreamPosition accepted{};     ///< of its last attempt
  bool queued = false;
};

/// How often the paths that are easily missed were taken, over all runs.
struct Counts {
  int need_rows = 0, rows_again = 0, partial = 0, cut_runs = 0, unknown = 0, lagged = 0;
  int epochs = 0, died_committing = 0, widened = 0, joined = 0, beyond_stored = 0, trimmed = 0;
  int quiet_while_running = 0, ran_again = 0, taken_back = 0, tokens = 0;
};

// From the conversation to a session.
struct Answer {
  std::optional<AskReplay> asked{};
  StreamPosition end{};
  Replay replay{};
};
struct Down {};
using ToSession = std::variant<WireFrame, Answer, Down>;

// From a session to the conversation.
struct Ask {
  std::optional<AskReplay> replay{};  ///< nothing: follow from the end
};
struct Forget {};
using ToConversation = std::variant<Ask, Forget>;

// From a client to its session.
struct WantResume {
  StreamPosition after{};
};
struct WantFollow {};
struct WantLeave {};
using Wish = std::variant<WantResume, WantFollow, WantLeave>;

/// One connection: its session and its link.
struct Connection {
  explicit Connection(int number, std::size_t high_water) : id(number), state(high_water) {}
  int id;
  SessionState state;
  std::deque<ToSession> inbox{};
  std::deque<ToConversation> outbox{};
  std::deque<Wish> wishes{};
  std::deque<std::string> link{};
  std::size_t queued = 0;
  bool over_mark = false;
  bool drained = false;  // the session is yet to hear of it
  bool lost = false;     // the session is yet to look for the conversation's successor
};

/// One client, connected or not.
struct Device {
  chat_client::Transcript transcript{};
  std::optional<Connection> connection{};
  bool asked = false;  ///< it has said what it wants on this connection
  bool resuming = false;
  std::optional<StreamPosition> base{};  ///< it knows nothing of what lies before
};

class World {
public:
  World(std::size_t memory, std::size_t high_water, std::size_t devices, Counts& counts);

  /// One step of somebody; what and who is in the number.
  void step(std::uint32_t number);
  /// Everybody connects, everything arrives; then every client must show the truth. `finish`: the
  /// running answer comes to its end first.
  void come_to_rest(bool finish);

private:
  struct Frames {
    std::string type{}, members{};
    TurnId ends{};
  };
  struct RowsQuestion {
    int session = 0;
    AskReplay asked{};
    StreamPosition until{};
    std::optional<std::vector<StoredFrame>> rows{};
    bool whole = false;
  };

  // The conversation.
  bool idle() const { return log_ && !committing_; }
  void start();
  void conversation_step(std::uint32_t what, std::uint32_t arg);
  void crash(std::uint32_t arg);
  void commit(std::vector<Frames> frames, TrueTurn& turn);
  void finish_commit();
  void publish(const WireFrame& frame);
  TrueTurn* running();
  void begin_next();
  void ask(std::uint32_t arg);
  void token(std::uint32_t arg);
  void restart();
  void keep(std::uint32_t arg);
  void end_turn(std::uint32_t arg);
  void rerun(std::uint32_t arg);
  void take_back();
  void interrupt();
  void accept(TrueTurn& turn);
  bool hear(Connection& from, std::uint32_t arg);
  bool look_up_rows(std::uint32_t arg);
  void answer(int session, std::optional<AskReplay> asked, Replay replay);
  void note(const TrueTurn& turn, StreamPosition position) { seen_[position] = turn; }

  // Sessions and links.
  Connection* connection(int id);
  bool session_step(Connection& at, std::uint32_t arg);
  void perform(Connection& at, SessionEffects effects);
  void send(Connection& at, std::string json);

  // Clients.
  void connect(Device& device, std::uint32_t arg);
  bool read(Device& device, std::size_t frames);
  void receive(Device& device, const std::string& json);
  void check_applied(const Device& device, const chat_client::Frame& frame);
  void compare(const Device& device) const;
  void device_step(Device& device, std::uint32_t what, std::uint32_t arg);

  Counts& counts_;
  const ConversationId id_ = ConversationId::of("conversation");
  const std::size_t memory_;
  const std::size_t high_water_;
  std::vector<StoredFrame> rows_;
  std::optional<FrameLog> log_;
  std::optional<std::vector<Frames>> committing_;
  std::set<int> subscribers_;
  std::vector<RowsQuestion> rows_questions_;
  std::deque<TrueTurn> turns_;
  std::optional<std::size_t> running_;
  std::map<StreamPosition, TrueTurn> seen_;  ///< the turn a frame is about, after that frame
  std::vector<Device> devices_;
  int connections_ = 0;
  int names_ = 0;
};

}  // namespace jobraker::chat::world
