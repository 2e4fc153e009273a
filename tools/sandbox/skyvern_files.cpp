#include "tools/sandbox/skyvern_files.hpp"

#include "net/http/forms.hpp"
#include "net/http/url.hpp"
#include "tools/sandbox/text.hpp"

namespace jobraker::sandbox {

namespace {

constexpr std::size_t upload_max = 10'000'000;

/// A picture of 16 by 10 grey points, as PNG.
constexpr std::string_view png =
  "89504e470d0a1a0a0000000d49484452000000100000000a080000000098d58140000000164944415478da6398"
  "860618a64d7b8d04065200150000b9317da1ad9ac91a0000000049454e44ae426082";
/// A film without frames: WebM's head, one track of VP8.
constexpr std::string_view webm =
  "1a45dfa39f4286810142f7810142f2810442f381084282847765626d428781024285810218538067c01549a966"
  "9b2ad7b1830f42404d808773616e64626f7857418773616e64626f781654ae6b9bae99d7810173c58101838101"
  "8685565f565038e086b08110ba810a";

std::string bytes_of(std::string_view hex) {
  const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  std::string out;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    out.push_back(static_cast<char>(digit(hex[i]) * 16 + digit(hex[i + 1])));
  return out;
}

net::Response nothing_there() {
  return net::Response::of(404, "text/plain; charset=utf-8", "there is nothing here\n");
}

std::string run_page(const SkyvernRunRecord& run) {
  std::string out = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>" +
                    escape_html(run.id) + "</title><h1>" +
                    escape_html(run.order.title.empty() ? run.id : run.order.title) + "</h1><p>" +
                    escape_html(run.order.url) + "</p><ul>\n";
  for (const auto& [status, at] : run.history)
    out += "<li>" + escape_html(status) + " " + to_rfc3339(at) + "</li>\n";
  return out + "</ul><p>" + escape_html(run.verdict.failure_reason) + "</p></html>\n";
}

}  // namespace

net::Response take_upload(SkyvernRuns& runs, const net::Request& request, const std::string& base) {
  auto form = net::parse_form(request);
  const auto* part = form ? net::find(*form, "file") : nullptr;
  const bool too_large =
    form ? part != nullptr && part->data.size() > upload_max : form.error().code == Errc::too_large;
  if (too_large)
    return skyvern_error(413, "File size exceeds the limit of 10 MB");
  if (part == nullptr)
    return net::Response::json(
      422, R"({"detail":[{"type":"missing","loc":["body","file"],"msg":"Field required"}]})");
  auto name = part->filename.value_or("file");
  auto type = part->content_type.empty() ? "application/octet-stream" : part->content_type;
  const auto id = runs.add_file(name, type, part->data);
  const auto expires = std::chrono::floor<std::chrono::seconds>(now() + std::chrono::hours{24});
  json::Writer out;
  out.begin_object()
    .member("s3_uri", std::string_view{"s3://sandbox-uploads/" + id + "/" + name})
    .member("presigned_url",
            std::string_view{base + "/skyvern/files/" + id + "/" + net::percent_encode(name)})
    .member("file_id", std::string_view{id})
    .member("expires_at", std::string_view{to_rfc3339(expires)})
    .end_object();
  return net::Response::json(200, out.text());
}

net::Response serve_artifact(const SkyvernRuns& runs, const net::Request& request) {
  const auto& parts = request.segments;
  if (request.method != net::Method::get || parts.size() < 3)
    return nothing_there();
  if (parts[1] == "files") {
    auto file = runs.file(parts[2]);
    return file ? net::Response::of(200, file->type, std::move(file->bytes)) : nothing_there();
  }
  auto run = runs.find(parts[2]);
  if (!run)
    return nothing_there();
  if (parts[1] == "runs")
    return net::Response::of(200, "text/html; charset=utf-8", run_page(*run));
  const auto name = parts[1] == "artifacts" && parts.size() > 3 ? parts[3] : std::string{};
  if (name == "recording.webm")
    return net::Response::of(200, "video/webm", bytes_of(webm));
  if (name == "screenshot_final.png" || name == "screenshot_action.png")
    return net::Response::of(200, "image/png", bytes_of(png));
  return nothing_there();
}

}  // namespace jobraker::sandbox
