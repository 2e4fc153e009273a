#include "net/client/response_reader.hpp"

#include <optional>

#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

namespace jobraker::net {
namespace {

namespace http = boost::beast::http;
using BeastView = boost::beast::string_view;
using BeastError = boost::beast::error_code;

class Parser final : public http::basic_parser<false> {
public:
  Parser(ClientResponse& into, const ResponseReader::Sink& sink) : into_(into), sink_(sink) {
    eager(false);
    body_limit(boost::none);
  }

  std::optional<Error> failure;

private:
  void on_request_impl(http::verb, BeastView, BeastView, int, BeastError&) override {}
  void on_response_impl(int status, BeastView, int, BeastError&) override {
    into_.status = status;
    into_.headers.clear();
  }
  void on_field_impl(http::field name, BeastView text, BeastView value,
                     BeastError& error) override {
    if (is_header_done())
      return;  // trailer fields
    const std::string_view plain{value.data(), value.size()};
    if (name == http::field::transfer_encoding && !same_token(plain, "chunked"))
      refuse(Error{Errc::upstream_failed, "a transfer coding other than chunked", {}, {}}, error);
    else
      into_.headers.add({text.data(), text.size()}, plain);
  }
  void on_header_impl(BeastError&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, BeastError&) override {}
  void on_chunk_header_impl(std::uint64_t, BeastView, BeastError&) override {}
  void on_finish_impl(BeastError&) override {}

  void refuse(Error why, BeastError& error) {
    failure = std::move(why);
    error = http::error::bad_value;
  }
  std::size_t hand_on(BeastView bytes, BeastError& error) {
    if (auto taken = sink_({bytes.data(), bytes.size()}); !taken)
      refuse(std::move(taken.error()), error);
    return bytes.size();
  }
  std::size_t on_body_impl(BeastView bytes, BeastError& error) override {
    return hand_on(bytes, error);
  }
  std::size_t on_chunk_body_impl(std::uint64_t, BeastView bytes, BeastError& error) override {
    return hand_on(bytes, error);
  }

  ClientResponse& into_;
  const ResponseReader::Sink& sink_;
};

}  // namespace

struct ResponseReader::Impl {
  ClientResponse& into;
  bool answers_head;
  std::size_t header_max;
  Sink sink;
  std::optional<Parser> parser{};

  void start() {
    parser.emplace(into, sink);
    parser->header_limit(static_cast<std::uint32_t>(header_max));
    parser->skip(answers_head);
  }
};

ResponseReader::ResponseReader(ClientResponse& into, bool answers_head, std::size_t header_max,
                               Sink sink)
    : impl_(new Impl{into, answers_head, header_max, std::move(sink)}) {
  impl_->start();
}
ResponseReader::~ResponseReader() = default;

Result<std::size_t> ResponseReader::feed(std::string_view bytes) {
  std::size_t used = 0;
  while (used < bytes.size() && !impl_->parser->is_done()) {
    auto& parser = *impl_->parser;
    BeastError error;
    used += parser.put(asio::const_buffer{bytes.data() + used, bytes.size() - used}, error);
    if (error == http::error::need_more)
      break;
    if (parser.failure)
      return fail(std::move(*parser.failure));
    if (error)
      return fail(Errc::upstream_failed, "its answer is not HTTP/1.1 (" + error.message() + ")");
    if (parser.is_done() && impl_->into.status / 100 == 1) {
      if (impl_->into.status == 101)
        return fail(Errc::upstream_failed, "it switched protocols without being asked");
      impl_->start();
    }
  }
  return used;
}

Done ResponseReader::finish() {
  BeastError error = http::error::partial_message;
  if (impl_->parser->got_some())
    impl_->parser->put_eof(error);
  if (error)
    return fail(Errc::upstream_failed, "its answer was cut");
  return {};
}

bool ResponseReader::header_done() const noexcept { return impl_->parser->is_header_done(); }
bool ResponseReader::done() const noexcept { return impl_->parser->is_done(); }
bool ResponseReader::keep_alive() const noexcept { return impl_->parser->keep_alive(); }

}  // namespace jobraker::net
