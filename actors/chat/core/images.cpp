#include "actors/chat/core/images.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <sodium.h>

namespace jobraker::chat {
namespace {

using Bytes = std::string_view;

std::uint32_t byte(Bytes b, std::size_t at) { return static_cast<unsigned char>(b[at]); }
std::uint32_t big16(Bytes b, std::size_t at) { return byte(b, at) << 8 | byte(b, at + 1); }
std::uint32_t big32(Bytes b, std::size_t at) { return big16(b, at) << 16 | big16(b, at + 2); }
std::uint32_t little16(Bytes b, std::size_t at) { return byte(b, at) | byte(b, at + 1) << 8; }
std::uint32_t little24(Bytes b, std::size_t at) { return little16(b, at) | byte(b, at + 2) << 16; }
std::uint32_t little32(Bytes b, std::size_t at) {
  return little16(b, at) | little16(b, at + 2) << 16;
}

constexpr Bytes png_magic{"\x89PNG\r\n\x1A\n", 8};

bool is_png(Bytes b) { return b.starts_with(png_magic); }
bool is_jpeg(Bytes b) { return b.starts_with("\xFF\xD8\xFF"); }
bool is_webp(Bytes b) {
  return b.size() >= 12 && b.starts_with("RIFF") && b.substr(8, 4) == "WEBP";
}

tl::unexpected<Error> broken(std::string_view what) {
  return fail(Errc::malformed, "the picture is not a whole " + std::string{what} + " file");
}
tl::unexpected<Error> animated() {
  return fail(Errc::unsupported_media, "moving pictures are not read");
}

/// Chunks: length, type, data, checksum; first IHDR, last IEND, somewhere IDAT (PNG §5).
Result<ImageInfo> read_png(Bytes b) {
  ImageInfo out{"image/png", 0, 0};
  bool data = false;
  for (auto at = png_magic.size(); b.size() - at >= 12;) {
    std::size_t length = big32(b, at);
    auto type = b.substr(at + 4, 4);
    if (length > 0x7FFFFFFF || length > b.size() - at - 12)
      return broken("PNG");
    bool first = at == png_magic.size();
    if (first != (type == "IHDR") || (first && length != 13))
      return broken("PNG");
    if (first) {
      out.width = big32(b, at + 8);
      out.height = big32(b, at + 12);
    }
    if (type == "acTL" || type == "fcTL" || type == "fdAT")
      return animated();
    data = data || type == "IDAT";
    if (type == "IEND") {
      if (!data)
        return broken("PNG");
      return out;
    }
    at += length + 12;
  }
  return broken("PNG");
}

/// Markers with lengths up to the frame header and on to the scan (T.81 B.1, B.2).
Result<ImageInfo> read_jpeg(Bytes b) {
  ImageInfo out{"image/jpeg", 0, 0};
  for (std::size_t at = 2; b.size() - at >= 4;) {
    if (byte(b, at) != 0xFF)
      return broken("JPEG");
    auto marker = byte(b, at + 1);
    if (marker == 0xFF) {  // a fill byte
      ++at;
      continue;
    }
    std::size_t length = big16(b, at + 2);
    if (marker < 0xC0 || (marker >= 0xD0 && marker <= 0xD9) || length < 2 ||
        length > b.size() - at - 2)
      return broken("JPEG");
    if (marker == 0xDA) {  // the scan: picture data follows, and somewhere the end of the image
      if (out.width == 0 || b.find("\xFF\xD9", at + 2 + length) == Bytes::npos)
        return broken("JPEG");
      return out;
    }
    bool tables = marker == 0xC4 || marker == 0xC8 || marker == 0xCC;
    if (marker <= 0xCF && !tables) {
      if (marker > 0xC2)
        return fail(Errc::unsupported_media, "only baseline and progressive JPEG is read");
      if (out.width != 0 || length < 8)
        return broken("JPEG");
      out.height = big16(b, at + 5);
      out.width = big16(b, at + 7);
      if (out.height == 0)
        return fail(Errc::unsupported_media, "a JPEG that does not say its height is not read");
    }
    at += 2 + length;
  }
  return broken("JPEG");
}

/// Size of a lossy key frame (RFC 6386 §9.1) or a lossless one (RFC 9649 §3.4).
bool read_webp_frame(Bytes type, Bytes data, ImageInfo& out) {
  if (type == "VP8 ") {
    if (data.size() < 10 || (byte(data, 0) & 1U) != 0 || data.substr(3, 3) != "\x9D\x01\x2A")
      return false;
    out.width = little16(data, 6) & 0x3FFFU;
    out.height = little16(data, 8) & 0x3FFFU;
    return true;
  }
  if (data.size() < 5 || byte(data, 0) != 0x2F)
    return false;
  auto bits = little32(data, 1);
  out.width = (bits & 0x3FFFU) + 1;
  out.height = (bits >> 14 & 0x3FFFU) + 1;
  return bits >> 29 == 0;
}

/// Chunks of a RIFF file: an optional VP8X, then one frame (RFC 9649 §2.5 to §2.7).
Result<ImageInfo> read_webp(Bytes b) {
  ImageInfo out{"image/webp", 0, 0};
  std::uint32_t canvas_width = 0, canvas_height = 0;
  std::size_t size = little32(b, 4);
  if (size < 4 || size > b.size() - 8)
    return broken("WebP");
  b = b.substr(0, size + 8);
  for (std::size_t at = 12; b.size() - at >= 8;) {
    auto type = b.substr(at, 4);
    std::size_t length = little32(b, at + 4);
    if (length > b.size() - at - 8)
      return broken("WebP");
    auto data = b.substr(at + 8, length);
    if (type == "ANIM" || type == "ANMF")
      return animated();
    if (type == "VP8X") {
      if (at != 12 || length < 10)
        return broken("WebP");
      if ((byte(data, 0) & 2U) != 0)
        return animated();
      canvas_width = little24(data, 4) + 1;
      canvas_height = little24(data, 7) + 1;
    }
    if (type == "VP8 " || type == "VP8L") {
      if (out.width != 0 || !read_webp_frame(type, data, out))
        return broken("WebP");
      if (canvas_width != 0 && (canvas_width != out.width || canvas_height != out.height))
        return broken("WebP");
    }
    at += 8 + length + length % 2;
    if (at > b.size())
      break;
  }
  if (out.width == 0)
    return broken("WebP");
  return out;
}

std::string lower(std::string_view text) {
  std::string out{text.substr(0, text.find(';'))};
  for (auto& c : out)
    if (c >= 'A' && c <= 'Z')
      c = static_cast<char>(c + 32);
  while (out.ends_with(' '))
    out.pop_back();
  return out == "image/jpg" ? "image/jpeg" : out;
}

constexpr std::string_view alphabet =
  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr auto values = [] {
  std::array<std::int8_t, 256> out{};
  out.fill(-1);
  for (std::size_t i = 0; i < alphabet.size(); ++i)
    out[static_cast<unsigned char>(alphabet[i])] = static_cast<std::int8_t>(i);
  return out;
}();

}  // namespace

Result<ImageInfo> check_image(std::string_view bytes, std::string_view declared,
                              const ImageLimits& limits) {
  if (bytes.size() > limits.bytes_max)
    return fail(Errc::too_large,
                "a picture may have at most " + std::to_string(limits.bytes_max) + " bytes");
  auto info = is_png(bytes)    ? read_png(bytes)
              : is_jpeg(bytes) ? read_jpeg(bytes)
              : is_webp(bytes) ? read_webp(bytes)
                               : fail(Errc::unsupported_media, "only PNG, JPEG and WebP are read");
  if (!info)
    return info;
  if (!declared.empty() && lower(declared) != info->media_type)
    return fail(Errc::unsupported_media,
                "the picture is " + info->media_type + " and not what it was sent as");
  if (info->width == 0 || info->height == 0)
    return fail(Errc::malformed, "the picture has no size");
  auto pixels = std::uint64_t{info->width} * info->height;
  if (info->width > limits.side_max || info->height > limits.side_max || pixels > limits.pixels_max)
    return fail(Errc::too_large, "a picture may have at most " + std::to_string(limits.side_max) +
                                   " pixels a side and " + std::to_string(limits.pixels_max) +
                                   " in all");
  return info;
}

Result<std::string> decode_base64(std::string_view text, std::size_t bytes_max) {
  if (text.size() / 4 > bytes_max / 3 + 1)
    return fail(Errc::too_large,
                "the data may have at most " + std::to_string(bytes_max) + " bytes");
  auto padding = text.ends_with("==") ? 2U : text.ends_with('=') ? 1U : 0U;
  if (text.size() % 4 != 0)
    return fail(Errc::malformed, "the data is not base64 with its padding");
  std::string out;
  out.reserve(text.size() / 4 * 3);
  for (std::size_t at = 0; at < text.size(); at += 4) {
    bool last = at + 4 == text.size();
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      auto value = values[static_cast<unsigned char>(text[at + i])];
      if (last && i >= 4 - padding)
        value = 0;
      if (value < 0)
        return fail(Errc::malformed,
                    "the data is not base64 at character " + std::to_string(at + i));
      bits = bits << 6 | static_cast<std::uint32_t>(value);
    }
    // Bits behind the last byte must be zero, so that every text has one meaning.
    if (last && ((padding == 2 && (bits & 0xFFFFU) != 0) || (padding == 1 && (bits & 0xFFU) != 0)))
      return fail(Errc::malformed, "the data is not base64 in its last character");
    for (std::size_t i = 0; i < (last ? 3 - padding : 3); ++i)
      out += static_cast<char>(bits >> (16 - 8 * i) & 0xFFU);
  }
  if (out.size() > bytes_max)
    return fail(Errc::too_large,
                "the data may have at most " + std::to_string(bytes_max) + " bytes");
  return out;
}

