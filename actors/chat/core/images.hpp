#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "messages/chat.hpp"
#include "messages/model.hpp"
#include "messages/result.hpp"
#include "messages/turn_commands.hpp"

/// Pictures people send, looked at from outside: headers only, nothing is decoded. Pure.
namespace jobraker::chat {

struct ImageLimits {
  std::size_t bytes_max = 5 << 20;  ///< of one picture
  std::uint32_t side_max = 8000;    ///< pixels, width and height
  std::uint64_t pixels_max = 40'000'000;
  std::size_t images_max = 4;  ///< in one message
};

/// What a picture's header says.
struct ImageInfo {
  std::string media_type{};  ///< image/png, image/jpeg or image/webp
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  bool operator==(const ImageInfo&) const = default;
};

/// Looks at the bytes: PNG (W3C PNG §5), JPEG (ITU T.81 annex B, baseline and progressive) or WebP
/// (RFC 9649). Errc::unsupported_media for anything else, for animations and when `declared` names
/// another type (empty: not declared; `image/jpg` counts as JPEG); Errc::malformed when the
/// structure is broken or cut off; Errc::too_large for bytes, sides or area beyond the limits.
Result<ImageInfo> check_image(std::string_view bytes, std::string_view declared,
                              const ImageLimits& limits = {});

/// Decodes strict base64 (RFC 4648 §4, padding required, no white space). Errc::malformed
/// otherwise, Errc::too_large when the result would be longer than `bytes_max`.
Result<std::string> decode_base64(std::string_view text, std::size_t bytes_max);

/// One picture of a message: the errors of both above.
Result<ModelImage> read_attachment(const Attachment& attachment, const ImageLimits& limits = {});

/// All pictures of a message. Errc::too_large for too many; errors carry `/attachments/N` in their
/// fields.
Result<std::vector<ModelImage>> read_attachments(const std::vector<Attachment>& attachments,
                                                 const ImageLimits& limits = {});

/// What is kept of a picture: type, size and hash.
AttachmentNote note_of(const ModelImage& image);

}  // namespace jobraker::chat
