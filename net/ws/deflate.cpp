#include "net/ws/deflate.hpp"

#include <algorithm>
#include <charconv>

#include <boost/beast/zlib/deflate_stream.hpp>
#include <boost/beast/zlib/inflate_stream.hpp>

#include "net/http/text.hpp"

namespace jobraker::net {
namespace {

namespace zlib = boost::beast::zlib;
using BeastError = boost::beast::error_code;

/// What both sides leave out at the end of a message (RFC 7692 §7.2.1).
constexpr std::string_view tail{"\x00\x00\xff\xff", 4};
constexpr std::size_t piece = 16 << 10;
constexpr int window_bits = 15;

/// Takes what is before `mark` off the front of `text`.
std::string_view cut(std::string_view& text, char mark) {
  const auto end = std::min(text.find(mark), text.size());
  const auto part = trimmed(text.substr(0, end));
  text.remove_prefix(std::min(end + 1, text.size()));
  return part;
}

/// The answer to one offer, or empty when it asks for what we cannot do.
std::string agree_on(std::string_view offer) {
  if (!same_token(cut(offer, ';'), "permessage-deflate"))
    return {};
  int window = 0;
  bool seen[4] = {};
  while (!offer.empty()) {
    auto parameter = cut(offer, ';');
    const bool has_value = parameter.find('=') != std::string_view::npos;
    const auto name = cut(parameter, '=');
    auto value = parameter;
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
      value = value.substr(1, value.size() - 2);
    constexpr std::string_view names[] = {"server_no_context_takeover",
                                          "client_no_context_takeover", "client_max_window_bits",
                                          "server_max_window_bits"};
    const auto at = static_cast<std::size_t>(
      std::find_if(std::begin(names), std::end(names),
                   [&](std::string_view known) { return same_token(known, name); }) -
      std::begin(names));
    if (at == std::size(names) || seen[at] || (at < 2 && has_value) || (at == 3 && !has_value))
      return {};
    seen[at] = true;
    if (!has_value)
      continue;
    int bits = 0;
    const auto read = std::from_chars(value.data(), value.data() + value.size(), bits);
    if (read.ec != std::errc{} || read.ptr != value.data() + value.size() || bits < 8 || bits > 15)
      return {};
    if (at == 3)
      window = bits;
  }
  // A smaller window of ours would need a compressor of its own: such an offer is passed over.
  if (window != 0 && window < window_bits)
    return {};
  std::string answer = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
  if (window != 0)
    answer += "; server_max_window_bits=15";
  return answer;
}

}  // namespace

std::string agree_on_deflate(std::string_view offers) {
  while (!offers.empty()) {
    if (auto answer = agree_on(cut(offers, ',')); !answer.empty())
      return answer;
  }
  return {};
}

std::string deflate_message(std::string_view message) {
  thread_local zlib::deflate_stream stream;
  stream.reset(6, window_bits, 8, zlib::Strategy::normal);
  std::string out;
  zlib::z_params at{};
  at.next_in = message.data();
  at.avail_in = message.size();
  BeastError error;
  do {
    const auto before = out.size();
    out.resize(before + std::max<std::size_t>(message.size() / 2, 256));
    at.next_out = out.data() + before;
    at.avail_out = out.size() - before;
    stream.write(at, zlib::Flush::sync, error);
    out.resize(out.size() - at.avail_out);
  } while (!error && at.avail_out == 0);
  if (std::string_view{out}.ends_with(tail))
    out.resize(out.size() - tail.size());
  return out;
}

std::optional<std::string> inflate_message(std::string message, std::size_t size_max,
                                           bool& too_large) {
  thread_local zlib::inflate_stream stream;
  stream.reset(window_bits);
  message.append(tail);
  too_large = false;
  std::string out;
  zlib::z_params at{};
  at.next_in = message.data();
  at.avail_in = message.size();
  BeastError error;
  do {
    const auto before = out.size();
    if (before > size_max) {
      too_large = true;
      return std::nullopt;
    }
    out.resize(before + std::min(piece, size_max + 1 - before));
    at.next_out = out.data() + before;
    at.avail_out = out.size() - before;
    stream.write(at, zlib::Flush::sync, error);
    out.resize(out.size() - at.avail_out);
  } while (!error && at.avail_out == 0);
  too_large = out.size() > size_max;
  // All that came must have been used; a final block (a stream's end) may stand before the tail.
  const bool ended = error == zlib::error::end_of_stream;
  const bool fine = !error || error == zlib::error::need_buffers || ended;
  if (too_large || !fine || (!ended && at.avail_in != 0))
    return std::nullopt;
  return out;
}

}  // namespace jobraker::net
