#pragma once

#include <string>

#include "actors/chat/chat_services.hpp"

namespace jobraker::chat {

/// Starts `/system/chat`.
ChatDeskActor start_chat_desk(Services& services, const std::string& path);

}  // namespace jobraker::chat
