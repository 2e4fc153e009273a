#pragma once

#include <memory>
#include <string>
#include <vector>

#include "actors/chat/core/frame_log.hpp"
#include "messages/handles.hpp"
#include "messages/turn_commands.hpp"

/// How sessions, conversations and the turns that run for them speak with each other. What the API
/// may ask of a conversation is `ConversationActor` in messages/handles.hpp.
namespace jobraker::chat {

/// INTERNAL: frames of a conversation as they happen.
struct Deliver {
  static constexpr auto type_name = "Deliver";
  ConversationId conversation{};
  WireFrame frame{};
  static constexpr auto fields() { return std::tuple{}; }
};

/// INTERNAL: a frame that belongs to no conversation (a notification).
struct Notify {
  static constexpr auto type_name = "Notify";
  std::shared_ptr<const std::string> frame{};
  std::string type{};
  static constexpr auto fields() { return std::tuple{}; }
};

/// INTERNAL: the client said something.
struct ClientSaid {
  static constexpr auto type_name = "ClientSaid";
  std::string text{};
  static constexpr auto fields() { return std::tuple{}; }
};

/// INTERNAL: the link's queue is empty again.
struct LinkDrained {
  static constexpr auto type_name = "LinkDrained";
  static constexpr auto fields() { return std::tuple{}; }
};

/// INTERNAL: the connection is over.
struct LinkClosed {
  static constexpr auto type_name = "LinkClosed";
  std::uint16_t code = 1006;
  static constexpr auto fields() { return std::tuple{}; }
};

/// INTERNAL: a conversation is deleted; nothing more will come.
struct ConversationGone {
  static constexpr auto type_name = "ConversationGone";
  ConversationId conversation{};
  static constexpr auto fields() { return std::tuple{}; }
};

/// `/sessions/{id}`: one connection.
using SessionActor =
  caf::typed_actor<caf::reacts_to<Deliver>, caf::reacts_to<Notify>, caf::reacts_to<ClientSaid>,
                   caf::reacts_to<LinkDrained>, caf::reacts_to<LinkClosed>,
                   caf::reacts_to<ConversationGone>, caf::reacts_to<Tick>>;

/// A session wants to hear everything from `after` on; without `after` from the present end on.
struct Follow {
  static constexpr auto type_name = "Follow";
  std::optional<StreamPosition> after{};
  SessionId session{};
  SessionActor subscriber{};
  static constexpr auto fields() { return std::tuple{}; }
};

/// What it had missed, or the first page of it. A page that is not complete must be asked on.
struct Followed {
  static constexpr auto type_name = "Followed";
  StreamPosition end{};  ///< where the log ends
  Replay replay{};       ///< empty without `after`
  static constexpr auto fields() { return std::tuple{}; }
};

/// INTERNAL: a session listens no longer.
struct Unfollow {
  static constexpr auto type_name = "Unfollow";
  SessionId session{};
  static constexpr auto fields() { return std::tuple{}; }
};

/// INTERNAL, from the running turn: text to show.
struct TurnText {
  static constexpr auto type_name = "TurnText";
  TurnId turn{};
  std::string text{};
  static constexpr auto fields() { return std::tuple{}; }
};

/// INTERNAL, from the running turn: the text since its last kept frame is void; another model
/// begins again.
struct TurnRestart {
  static constexpr auto type_name = "TurnRestart";
  TurnId turn{};
  std::string reason{};
  static constexpr auto fields() { return std::tuple{}; }
};

/// INTERNAL, from the running turn: a frame to keep; answered when it is committed.
struct KeepFrame {
  static constexpr auto type_name = "KeepFrame";
  TurnId turn{};
  std::string type{};
  std::string members{};
  static constexpr auto fields() { return std::tuple{}; }
};

/// INTERNAL, from the running turn: asks the person; answered with yes or no, or an error
/// (timed_out, cancelled).
struct AskPerson {
  static constexpr auto type_name = "AskPerson";
  TurnId turn{};
  std::string confirmation_id{};
  std::string name{};
  std::string arguments{};  ///< JSON
  std::string text{};
  static constexpr auto fields() { return std::tuple{}; }
};

/// Yes or no.
struct PersonSaid {
  static constexpr auto type_name = "PersonSaid";
  bool accept = false;
  static constexpr auto fields() { return std::tuple{}; }
};

/// `/conversations/{id}`, everything it understands.
using ConversationInside = ConversationActor::extend<
  caf::replies_to<Context, Follow>::with<Followed>, caf::reacts_to<Unfollow>,
  caf::reacts_to<TurnText>, caf::reacts_to<TurnRestart>,
  caf::replies_to<Context, KeepFrame>::with<Ok>,
  caf::replies_to<Context, AskPerson>::with<PersonSaid>, caf::reacts_to<Tick>>;

}  // namespace jobraker::chat
