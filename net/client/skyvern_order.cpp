// What Skyvern is asked to do.
#include "config/config.hpp"
#include "net/client/skyvern.hpp"

namespace jobraker::net {

SkyvernSettings skyvern_settings(const SkyvernConfig& config) {
  SkyvernSettings out;
  out.base_url = config.base_url;
  while (out.base_url.ends_with('/'))
    out.base_url.pop_back();
  out.api_key = config.api_key;
  for (const auto* key : {&config.api_key, &config.webhook_key_old})
    if (!key->empty())
      out.signature_keys.push_back(*key);
  out.webhook_url = config.webhook_url;
  out.engine = config.engine;
  out.proxy_location = config.proxy_location;
  out.max_steps = config.steps_max;
  out.timeout = std::chrono::milliseconds{config.timeout_ms};
  return out;
}

Result<std::string> order_body(const SkyvernSettings& settings, const SkyvernOrder& order) {
  json::Writer out;
  out.begin_object().member("prompt", std::string_view{order.prompt});
  const auto put = [&](std::string_view name, const std::string& value,
                       const std::string& otherwise = {}) {
    if (const auto& text = value.empty() ? otherwise : value; !text.empty())
      out.member(name, std::string_view{text});
  };
  put("url", order.url);
  put("title", order.title);
  put("engine", order.engine, settings.engine);
  put("proxy_location", order.proxy_location, settings.proxy_location);
  put("webhook_url", order.webhook_url, settings.webhook_url);
  out.member("max_steps", order.max_steps.value_or(settings.max_steps));
  if (!order.extraction_schema.empty()) {
    auto schema = json::Document::parse(order.extraction_schema);
    if (!schema)
      return fail(Errc::invalid, "the extraction schema is not JSON");
    out.key("data_extraction_schema").raw(schema->root().dump());
  }
  if (!order.error_codes.empty()) {
    out.key("error_code_mapping").begin_object();
    for (const auto& [code, meaning] : order.error_codes)
      out.member(code, std::string_view{meaning});
    out.end_object();
  }
  out.end_object();
  return out.text();
}

}  // namespace jobraker::net
