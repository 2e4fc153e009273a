#include "net/http/response_writer.hpp"

#include <charconv>

namespace jobraker::net {
namespace {

template <class Number>
void append_number(std::string& out, Number number, int base = 10) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, number, base).ptr;
  out.append(digits, static_cast<std::size_t>(end - digits));
}

bool is_ours(std::string_view name) {
  return same_token(name, "content-length") || same_token(name, "transfer-encoding") ||
         same_token(name, "connection") || same_token(name, "date");
}

}  // namespace

void write_head(std::string& out, const Response& response, const WireOptions& options) {
  out.append("HTTP/1.1 ");
  append_number(out, response.status);
  out.append(" ").append(reason_of(response.status));
  out.append("\r\nDate: ").append(options.date);
  for (std::size_t i = 0; i < response.headers.size(); ++i) {
    const auto name = response.headers.name_at(i);
    if (!is_ours(name))
      out.append("\r\n").append(name).append(": ").append(response.headers.value_at(i));
  }
  bool keep_alive = options.keep_alive;
  if (may_have_body(response.status)) {
    out.append("\r\nX-Content-Type-Options: nosniff");
    if (!std::holds_alternative<BodyProducer>(response.body)) {
      out.append("\r\nContent-Length: ");
      append_number(out, response.bytes().size());
    } else if (options.http_1_1) {
      out.append("\r\nTransfer-Encoding: chunked");
    } else {
      keep_alive = keep_alive && options.head;
    }
  }
  out.append("\r\nX-Request-Id: ").append(options.request_id);
  if (response.headers.contains("upgrade"))  // which belongs to Connection, too (RFC 9110 §7.8)
    out.append(keep_alive ? "\r\nConnection: Upgrade" : "\r\nConnection: Upgrade, close");
  else if (!keep_alive)
    out.append("\r\nConnection: close");
  else if (!options.http_1_1)
    out.append("\r\nConnection: keep-alive");
  out.append("\r\n\r\n");
}

void write_chunk(std::string& out, std::string_view bytes) {
  if (bytes.empty())
    return;
  append_number(out, bytes.size(), 16);
  out.append("\r\n").append(bytes).append("\r\n");
}

}  // namespace jobraker::net
