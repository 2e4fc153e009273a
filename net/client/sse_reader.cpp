#include "net/client/sse_reader.hpp"

#include <algorithm>

#include "net/http/text.hpp"

namespace jobraker::net {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

/// Bytes of the UTF-8 character at the front, or 0 when there is none.
std::size_t character(std::string_view text) {
  for (std::size_t length = 1; length <= std::min<std::size_t>(4, text.size()); ++length)
    if (is_utf8(text.substr(0, length)))
      return length;
  return 0;
}

/// `text` with U+FFFD for each byte that belongs to no character.
std::string decoded(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 16);
  while (!text.empty()) {
    auto length = character(text);
    out.append(length == 0 ? "\xEF\xBF\xBD" : text.substr(0, length));
    text.remove_prefix(std::max<std::size_t>(1, length));
  }
  return out;
}

}  // namespace

Done SseReader::bounded(std::size_t more) {
  if (partial_.size() + name_.size() + data_.size() + more <= event_max_)
    return {};
  return fail(Errc::too_large,
              "an event of the stream is longer than " + std::to_string(event_max_) + " bytes");
}

Done SseReader::feed(std::string_view bytes, const Sink& sink) {
  while (state_ && !bytes.empty()) {
    // A CR ends its line at once, so that the event before it need not wait for another read.
    if (after_cr_) {
      after_cr_ = false;
      if (bytes.front() == '\n') {
        bytes.remove_prefix(1);
        continue;
      }
    }
    const auto end = bytes.find_first_of("\r\n");
    state_ = bounded(std::min(end, bytes.size()));
    if (!state_)
      break;
    if (end == std::string_view::npos) {
      partial_.append(bytes);
      break;
    }
    after_cr_ = bytes[end] == '\r';
    const auto rest = bytes.substr(0, end);
    bytes.remove_prefix(end + 1);
    if (partial_.empty()) {
      state_ = line(rest, sink);
    } else {
      partial_.append(rest);
      std::string whole;
      whole.swap(partial_);
      state_ = line(whole, sink);
    }
  }
  return state_;
}

Done SseReader::line(std::string_view text, const Sink& sink) {
  if (first_line_ && text.starts_with(byte_order_mark))
    text.remove_prefix(byte_order_mark.size());
  first_line_ = false;
  if (text.empty())
    return dispatch(sink);
  const auto colon = text.find(':');
  const auto field = text.substr(0, colon);
  std::string_view value;
  if (colon != std::string_view::npos) {
    value = text.substr(colon + 1);
    if (value.starts_with(' '))
      value.remove_prefix(1);
  }
  // A line that begins with a colon is a comment: its field is empty and known to nobody.
  if (field == "data")
    data_.append(value).push_back('\n');
  else if (field == "event")
    name_ = value;
  return {};
}

Done SseReader::dispatch(const Sink& sink) {
  Done taken;
  if (!data_.empty()) {
    std::string_view data{data_};
    data.remove_suffix(1);
    std::string repaired;
    if (!is_utf8(data)) {
      repaired = decoded(data);
      data = repaired;
    }
    taken = sink({name_.empty() ? std::string_view{"message"} : name_, data});
  }
  name_.clear();
  data_.clear();
  return taken;
}

}  // namespace jobraker::net
