#include "tools/sandbox/skyvern_order.hpp"

#include <algorithm>

#include <boost/asio/ip/address.hpp>

#include "messages/json.hpp"
#include "net/client/address_guard.hpp"
#include "net/http/url.hpp"

namespace jobraker::sandbox {

namespace {

constexpr std::string_view engines[] = {"skyvern-1.0",     "skyvern-2.0",   "skyvern-3.0",
                                        "openai-cua",      "anthropic-cua", "ui-tars",
                                        "yutori-navigator"};
constexpr std::string_view proxies[] = {
  "RESIDENTIAL",    "RESIDENTIAL_ES",  "RESIDENTIAL_IE", "RESIDENTIAL_GB",
  "RESIDENTIAL_IN", "RESIDENTIAL_JP",  "RESIDENTIAL_FR", "RESIDENTIAL_DE",
  "RESIDENTIAL_NZ", "RESIDENTIAL_ZA",  "RESIDENTIAL_AR", "RESIDENTIAL_AU",
  "RESIDENTIAL_BR", "RESIDENTIAL_TR",  "RESIDENTIAL_CA", "RESIDENTIAL_MX",
  "RESIDENTIAL_IT", "RESIDENTIAL_NL",  "RESIDENTIAL_PH", "RESIDENTIAL_KR",
  "RESIDENTIAL_SA", "RESIDENTIAL_ISP", "US-CA",          "US-NY",
  "US-TX",          "US-FL",           "US-WA",          "NONE"};

template <std::size_t N>
bool among(std::string_view word, const std::string_view (&words)[N]) {
  return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

/// FastAPI's refusal, one rule at a time.
net::Response broken_rule(std::string_view member, std::string_view message,
                          std::string_view type) {
  json::Writer out;
  out.begin_object().key("detail").begin_array().begin_object().member("type", type);
  out.key("loc").begin_array().value("body");
  if (!member.empty())
    out.value(member);
  out.end_array().member("msg", message).end_object().end_array().end_object();
  return net::Response::json(422, out.text());
}

/// Reads what may be a text or null; the refusal otherwise.
std::optional<net::Response> read_text(json::View root, std::string_view member,
                                       std::string& into) {
  const auto value = root[member];
  if (!value || value.is_null())
    return std::nullopt;
  if (!value.is_string())
    return broken_rule(member, "Input should be a valid string", "string_type");
  into = value.string_or("");
  return std::nullopt;
}

std::optional<net::Response> read_codes(json::View value, RunOrder& order) {
  if (!value || value.is_null())
    return std::nullopt;
  bool good = value.is_object();
  value.each_member([&](std::string_view code, json::View meaning) {
    good = good && meaning.is_string();
    order.error_codes.emplace_back(code, meaning.string_or(""));
  });
  if (good)
    return std::nullopt;
  return broken_rule("error_code_mapping", "Input should be a valid dictionary", "dict_type");
}

std::optional<net::Response> read_choices(json::View root, RunOrder& order) {
  if (order.engine.empty())
    order.engine = "skyvern-1.0";
  if (!among(order.engine, engines))
    return broken_rule("engine", "Input should be 'skyvern-1.0', 'skyvern-2.0', 'skyvern-3.0', …",
                       "enum");
  if (auto proxy = root["proxy_location"];
      proxy && !proxy.is_null() && !proxy.is_object() && !among(proxy.string_or(""), proxies))
    return broken_rule("proxy_location", "Input should be 'RESIDENTIAL', 'RESIDENTIAL_ES', …",
                       "enum");
  if (auto steps = root["max_steps"]; steps && !steps.is_null()) {
    order.max_steps = steps.integer();
    if (!order.max_steps)
      return broken_rule("max_steps", "Input should be a valid integer", "int_type");
  }
  if (auto schema = root["data_extraction_schema"]; schema && !schema.is_null()) {
    if (!schema.is_object() && !schema.is_array() && !schema.is_string())
      return broken_rule("data_extraction_schema", "Input should be a valid dictionary",
                         "dict_type");
    order.schema = schema.dump();
  }
  for (auto member : {"browser_profile_id", "start_fresh_browser"})
    if (auto value = root[member]; value && !value.is_null() && order.engine != "skyvern-2.0" &&
                                   value.boolean().value_or(true))
      return skyvern_error(400, std::string{member} + " is not supported by " + order.engine);
  return read_codes(root["error_code_mapping"], order);
}

}  // namespace

bool is_skyvern(std::string_view path) {
  for (std::string_view start : {"/v1/run/", "/v1/runs", "/v1/upload_file", "/skyvern/", "/forms/"})
    if (path.starts_with(start))
      return true;
  return false;
}

net::Response skyvern_error(int status, std::string_view detail) {
  json::Writer out;
  out.begin_object().member("detail", detail).end_object();
  return net::Response::json(status, out.text());
}

bool is_loopback_host(std::string_view host) {
  boost::system::error_code failed;
  const auto address = asio::ip::make_address(host, failed);
  return failed ? host == "localhost" || host.ends_with(".localhost") : address.is_loopback();
}

std::optional<net::Response> refuse_address(std::string_view text, std::string_view member,
                                            bool loopback) {
  auto url = net::parse_url(text);
  if (!url || text.size() > 2083)
    return broken_rule(member, "Input should be a valid URL", "url_parsing");
  const std::string_view host = url->host;
  if (loopback && is_loopback_host(host))
    return std::nullopt;
  boost::system::error_code failed;
  const auto address = asio::ip::make_address(host, failed);
  const bool blocked = failed ? is_loopback_host(host) || host.ends_with(".local") ||
                                  host.ends_with(".internal") || host.ends_with(".svc") ||
                                  host.ends_with(".elb.amazonaws.com")
                              : !net::is_public_address(address);
  if (!blocked)
    return std::nullopt;
  return skyvern_error(400, "The host in your url is blocked: " + url->host);
}

tl::expected<RunOrder, net::Response> read_run_order(std::string_view body, bool loopback) {
  const auto refuse = [](net::Response response) {
    return tl::unexpected<net::Response>(std::move(response));
  };
  auto document = json::Document::parse(body);
  if (!document)
    return refuse(broken_rule("", "JSON decode error", "json_invalid"));
  const auto root = document->root();
  if (!root.is_object())
    return refuse(broken_rule("", "Input should be a valid dictionary", "model_attributes_type"));
  RunOrder order;
  if (!root["prompt"])
    return refuse(broken_rule("prompt", "Field required", "missing"));
  if (!root["prompt"].is_string())
    return refuse(broken_rule("prompt", "Input should be a valid string", "string_type"));
  order.prompt = root["prompt"].string_or("");
  for (auto [member, into] :
       {std::pair{"url", &order.url}, std::pair{"title", &order.title},
        std::pair{"engine", &order.engine}, std::pair{"webhook_url", &order.webhook_url}})
    if (auto refused = read_text(root, member, *into))
      return refuse(std::move(*refused));
  if (auto refused = read_choices(root, order))
    return refuse(std::move(*refused));
  for (auto [member, url] :
       {std::pair{"url", &order.url}, std::pair{"webhook_url", &order.webhook_url}})
    if (!url->empty())
      if (auto refused = refuse_address(*url, member, loopback))
        return refuse(std::move(*refused));
  order.request = root.dump();
  return order;
}

}  // namespace jobraker::sandbox
