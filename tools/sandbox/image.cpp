#include "tools/sandbox/image.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "tools/sandbox/text.hpp"

namespace jobraker::sandbox {

namespace {

std::uint32_t byte(std::string_view bytes, std::size_t at) {
  return static_cast<unsigned char>(bytes[at]);
}
std::uint32_t big16(std::string_view b, std::size_t at) {
  return byte(b, at) << 8 | byte(b, at + 1);
}
std::uint32_t little16(std::string_view b, std::size_t at) {
  return byte(b, at) | byte(b, at + 1) << 8;
}
std::uint32_t little24(std::string_view b, std::size_t at) {
  return little16(b, at) | byte(b, at + 2) << 16;
}

/// Walks the markers of a JPEG (ITU T.81 annex B) to the frame header.
std::optional<ImageSize> jpeg_size(std::string_view b) {
  for (std::size_t at = 2; at + 9 < b.size();) {
    if (byte(b, at) != 0xFF)
      return std::nullopt;
    auto marker = byte(b, at + 1);
    if (marker == 0xFF) {
      ++at;
      continue;
    }
    bool frame =
      marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
    if (frame)
      return ImageSize{big16(b, at + 7), big16(b, at + 5)};
    at += 2 + (marker >= 0xD0 && marker <= 0xD8 ? 0 : big16(b, at + 2));
  }
  return std::nullopt;
}

/// The three forms of a WebP (RFC 9649): lossy, lossless, extended.
std::optional<ImageSize> webp_size(std::string_view b) {
  auto form = b.substr(12, 4);
  if (form == "VP8 " && b.size() >= 30)
    return ImageSize{little16(b, 26) & 0x3FFF, little16(b, 28) & 0x3FFF};
  if (form == "VP8L" && b.size() >= 25) {
    auto bits = little16(b, 21) | little16(b, 23) << 16;
    return ImageSize{(bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1};
  }
  if (form == "VP8X" && b.size() >= 30)
    return ImageSize{little24(b, 24) + 1, little24(b, 27) + 1};
  return std::nullopt;
}

std::uint64_t tiles(const ChatImage& image) {
  double width = image.width, height = image.height;
  auto shrink = [&](double factor) {
    if (factor < 1) {
      width *= factor;
      height *= factor;
    }
  };
  shrink(2048 / std::max(width, height));
  shrink(768 / std::min(width, height));
  auto count = [](double side) { return static_cast<std::uint64_t>(std::ceil(side / 512 - 1e-9)); };
  return std::max<std::uint64_t>(1, count(width) * count(height));
}

std::uint64_t patches(const ChatImage& image) {
  constexpr double most = 1536;
  double width = image.width, height = image.height;
  auto count = [](double side) { return std::ceil(side / 32 - 1e-9); };
  if (count(width) * count(height) > most) {
    auto factor = std::sqrt(32 * 32 * most / (width * height));
    auto across = width * factor / 32, down = height * factor / 32;
    factor *= std::min(std::floor(across) / across, std::floor(down) / down);
    width *= factor;
    height *= factor;
  }
  return static_cast<std::uint64_t>(std::min(most, count(width) * count(height)));
}

}  // namespace

std::optional<ImageSize> image_size(std::string_view b) {
  std::optional<ImageSize> out;
  if (b.starts_with("\x89PNG\r\n\x1A\n") && b.size() >= 24 && b.substr(12, 4) == "IHDR")
    out = ImageSize{big16(b, 16) << 16 | big16(b, 18), big16(b, 20) << 16 | big16(b, 22)};
  else if (b.starts_with("\xFF\xD8\xFF"))
    out = jpeg_size(b);
  else if (b.size() >= 16 && b.starts_with("RIFF") && b.substr(8, 4) == "WEBP")
    out = webp_size(b);
  else if ((b.starts_with("GIF87a") || b.starts_with("GIF89a")) && b.size() >= 10)
    out = ImageSize{little16(b, 6), little16(b, 8)};
  if (out && (out->width == 0 || out->height == 0))
    return std::nullopt;
  return out;
}

std::optional<std::string> base64_bytes(std::string_view text) {
  static const auto values = [] {
    std::array<int, 256> out;
    out.fill(-1);
    constexpr std::string_view letters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (std::size_t i = 0; i < letters.size(); ++i)
      out[static_cast<unsigned char>(letters[i])] = static_cast<int>(i);
    return out;
  }();
  std::string out;
  out.reserve(text.size() / 4 * 3);
  std::uint32_t bits = 0;
  int count = 0;
  std::size_t padding = 0;
  for (char c : text) {
    if (c == '\n' || c == '\r')
      continue;
    if (c == '=') {
      ++padding;
      continue;
    }
    int value = values[static_cast<unsigned char>(c)];
    if (value < 0 || padding > 0)
      return std::nullopt;
    bits = bits << 6 | static_cast<std::uint32_t>(value);
    if (++count == 4) {
      out += static_cast<char>(bits >> 16 & 0xFF);
      out += static_cast<char>(bits >> 8 & 0xFF);
      out += static_cast<char>(bits & 0xFF);
      bits = 0;
      count = 0;
    }
  }
  if (count == 1 || padding > 2)
    return std::nullopt;
  if (count == 2)
    out += static_cast<char>(bits >> 4 & 0xFF);
  if (count == 3) {
    out += static_cast<char>(bits >> 10 & 0xFF);
    out += static_cast<char>(bits >> 2 & 0xFF);
  }
  return out;
}

std::optional<std::string> data_url_bytes(std::string_view url) {
  auto comma = url.find(',');
  if (!lower(url.substr(0, 11)).starts_with("data:image/") || comma == std::string_view::npos ||
      !lower(url.substr(0, comma)).ends_with(";base64"))
    return std::nullopt;
  return base64_bytes(url.substr(comma + 1));
}

std::uint64_t openai_image_tokens(std::string_view model, const ChatImage& image) {
  bool by_patches = model.find("4.1-mini") != std::string_view::npos ||
                    model.starts_with("gpt-5") || model.starts_with("gpt-6") ||
                    model.starts_with("sandbox");
  if (by_patches)
    return static_cast<std::uint64_t>(std::round(static_cast<double>(patches(image)) * 1.62));
  bool mini = model.starts_with("gpt-4o-mini");
  std::uint64_t base = mini ? 2833 : 85, tile = mini ? 5667 : 170;
  return image.detail == "low" ? base : base + tile * tiles(image);
}

std::uint64_t anthropic_image_tokens(const ChatImage& image) {
  double width = image.width, height = image.height;
  auto factor = std::min(1.0, 1568 / std::max(width, height));
  return static_cast<std::uint64_t>(std::ceil(width * height * factor * factor / 750));
}

}  // namespace jobraker::sandbox
