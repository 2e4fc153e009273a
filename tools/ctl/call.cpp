#include "tools/ctl/call.hpp"

namespace jobraker::ctl {

std::string escaped(std::string_view text) {
  static constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (char c : text) {
    auto byte = static_cast<unsigned char>(c);
    bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                 c == '-' || c == '.' || c == '_' || c == '~';
    if (plain)
      out += c;
    else
      out += {'%', digits[byte >> 4], digits[byte & 15]};
  }
  return out;
}

std::optional<std::string> escaped_path(std::string_view path) {
  if (path.starts_with('/'))
    path.remove_prefix(1);
  std::string out;
  for (;;) {
    auto end = path.find('/');
    auto segment = path.substr(0, end);
    if (segment.empty() || segment == "." || segment == "..")
      return std::nullopt;
    out += escaped(segment);
    if (end == std::string_view::npos)
      return out;
    out += '/';
    path.remove_prefix(end + 1);
  }
}

std::string with_slash(std::string_view path) {
  return path.starts_with('/') ? std::string{path} : "/" + std::string{path};
}

Target& Target::add(std::string_view name, std::string_view value) {
  text_ += text_.find('?') == std::string::npos ? '?' : '&';
  text_ += escaped(name) + "=" + escaped(value);
  return *this;
}

Target& Target::maybe(std::string_view name, std::string_view value) {
  return value.empty() ? *this : add(name, value);
}

}  // namespace jobraker::ctl
