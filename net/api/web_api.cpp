#include "net/api/web_api.hpp"

#include <algorithm>
#include <memory>

#include "net/http/etag.hpp"
#include "net/http/text.hpp"

namespace jobraker::net {
namespace {

/// Pages load nothing from elsewhere and run no script that is not a file of ours; they talk to
/// this server only and stand in nobody's frame.
constexpr std::string_view policy =
  "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; "
  "form-action 'self'; frame-ancestors 'none'";

/// One coding of an asset, ready to be sent.
struct Form {
  SharedBody bytes;
  std::string etag;
};

struct Served {
  std::string content_type;
  std::string cache;
  bool page = false;
  Form plain;
  Form gzip;  ///< without bytes: there is none
};

Form form_of(std::string_view bytes, std::string etag) {
  return {std::make_shared<const std::string>(bytes), "\"" + std::move(etag) + "\""};
}

std::shared_ptr<const Served> served(const Asset& asset) {
  Served out;
  out.content_type = asset.content_type;
  out.cache = asset.immutable ? "public, max-age=31536000, immutable" : "no-cache";
  out.page = asset.content_type.starts_with("text/html");
  out.plain = form_of(asset.bytes, std::string{asset.etag});
  // The two are different representations, so a strong tag may not be the same.
  if (!asset.gzip.empty())
    out.gzip = form_of(asset.gzip, std::string{asset.etag} + "-gz");
  return std::make_shared<const Served>(std::move(out));
}

Response serve(const Served& asset, const Request& request) {
  const bool packed =
    asset.gzip.bytes && accepts_gzip(request.headers.combined("accept-encoding").value_or(""));
  const auto& form = packed ? asset.gzip : asset.plain;
  auto response = Response::shared(200, asset.content_type, form.bytes);
  response.headers.set("Cache-Control", asset.cache);
  if (asset.gzip.bytes)
    response.headers.add("Vary", "Accept-Encoding");
  if (packed)
    response.headers.set("Content-Encoding", "gzip");
  if (asset.page) {
    response.headers.set("Content-Security-Policy", policy);
    response.headers.set("Cross-Origin-Opener-Policy", "same-origin");
    response.headers.set("Referrer-Policy", "no-referrer");
    response.headers.set("X-Frame-Options", "DENY");
  }
  return with_etag(request, std::move(response), form.etag);
}

/// The weight after `;q=`: everything but zero means yes.
bool is_wanted(std::string_view parameters) {
  const auto at = parameters.find("q=");
  if (at == std::string_view::npos)
    return true;
  const auto weight = trimmed(parameters.substr(at + 2));
  return weight.find_first_not_of("0.") != std::string_view::npos;
}

}  // namespace

bool accepts_gzip(std::string_view accept_encoding) noexcept {
  bool any = false;
  while (!accept_encoding.empty()) {
    const auto comma = accept_encoding.find(',');
    const auto item = trimmed(accept_encoding.substr(0, comma));
    const auto end = std::min(item.find(';'), item.size());
    const auto coding = trimmed(item.substr(0, end));
    const bool wanted = is_wanted(item.substr(end));
    if (same_token(coding, "gzip") || same_token(coding, "x-gzip"))
      return wanted;
    if (coding == "*")
      any = wanted;
    accept_encoding.remove_prefix(comma == std::string_view::npos ? accept_encoding.size()
                                                                  : comma + 1);
  }
  return any;
}

/// Sends who writes a slash behind a page's address to the page; what is asked of it stays.
Handler redirect_to(std::string page) {
  return [page = std::move(page)](Request& request) -> task<Response> {
    auto location = page;
    if (auto question = request.target.find('?'); question != std::string::npos)
      location.append(request.target, question);
    Response response;
    response.status = 308;
    response.headers.add("Location", location);
    co_return response;
  };
}

void add_web_routes(Router& router, Assets assets) {
  for (const auto& asset : assets) {
    RouteOptions options;
    options.access = Access::anonymous;
    options.name = "web";
    if (asset.content_type.starts_with("text/html") && !asset.path.ends_with('/'))
      router.get(std::string{asset.path} + "/", redirect_to(std::string{asset.path}), options);
    router.get(
      std::string{asset.path},
      [asset = served(asset)](Request& request) -> task<Response> {
        co_return serve(*asset, request);
      },
      options);
  }
}

}  // namespace jobraker::net
