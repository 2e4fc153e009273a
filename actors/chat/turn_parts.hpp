#pragma once

#include <memory>
#include <string>

#include "actors/chat/core/history.hpp"
#include "actors/chat/core/redact.hpp"
#include "actors/chat/turn_run.hpp"
#include "actors/llm/core/fence.hpp"

/// What the kinds of turns share. Nobody outside of actors/chat includes this.
namespace jobraker::chat {

/// A person's profile, as their actor has it.
task<Result<Profile>> profile_of(Services& services, const Context& context);

/// The personal data of the one who asks. A profile that cannot be read leaves the patterns.
PersonalData personal_data(const Result<Profile>& profile);

/// A failed result: `code` is the frame's, when it is more than the error's.
TurnResult failed(Error error, std::string code = {});

/// Asks moderation about what a person wrote; an error to end the turn with when it may not pass.
task<Result<bool>> admitted(Services& services, const Context& context, const std::string& text);

/// Stores a frame and sends it; false when the turn is over.
task<bool> keep_frame(const TurnPort& port, const Context& context, std::string type,
                      std::string members);

/// Asks the person; false for no, silence and the end of the turn.
task<bool> ask_person(const TurnPort& port, const Context& context, AskPerson question);

/// Shows text that was not streamed.
void say(const TurnPort& port, std::string text);

/// A mock interview's turn.
task<TurnResult> run_interview(Services& services, TurnInput input, TurnPort port);

/// Whether the pictures are to be read as a résumé or a posting; nothing: they are looked at in
/// conversation.
enum class PictureKind : std::uint8_t { resume, posting };
std::optional<PictureKind> picture_kind(std::string_view text);

/// A turn that reads a picture: a résumé becomes a draft of the profile, stored when the person
/// says yes; a posting becomes a structured job.
task<TurnResult> run_pictures(Services& services, TurnInput input, TurnPort port, PictureKind kind);

/// A turn of the assistant.
task<TurnResult> run_chat(Services& services, TurnInput input, TurnPort port);

}  // namespace jobraker::chat
