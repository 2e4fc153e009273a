#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "actors/chat/core/images.hpp"

namespace jobraker::chat {
namespace {

using testing::HasSubstr;

std::string big(std::uint32_t value, int bytes) {
  std::string out;
  for (int i = bytes - 1; i >= 0; --i)
    out += static_cast<char>(value >> (8 * i) & 0xFF);
  return out;
}
std::string little(std::uint32_t value, int bytes) {
  auto out = big(value, bytes);
  std::reverse(out.begin(), out.end());
  return out;
}

std::string chunk(std::string type, std::string data) {
  return big(static_cast<std::uint32_t>(data.size()), 4) + type + data + "crc!";
}
std::string png(std::uint32_t width, std::uint32_t height, std::string more = "") {
  return std::string{"\x89PNG\r\n\x1A\n", 8} +
         chunk("IHDR", big(width, 4) + big(height, 4) + std::string{"\x08\x02\0\0\0", 5}) + more +
         chunk("IDAT", "pixels") + chunk("IEND", "");
}

std::string segment(int marker, std::string data) {
  return std::string{"\xFF"} + static_cast<char>(marker) +
         big(static_cast<std::uint32_t>(data.size() + 2), 2) + data;
}
std::string frame(std::uint32_t width, std::uint32_t height) {
  return std::string{"\x08"} + big(height, 2) + big(width, 2) + std::string{"\x01\x01\x11\0", 4};
}
std::string jpeg(std::uint32_t width, std::uint32_t height, int sof = 0xC0, std::string more = "") {
  return "\xFF\xD8" + segment(0xE0, std::string{"JFIF\0\1", 6}) + more + "\xFF" +
         segment(0xDB, std::string(65, 'q')) + segment(0xC4, "huffman") +
         segment(sof, frame(width, height)) + segment(0xDA, "scan") + "pixels\xFF\xD9";
}

std::string riff(std::string chunks) {
  return "RIFF" + little(static_cast<std::uint32_t>(chunks.size() + 4), 4) + "WEBP" + chunks;
}
std::string part(std::string type, std::string data) {
  auto out = type + little(static_cast<std::uint32_t>(data.size()), 4) + data;
  return data.size() % 2 ? out + '\0' : out;
}
std::string lossy(std::uint32_t width, std::uint32_t height) {
  return part("VP8 ", std::string{"\x30\x01\x00", 3} + "\x9D\x01\x2A" + little(width, 2) +
                        little(height, 2) + "pixels");
}
std::string lossless(std::uint32_t width, std::uint32_t height) {
  return part("VP8L", "\x2F" + little((width - 1) | (height - 1) << 14, 4) + "pixels!");
}
std::string extended(std::uint32_t width, std::uint32_t height, int flags = 0) {
  return part("VP8X", std::string{static_cast<char>(flags)} + little(0, 3) + little(width - 1, 3) +
                        little(height - 1, 3));
}

TEST(Images, TheSizeIsReadFromTheContent) {
  struct Case {
    std::string bytes;
    ImageInfo info;
  };
  const Case cases[] = {
    {png(640, 480), {"image/png", 640, 480}},
    {png(1, 1, chunk("tEXt", "hello")), {"image/png", 1, 1}},
    {png(3, 2) + "rubbish behind it", {"image/png", 3, 2}},
    {jpeg(640, 480), {"image/jpeg", 640, 480}},
    {jpeg(7, 5, 0xC2), {"image/jpeg", 7, 5}},
    {jpeg(7, 5, 0xC1, segment(0xE1, "Exif\xFF\xD9 a picture inside")), {"image/jpeg", 7, 5}},
    {riff(lossy(640, 480)), {"image/webp", 640, 480}},
    {riff(lossless(16, 9)), {"image/webp", 16, 9}},
    {riff(extended(16, 9, 0x10) + part("ALPH", "abc") + lossy(16, 9) + part("EXIF", "x")),
     {"image/webp", 16, 9}},
  };
  for (const auto& c : cases) {
    auto info = check_image(c.bytes, c.info.media_type);
    ASSERT_TRUE(info) << info.error().detail << c.info.media_type;
    EXPECT_EQ(*info, c.info);
    EXPECT_TRUE(check_image(c.bytes, ""));
  }
}

TEST(Images, WhatIsNotReadIsRefusedWithItsReason) {
  struct Case {
    std::string bytes, declared;
    Errc code;
  };
  const Case cases[] = {
    {"", "", Errc::unsupported_media},
    {"GIF89a\1\1\1\1", "image/gif", Errc::unsupported_media},
    {"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml", Errc::unsupported_media},
    {"BM......", "image/bmp", Errc::unsupported_media},
    {"%PDF-1.7", "image/png", Errc::unsupported_media},
    {png(2, 2), "image/jpeg", Errc::unsupported_media},
    {png(2, 2), "text/html", Errc::unsupported_media},
    {png(2, 2, chunk("acTL", "12345678")), "", Errc::unsupported_media},
    {png(0, 2), "", Errc::malformed},
    {png(8001, 2), "", Errc::too_large},
    {png(2, 8001), "", Errc::too_large},
    {png(8000, 5001), "", Errc::too_large},
    {png(0xFFFFFFFF, 0xFFFFFFFF), "", Errc::too_large},
    {png(2, 2).substr(0, 8) + chunk("IDAT", "x") + chunk("IEND", ""), "", Errc::malformed},
    {png(2, 2, chunk("IHDR", "1234567890123")), "", Errc::malformed},
    {jpeg(7, 5, 0xC3), "", Errc::unsupported_media},
    {jpeg(7, 5, 0xC9), "", Errc::unsupported_media},
    {jpeg(7, 0), "", Errc::unsupported_media},
    {jpeg(65535, 65535), "", Errc::too_large},
    {jpeg(7, 5, 0xC0, segment(0xC0, frame(1, 1))), "", Errc::malformed},
    {"\xFF\xD8" + segment(0xDA, "scan") + "pixels\xFF\xD9", "", Errc::malformed},
    {riff(extended(4, 4, 2) + lossy(4, 4)), "", Errc::unsupported_media},
    {riff(extended(4, 4) + part("ANIM", "123456") + part("ANMF", lossy(4, 4))), "",
     Errc::unsupported_media},
    {riff(extended(4, 4) + lossy(5, 4)), "", Errc::malformed},
    {riff(lossy(4, 4) + lossy(4, 4)), "", Errc::malformed},
    {riff(part("EXIF", "x")), "", Errc::malformed},
    {riff(lossy(0, 4)), "", Errc::malformed},
    {riff(part("VP8 ", "short")), "", Errc::malformed},
    {riff(lossless(16384, 4)), "", Errc::too_large},
  };
  for (const auto& c : cases) {
    auto info = check_image(c.bytes, c.declared);
    ASSERT_FALSE(info) << info->media_type << info->width;
    EXPECT_EQ(info.error().code, c.code) << info.error().detail << " " << c.bytes.substr(0, 30);
  }
  EXPECT_EQ(check_image(png(2, 2), "", {.bytes_max = 10}).error().code, Errc::too_large);
  EXPECT_TRUE(check_image(jpeg(2, 2), "Image/JPG; charset=binary"));
  EXPECT_TRUE(check_image(png(8000, 5000), ""));
}

std::string any_image(std::mt19937_64& random) {
  auto side = [&] { return static_cast<std::uint32_t>(1 + random() % 9000); };
  switch (random() % 5) {
  case 0:
    return png(side(), side(), chunk("tEXt", "x"));
  case 1:
    return jpeg(side(), side());
  case 2:
    return riff(lossy(side(), side()));
  case 3:
    return riff(lossless(side(), side()));
  default:
    auto width = side(), height = side();
    return riff(extended(width, height) + lossless(width, height));
  }
}

TEST(Images, NothingThatIsCutOffPasses) {
  ASSERT_TRUE(rc::check([] {
    std::mt19937_64 random{*rc::gen::arbitrary<std::uint64_t>()};
    auto bytes = any_image(random);
    bytes.resize(random() % bytes.size());
    RC_ASSERT(!check_image(bytes, "").has_value());
  }));
}

TEST(Images, WhateverPassesKeepsTheLimits) {
  ASSERT_TRUE(rc::check([] {
    std::mt19937_64 random{*rc::gen::arbitrary<std::uint64_t>()};
    auto bytes = any_image(random);
    for (auto n = random() % 6; n > 0; --n)
      bytes[random() % bytes.size()] = static_cast<char>(random());
    ImageLimits limits{.side_max = 5000, .pixels_max = 9'000'000};
    auto info = check_image(bytes, "", limits);
    if (!info) {
      RC_ASSERT(info.error().code == Errc::malformed ||
                info.error().code == Errc::unsupported_media ||
                info.error().code == Errc::too_large);
      return;
    }
    RC_ASSERT(info->width >= 1 && info->width <= limits.side_max);
    RC_ASSERT(info->height >= 1 && info->height <= limits.side_max);
    RC_ASSERT(std::uint64_t{info->width} * info->height <= limits.pixels_max);
  }));
}

std::string base64(std::string_view bytes) {
  constexpr std::string_view letters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < 3; ++i)
      bits = bits << 8 | (at + i < bytes.size() ? static_cast<unsigned char>(bytes[at + i]) : 0U);
    for (std::size_t i = 0; i < 4; ++i)
      out += at + i > bytes.size() ? '=' : letters[bits >> (18 - 6 * i) & 63U];
  }
  return out;
}

