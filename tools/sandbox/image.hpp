#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace jobraker::sandbox {

/// A picture in a message.
struct ChatImage {
  std::string bytes;
  std::string detail = "auto";  ///< low, high or auto (OpenAI)
  std::uint32_t width = 0, height = 0;
};

/// The sides that a PNG, JPEG, WebP or GIF states in its header; nullopt for anything else.
struct ImageSize {
  std::uint32_t width = 0, height = 0;
};
std::optional<ImageSize> image_size(std::string_view bytes);

/// The bytes of `data:image/…;base64,…`; nullopt when it is not that or not base64.
std::optional<std::string> data_url_bytes(std::string_view url);
/// Decodes base64 (RFC 4648 §4), line ends allowed; nullopt when it is none.
std::optional<std::string> base64_bytes(std::string_view text);

/// What OpenAI counts for a picture: tiles of 512 pixels for gpt-4o and gpt-4.1 (85 and 170 each;
/// gpt-4o-mini 2833 and 5667), patches of 32 pixels times 1.62 for gpt-4.1-mini and newer minis.
std::uint64_t openai_image_tokens(std::string_view model, const ChatImage& image);
/// What Anthropic counts: width times height by 750, after the longer side was brought to 1568.
std::uint64_t anthropic_image_tokens(const ChatImage& image);

}  // namespace jobraker::sandbox