Result<ModelImage> read_attachment(const Attachment& attachment, const ImageLimits& limits) {
  auto bytes = decode_base64(attachment.data, limits.bytes_max);
  if (!bytes)
    return fail(std::move(bytes.error()));
  auto info = check_image(*bytes, attachment.media_type, limits);
  if (!info)
    return fail(std::move(info.error()));
  return ModelImage{info->media_type, std::move(*bytes)};
}

Result<std::vector<ModelImage>> read_attachments(const std::vector<Attachment>& attachments,
                                                 const ImageLimits& limits) {
  if (attachments.size() > limits.images_max)
    return fail(Errc::too_large,
                "a message may have at most " + std::to_string(limits.images_max) + " pictures");
  std::vector<ModelImage> out;
  for (std::size_t i = 0; i < attachments.size(); ++i) {
    auto image = read_attachment(attachments[i], limits);
    if (!image) {
      image.error().fields.push_back({"/attachments/" + std::to_string(i), image.error().detail});
      return fail(std::move(image.error()));
    }
    out.push_back(std::move(*image));
  }
  return out;
}

AttachmentNote note_of(const ModelImage& image) {
  std::array<unsigned char, crypto_hash_sha256_BYTES> hash{};
  crypto_hash_sha256(hash.data(), reinterpret_cast<const unsigned char*>(image.bytes.data()),
                     image.bytes.size());
  std::array<char, 2 * crypto_hash_sha256_BYTES + 1> text{};
  sodium_bin2hex(text.data(), text.size(), hash.data(), hash.size());
  return {image.media_type, static_cast<std::int64_t>(image.bytes.size()), text.data()};
}

}  // namespace jobraker::chat
