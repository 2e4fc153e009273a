#include "actors/jobs/core/charset.hpp"

#include <iconv.h>

#include <array>
#include <cerrno>
#include <optional>

#include "actors/jobs/core/text.hpp"

namespace jobraker {
namespace {

/// Bytes as UTF-8, or nothing when `from` is unknown or they are not in it.
std::optional<std::string> convert(std::string_view body, const std::string& from) {
  auto handle = iconv_open("UTF-8", from.c_str());
  if (handle == reinterpret_cast<iconv_t>(-1))
    return std::nullopt;
  std::string out;
  std::array<char, 16384> chunk;
  auto in = const_cast<char*>(body.data());  // iconv does not write through it
  auto left = body.size();
  bool good = true;
  while (left > 0) {
    auto to = chunk.data();
    auto room = chunk.size();
    auto code = iconv(handle, &in, &left, &to, &room);
    out.append(chunk.data(), chunk.size() - room);
    // A character cut off at the end (EINVAL) costs only itself.
    if (code == static_cast<std::size_t>(-1) && errno != E2BIG) {
      good = errno == EINVAL;
      break;
    }
  }
  iconv_close(handle);
  if (!good)
    return std::nullopt;
  return out;
}

/// Windows-1252 as browsers read it: every byte has a meaning.
std::string from_windows_1252(std::string_view body) {
  constexpr char16_t high[32] = {0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D,   0x017D, 0x8F,
                                 0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178};
  std::string out;
  out.reserve(body.size() + body.size() / 8);
  for (char c : body) {
    auto u = static_cast<unsigned char>(c);
    if (u < 0x80)
      out += c;
    else
      text::append_utf8(out, u < 0xA0 ? char32_t{high[u - 0x80]} : char32_t{u});
  }
  return out;
}

/// The encoding that an XML declaration names, lower case.
std::string declared(std::string_view body) {
  auto head = body.substr(0, 300);
  auto open = head.find("<?xml");
  if (open == head.npos)
    return {};
  head = head.substr(open, head.find("?>", open) - open);
  auto at = head.find("encoding");
  if (at == head.npos)
    return {};
  at = head.find_first_of("'\"", at);
  if (at == head.npos)
    return {};
  auto end = head.find(head[at], at + 1);
  if (end == head.npos)
    return {};
  return text::lower(text::trim(head.substr(at + 1, end - at - 1)));
}

bool starts(std::string_view s, std::string_view with) { return s.substr(0, with.size()) == with; }

/// The family that the first bytes give away (XML 1.0 appendix F); `skip` bytes are a mark.
std::string sniffed(std::string_view body, std::size_t& skip) {
  using namespace std::string_view_literals;
  struct Sign {
    std::string_view bytes;
    const char* charset;
    bool mark;
  };
  constexpr Sign signs[] = {
    {"\x00\x00\xFE\xFF"sv, "utf-32be", true}, {"\xFF\xFE\x00\x00"sv, "utf-32le", true},
    {"\xEF\xBB\xBF"sv, "utf-8", true},        {"\xFE\xFF"sv, "utf-16be", true},
    {"\xFF\xFE"sv, "utf-16le", true},         {"\x00\x00\x00<"sv, "utf-32be", false},
    {"<\x00\x00\x00"sv, "utf-32le", false},   {"\x00<\x00"sv, "utf-16be", false},
    {"<\x00"sv, "utf-16le", false},           {"\x4C\x6F\xA7\x94"sv, "ibm037", false},
  };
  for (const auto& sign : signs)
    if (starts(body, sign.bytes)) {
      skip = sign.mark ? sign.bytes.size() : 0;
      return sign.charset;
    }
  return {};
}

/// What XML 1.0 §2.2 calls a Char, byte-wise: C0 controls but tab and line ends go.
void drop_controls(std::string& s) {
  std::erase_if(s, [](char c) {
    auto u = static_cast<unsigned char>(c);
    return u < 0x20 && c != '\t' && c != '\n' && c != '\r';
  });
}

bool latin(std::string_view charset) {
  return charset == "iso-8859-1" || charset == "latin1" || charset == "latin-1" ||
         charset == "windows-1252" || charset == "cp1252" || charset == "us-ascii" ||
         charset == "ascii";
}

std::string decoded(std::string_view body, std::string_view http_charset) {
  std::size_t skip = 0;
  auto family = sniffed(body, skip);
  if (!family.empty() && family != "utf-8" && family != "ibm037") {
    if (auto out = convert(body.substr(skip), family))
      return *out;
  }
  body.remove_prefix(skip);
  auto named = http_charset.empty() ? std::string{} : text::lower(http_charset);
  auto inside = declared(body);
  if (family == "ibm037") {
    if (auto head = convert(body.substr(0, 300), family);
        head && !(inside = declared(*head)).empty())
      if (auto out = convert(body, inside))
        return *out;
    if (auto out = convert(body, family))
      return *out;
  }
  // Servers often say Latin-1 without knowing; text that is good UTF-8 beyond ASCII is UTF-8.
  bool utf8 = text::valid_utf8(body);
  for (const auto& charset : {named, inside}) {
    if (charset.empty() || charset == "utf-8" || charset == "utf8" || starts(charset, "utf-16") ||
        starts(charset, "utf-32") || starts(charset, "ucs"))
      continue;
    if (latin(charset))
      return utf8 ? std::string{body} : from_windows_1252(body);
    if (auto out = convert(body, charset))
      return *out;
  }
  return utf8 ? std::string{body} : from_windows_1252(body);
}

}  // namespace

std::string charset_of(std::string_view content_type) {
  auto lowered = text::lower(content_type);
  auto at = lowered.find("charset=");
  if (at == lowered.npos)
    return {};
  auto value = std::string_view{lowered}.substr(at + 8);
  value = text::trim(value.substr(0, value.find(';')));
  while (!value.empty() && (value.front() == '"' || value.front() == '\''))
    value.remove_prefix(1);
  while (!value.empty() && (value.back() == '"' || value.back() == '\''))
    value.remove_suffix(1);
  return std::string{value};
}

std::string xml_to_utf8(std::string_view body, std::string_view http_charset) {
  auto out = decoded(body, http_charset);
  drop_controls(out);
  if (!text::valid_utf8(out))  // surrogates and the like out of a lenient converter
    out = text::sanitise(out);
  return out;
}

}  // namespace jobraker