TEST(Images, Base64IsReadStrictly) {
  const std::pair<std::string, std::string> good[] = {// RFC 4648 §10
                                                      {"", ""},
                                                      {"Zg==", "f"},
                                                      {"Zm8=", "fo"},
                                                      {"Zm9v", "foo"},
                                                      {"Zm9vYg==", "foob"},
                                                      {"Zm9vYmE=", "fooba"},
                                                      {"Zm9vYmFy", "foobar"},
                                                      {"/+8=", "\xFF\xEF"}};
  for (const auto& [text, bytes] : good)
    EXPECT_EQ(decode_base64(text, 100), bytes);
  for (auto bad : {"Z", "Zg", "Zg=", "Zg===", "=", "====", "Zh==", "Zm9=", "Zg==Zg==", "Zm 9v",
                   "Zm9v\n", "Zm9-", "Zm9_", "data:image/png;base64,Zm9v"})
    EXPECT_EQ(decode_base64(bad, 100).error().code, Errc::malformed) << bad;
  EXPECT_EQ(decode_base64("Zm9v", 2).error().code, Errc::too_large);
  EXPECT_EQ(decode_base64(std::string(4000, '!'), 100).error().code, Errc::too_large);
  EXPECT_TRUE(decode_base64("Zm9v", 3));
}

