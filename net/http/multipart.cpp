#include <algorithm>

#include "net/http/forms.hpp"

namespace jobraker::net {
namespace {

/// A broken escape, or a missing pad, gives nullopt; line breaks are skipped (RFC 2045 §6.8).
std::optional<std::string> decode_base64(std::string_view text) {
  std::string out;
  std::uint32_t bits = 0;
  int count = 0;
  int pads = 0;
  for (char c : text) {
    int value = 0;
    if (c >= 'A' && c <= 'Z')
      value = c - 'A';
    else if (c >= 'a' && c <= 'z')
      value = c - 'a' + 26;
    else if (c >= '0' && c <= '9')
      value = c - '0' + 52;
    else if (c == '+' || c == '/')
      value = c == '+' ? 62 : 63;
    else if (c == '=' && ++pads <= 2)
      continue;
    else if (c == '\r' || c == '\n' || c == ' ' || c == '\t')
      continue;
    else
      return std::nullopt;
    if (pads > 0)
      return std::nullopt;
    bits = bits << 6 | static_cast<std::uint32_t>(value);
    if (++count % 4 == 0) {
      for (int shift = 16; shift >= 0; shift -= 8)
        out.push_back(static_cast<char>(bits >> shift & 0xFF));
      bits = 0;
    }
  }
  const int left = count % 4;
  if (left == 1 || (left + pads) % 4 != 0)
    return std::nullopt;
  if (left > 0) {
    bits <<= 6 * (4 - left);
    out.push_back(static_cast<char>(bits >> 16 & 0xFF));
    if (left == 3)
      out.push_back(static_cast<char>(bits >> 8 & 0xFF));
  }
  return out;
}

/// RFC 2045 §6.7.
std::optional<std::string> decode_quoted_printable(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '=') {
      out.push_back(text[i]);
      continue;
    }
    if (text.substr(i + 1, 2) == "\r\n") {
      i += 2;
      continue;
    }
    const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
    if (high < 0 || low < 0)
      return std::nullopt;
    out.push_back(static_cast<char>(high << 4 | low));
    i += 2;
  }
  return out;
}

/// Walks through one body. Each step answers false when it failed; `error` then says why.
class MultipartReader {
public:
  MultipartReader(std::string_view body, std::string_view boundary, const FormLimits& limits)
      : body_(body), delimiter_("\r\n--" + std::string{boundary}), limits_(limits) {}

  Result<Form> read() {
    bool last = false;
    if (!opening(last))
      return fail(std::move(error_));
    while (!last) {
      if (form_.size() == limits_.parts_max) {
        refuse(Errc::too_large,
               "the form has more than " + std::to_string(limits_.parts_max) + " parts");
        return fail(std::move(error_));
      }
      FormPart part;
      encoding_.clear();
      if (!headers(part) || !content(part, last))
        return fail(std::move(error_));
      form_.push_back(std::move(part));
    }
    return std::move(form_);
  }

private:
  bool refuse(Errc code, std::string_view why) {
    error_ = Error{code, std::string{why} + " at byte " + std::to_string(at_), {}, {}};
    return false;
  }
  bool broken(std::string_view why) { return refuse(Errc::malformed, why); }

  /// Where the delimiter at `from` (its CRLF included) ends, if it really is one: the boundary may
  /// be followed by blanks and CRLF, or by two dashes. npos when it is content after all.
  std::size_t delimiter_end(std::size_t from, bool& last) const {
    std::size_t at = from + delimiter_.size();
    if (body_.substr(at, 2) == "--") {
      last = true;
      return at + 2;
    }
    while (at < body_.size() && (body_[at] == ' ' || body_[at] == '\t'))
      ++at;
    return body_.substr(at, 2) == "\r\n" ? at + 2 : std::string_view::npos;
  }

  /// The first delimiter. A body that starts with two dashes must start with it; anything else
  /// before it is a preamble.
  bool opening(bool& last) {
    const std::string_view line = std::string_view{delimiter_}.substr(2);
    if (body_.starts_with("--")) {
      for (; at_ < line.size(); ++at_) {
        if (at_ == body_.size() || body_[at_] != line[at_])
          return broken("the body does not begin with its boundary");
      }
      if (at_ < body_.size() && body_[at_] == '-') {
        ++at_;
        if (at_ == body_.size() || body_[at_] != '-')
          return broken("the boundary is followed by one dash");
        last = true;
        return true;
      }
      while (at_ < body_.size() && (body_[at_] == ' ' || body_[at_] == '\t'))
        ++at_;
      return line_end("the boundary is followed by something else than a line end");
    }
    for (auto found = body_.find(delimiter_); found != std::string_view::npos;
         found = body_.find(delimiter_, found + 2)) {
      if (const auto end = delimiter_end(found, last); end != std::string_view::npos) {
        at_ = end;
        return true;
      }
    }
    at_ = body_.size();
    return broken("the boundary is not in the body");
  }

