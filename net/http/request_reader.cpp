#include "net/http/request_reader.hpp"

#include <algorithm>

#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include "net/http/router.hpp"
#include "net/http/url.hpp"

namespace jobraker::net {
namespace {

namespace http = boost::beast::http;
using BeastView = boost::beast::string_view;
using BeastError = boost::beast::error_code;

std::string_view plain(BeastView text) { return {text.data(), text.size()}; }

/// Beast's grammar, writing straight into our request: no second container of fields.
class Parser final : public http::basic_parser<true> {
public:
  Parser(Request& into, std::size_t target_max) : into_(into), target_max_(target_max) {
    eager(false);
  }

  std::uint64_t body_max = 0;
  int version = 11;
  int hosts = 0;
  bool has_coding = false;
  bool got_line = false;  ///< the request line is read
  std::optional<Refusal> refusal;

private:
  void refuse(int status, std::string_view code, std::string detail, BeastError& error) {
    refusal = Refusal{status, code, std::move(detail)};
    error = http::error::bad_value;
  }

  void on_request_impl(http::verb, BeastView method, BeastView target, int number,
                       BeastError& error) override {
    version = number;
    got_line = true;
    if (target.size() > target_max_)
      return refuse(414, "uri_too_long",
                    "The request target is longer than " + std::to_string(target_max_) + " bytes.",
                    error);
    const auto known = net::parse_method(plain(method));
    if (!known)
      return refuse(501, "not_implemented", "The method is not one this server knows.", error);
    into_.method = *known;
    into_.target.assign(target.data(), target.size());
  }

  void on_response_impl(int, BeastView, int, BeastError&) override {}

  void on_field_impl(http::field name, BeastView text, BeastView value,
                     BeastError& error) override {
    if (is_header_done())
      return;  // trailer fields: whoever reads headers must not take them for headers
    if (name == http::field::host)
      ++hosts;
    if (name == http::field::transfer_encoding) {
      // Anything but plain `chunked` is a way to make two servers read two different bodies.
      if (!same_token(plain(value), "chunked"))
        return refuse(501, "not_implemented", "Only the transfer coding `chunked` is read.", error);
      has_coding = true;
    }
    if (!into_.headers.add(plain(text), plain(value)))
      refuse(400, "malformed", "A header field has characters it cannot have.", error);
  }

  void on_header_impl(BeastError& error) override {
    if (version == 11 && hosts != 1)
      return refuse(400, "malformed", "An HTTP/1.1 request has exactly one Host.", error);
    if (has_coding && version != 11)
      return refuse(400, "malformed", "HTTP/1.0 has no transfer codings.", error);
    if (!read_target())
      refuse(400, "malformed", "The request target is broken: escapes must be UTF-8 without NUL.",
             error);
  }

  /// Path and query of the origin form and the absolute form (RFC 9112 §3.2).
  bool read_target() {
    std::string_view target = into_.target;
    if (target == "*" && into_.method == Method::options) {
      into_.segments.clear();
      into_.path = "*";
      return true;
    }
    if (target.starts_with("http://") || target.starts_with("https://")) {
      const auto slash = target.find('/', target.find("://") + 3);
      into_.target =
        slash == std::string_view::npos ? std::string{"/"} : into_.target.substr(slash);
      target = into_.target;
    }
    const auto question = target.find('?');
    const auto path = target.substr(0, question);
    if (!split_path(path, into_.segments))
      return false;
    if (path.find('%') == std::string_view::npos) {
      into_.path.assign(path);
    } else {
      for (const auto& segment : into_.segments)
        into_.path.append("/").append(segment);
    }
    if (question == std::string_view::npos)
      return true;
    into_.query = parse_query(target.substr(question + 1));
    return std::all_of(into_.query.begin(), into_.query.end(), [](const auto& entry) {
      return is_utf8(entry.first) && is_utf8(entry.second) &&
             entry.first.find('\0') == std::string::npos &&
             entry.second.find('\0') == std::string::npos;
    });
  }

  void on_body_init_impl(const boost::optional<std::uint64_t>& size, BeastError&) override {
    // A claim is not believed beyond what costs little.
    if (size)
      into_.body.reserve(static_cast<std::size_t>(std::min<std::uint64_t>(*size, 1 << 20)));
  }