TEST(Images, Base64IsTheInverseOfItsWriting) {
  ASSERT_TRUE(rc::check([] {
    auto bytes = *rc::gen::container<std::string>(rc::gen::arbitrary<char>());
    RC_ASSERT(decode_base64(base64(bytes), bytes.size()) == bytes);
  }));
}

TEST(Images, AttachmentsBecomePicturesWithNotes) {
  auto images =
    read_attachments({{"image/png", base64(png(2, 3))}, {"image/jpg", base64(jpeg(4, 5))}});
  ASSERT_TRUE(images) << images.error().detail;
  ASSERT_EQ(images->size(), 2U);
  EXPECT_EQ((*images)[0].bytes, png(2, 3));
  EXPECT_EQ((*images)[1].media_type, "image/jpeg");
  auto note = note_of({"image/png", "abc"});
  EXPECT_EQ(note.bytes, 3);
  EXPECT_EQ(note.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");

  auto bad = read_attachments({{"image/png", base64(png(2, 3))}, {"image/png", "!!!!"}});
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().code, Errc::malformed);
  ASSERT_EQ(bad.error().fields.size(), 1U);
  EXPECT_EQ(bad.error().fields[0].pointer, "/attachments/1");
  EXPECT_EQ(read_attachments(std::vector<Attachment>(5)).error().code, Errc::too_large);
  EXPECT_TRUE(read_attachments({})->empty());
}

}  // namespace
}  // namespace jobraker::chat