  bool line_end(std::string_view why) {
    if (at_ == body_.size() || body_[at_] != '\r')
      return broken(why);
    ++at_;
    if (at_ == body_.size() || body_[at_] != '\n')
      return broken("a carriage return is not followed by a line feed");
    ++at_;
    return true;
  }

  bool headers(FormPart& part) {
    const auto begin = at_;
    bool named = false;
    while (at_ < body_.size() && body_[at_] != '\r') {
      const auto name_at = at_;
      while (at_ < body_.size() && is_token_char(body_[at_]))
        ++at_;
      const auto name = body_.substr(name_at, at_ - name_at);
      if (name.empty() || at_ == body_.size() || body_[at_] != ':')
        return broken("a part's header line has no name and colon");
      const auto value_at = ++at_;
      at_ = std::min(body_.find_first_of(std::string_view{"\r\n\0", 3}, at_), body_.size());
      const auto value = trimmed(body_.substr(value_at, at_ - value_at));
      if (!line_end("a part's header line is cut"))
        return false;
      if (at_ - begin > limits_.part_header_max)
        return refuse(Errc::too_large, "a part's header is longer than " +
                                         std::to_string(limits_.part_header_max) + " bytes");
      if (same_token(name, "content-type"))
        part.content_type.assign(value);
      else if (same_token(name, "content-transfer-encoding"))
        encoding_.assign(value);
      else if (same_token(name, "content-disposition") && !disposition(value, part, named))
        return false;
    }
    if (!line_end("a part's header does not end"))
      return false;
    return named || broken("a part has no Content-Disposition of form-data with a name");
  }

  bool disposition(std::string_view value, FormPart& part, bool& named) {
    const auto parsed = parse_header_value(value);
    const auto name = parsed ? find(parsed->parameters, "name") : std::nullopt;
    if (!parsed || parsed->token != "form-data" || !name || named)
      return broken("a part has no Content-Disposition of form-data with a name");
    const auto filename = find(parsed->parameters, "filename");
    if (name->size() > limits_.name_max || (filename && filename->size() > limits_.name_max))
      return refuse(Errc::too_large,
                    "a name is longer than " + std::to_string(limits_.name_max) + " bytes");
    named = true;
    part.name.assign(*name);
    if (filename)
      part.filename.emplace(*filename);
    return true;
  }

  bool content(FormPart& part, bool& last) {
    // An empty part may put its delimiter right after the header: that line end serves both.
    const auto begin = at_;
    auto found = body_.find(delimiter_, begin - 2);
    auto end = std::string_view::npos;
    while (found != std::string_view::npos &&
           (end = delimiter_end(found, last)) == std::string_view::npos)
      found = body_.find(delimiter_, found + 2);
    if (found == std::string_view::npos) {
      at_ = body_.size();
      return broken("the final boundary is missing");
    }
    const auto data = body_.substr(begin, found < begin ? 0 : found - begin);
    if (data.size() > limits_.part_max)
      return refuse(Errc::too_large,
                    "a part is longer than " + std::to_string(limits_.part_max) + " bytes");
    if (!decode(data, part))
      return false;
    at_ = end;
    return true;
  }

  bool decode(std::string_view data, FormPart& part) {
    std::optional<std::string> decoded;
    if (same_token(encoding_, "base64")) {
      decoded = decode_base64(data);
    } else if (same_token(encoding_, "quoted-printable")) {
      decoded = decode_quoted_printable(data);
    } else if (encoding_.empty() || same_token(encoding_, "7bit") ||
               same_token(encoding_, "8bit") || same_token(encoding_, "binary")) {
      decoded.emplace(data);
    } else {
      return broken("a part has a transfer encoding nobody knows");
    }
    if (!decoded)
      return broken("a part is not in the transfer encoding it names");
    part.data = std::move(*decoded);
    return true;
  }

  std::string_view body_;
  std::string delimiter_;
  const FormLimits& limits_;
  std::size_t at_ = 0;
  std::string encoding_;
  Error error_;
  Form form_;
};

}  // namespace

Result<Form> parse_multipart(std::string_view body, std::string_view boundary,
                             const FormLimits& limits) {
  return MultipartReader{body, boundary, limits}.read();
}

}  // namespace jobraker::net