  std::size_t take(BeastView bytes, BeastError& error) {
    if (into_.body.size() + bytes.size() > body_max) {
      refuse(413, "too_large", {}, error);
      return 0;
    }
    into_.body.append(bytes.data(), bytes.size());
    return bytes.size();
  }

  std::size_t on_body_impl(BeastView bytes, BeastError& error) override {
    return take(bytes, error);
  }
  void on_chunk_header_impl(std::uint64_t size, BeastView, BeastError& error) override {
    if (size > body_max || into_.body.size() + size > body_max)
      refuse(413, "too_large", {}, error);
  }
  std::size_t on_chunk_body_impl(std::uint64_t, BeastView bytes, BeastError& error) override {
    return take(bytes, error);
  }
  void on_finish_impl(BeastError&) override {}

  Request& into_;
  std::size_t target_max_;
};

}  // namespace

struct RequestReader::Impl {
  std::optional<Parser> parser;
  std::optional<Refusal> refusal;
  std::size_t header_max = 0;
  std::size_t target_max = 0;
};

RequestReader::RequestReader() : impl_(std::make_unique<Impl>()) {}
RequestReader::~RequestReader() = default;

void RequestReader::start(Request& into, std::size_t header_max, std::size_t target_max) {
  into.target.clear();
  into.path.clear();
  into.query.clear();
  into.path_parameters.clear();
  into.headers.clear();
  into.body.clear();
  into.request_id.clear();
  into.context = Context{};
  into.route = nullptr;
  impl_->parser.emplace(into, target_max);
  impl_->parser->header_limit(static_cast<std::uint32_t>(header_max));
  impl_->parser->body_limit(boost::none);  // we count ourselves, the limit comes with the route
  impl_->refusal.reset();
  impl_->header_max = header_max;
  impl_->target_max = target_max;
}

std::size_t RequestReader::feed(std::string_view bytes) {
  auto& parser = *impl_->parser;
  std::size_t used = 0;
  if (!parser.got_some()) {  // RFC 9112 §2.2: empty lines before a request are ignored
    while (bytes.size() >= used + 2 && bytes[used] == '\r' && bytes[used + 1] == '\n')
      used += 2;
    if (used == bytes.size() || bytes.substr(used) == "\r")
      return used;
  }
  const bool had_header = parser.is_header_done();
  while (used < bytes.size() && !parser.is_done() && parser.is_header_done() == had_header) {
    BeastError error;
    used += parser.put(asio::const_buffer{bytes.data() + used, bytes.size() - used}, error);
    if (error == http::error::need_more)
      break;
    if (!error)
      continue;
    if (parser.refusal) {
      impl_->refusal = std::move(parser.refusal);
    } else if (error == http::error::header_limit && !parser.got_line &&
               bytes.find('\n', used) >= used + impl_->target_max) {
      impl_->refusal = Refusal{414, "uri_too_long", "The request target is too long."};
    } else if (error == http::error::header_limit) {
      impl_->refusal = Refusal{431, "headers_too_large",
                               "The header fields are longer than " +
                                 std::to_string(impl_->header_max) + " bytes."};
    } else {
      impl_->refusal = Refusal{400, "malformed", "This is not HTTP/1.1: " + error.message() + "."};
    }
    break;
  }
  return used;
}

void RequestReader::body_max(std::uint64_t bytes) noexcept { impl_->parser->body_max = bytes; }
bool RequestReader::header_done() const noexcept { return impl_->parser->is_header_done(); }
bool RequestReader::done() const noexcept { return impl_->parser->is_done(); }
const std::optional<Refusal>& RequestReader::refusal() const noexcept { return impl_->refusal; }
bool RequestReader::keep_alive() const noexcept { return impl_->parser->keep_alive(); }
bool RequestReader::http_1_1() const noexcept { return impl_->parser->version == 11; }
bool RequestReader::chunked() const noexcept { return impl_->parser->chunked(); }

std::optional<std::uint64_t> RequestReader::content_length() const noexcept {
  const auto length = impl_->parser->content_length();
  return length ? std::optional<std::uint64_t>{*length} : std::nullopt;
}

}  // namespace jobraker::net
