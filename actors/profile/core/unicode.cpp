#include "actors/profile/core/unicode.hpp"

#include <cstdlib>
#include <memory>

#include <utf8proc.h>

namespace jobraker {
namespace {

const utf8proc_uint8_t* bytes_of(std::string_view text) {
  return reinterpret_cast<const utf8proc_uint8_t*>(text.data());
}

std::string map(std::string_view text, int options) {
  utf8proc_uint8_t* out = nullptr;
  auto n = utf8proc_map(bytes_of(text), static_cast<utf8proc_ssize_t>(text.size()), &out,
                        static_cast<utf8proc_option_t>(options));
  std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner{out, &std::free};
  if (n < 0)
    return std::string{text};
  return {reinterpret_cast<const char*>(out), static_cast<std::size_t>(n)};
}

}  // namespace

CodePoint code_point(std::string_view text, std::size_t at) {
  if (auto c = static_cast<unsigned char>(text[at]); c < 0x80)
    return {c, 1};
  utf8proc_int32_t code = -1;
  auto n =
    utf8proc_iterate(bytes_of(text) + at, static_cast<utf8proc_ssize_t>(text.size() - at), &code);
  return n > 0 ? CodePoint{code, static_cast<std::size_t>(n)} : CodePoint{-1, 1};
}

void append_code_point(std::string& out, std::int32_t code) {
  utf8proc_uint8_t buffer[4];
  auto n = utf8proc_encode_char(code, buffer);
  out.append(reinterpret_cast<const char*>(buffer), static_cast<std::size_t>(n));
}

std::int32_t lower_case(std::int32_t code) {
  if (code < 0x80)
    return code >= 'A' && code <= 'Z' ? code + 32 : code;
  return utf8proc_tolower(code);
}

bool is_letter(std::int32_t code) {
  if (code < 0x80)
    return (code | 0x20) >= 'a' && (code | 0x20) <= 'z';
  auto category = utf8proc_category(code);
  return (category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO) ||
         category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_MC;
}

bool is_lower(std::int32_t code) {
  return code < 0x80 ? code >= 'a' && code <= 'z' : utf8proc_category(code) == UTF8PROC_CATEGORY_LL;
}

bool is_digit(std::int32_t code) {
  return code < 0x80 ? code >= '0' && code <= '9' : utf8proc_category(code) == UTF8PROC_CATEGORY_ND;
}

bool is_space(std::int32_t code) {
  if (code < 0x80)
    return code == ' ' || (code >= '\t' && code <= '\r');
  auto category = utf8proc_category(code);
  return code == 0x85 || category == UTF8PROC_CATEGORY_ZS || category == UTF8PROC_CATEGORY_ZL ||
         category == UTF8PROC_CATEGORY_ZP;
}

std::string to_nfc(std::string_view text) { return map(text, UTF8PROC_STABLE | UTF8PROC_COMPOSE); }

std::string base_letters(std::string_view text) {
  return map(text, UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | UTF8PROC_STRIPMARK | UTF8PROC_CASEFOLD);
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view spaces = " \t\r\n";
  auto begin = text.find_first_not_of(spaces);
  if (begin == std::string_view::npos)
    return {};
  return text.substr(begin, text.find_last_not_of(spaces) - begin + 1);
}

std::string_view cut_bytes(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes)
    return text;
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0) == 0x80)
    --bytes;
  text = text.substr(0, bytes);
  return text.substr(0, text.find_last_not_of(" \t\r\n") + 1);
}

}  // namespace jobraker
