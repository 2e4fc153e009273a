#include "net/client/skyvern_webhook.hpp"

namespace jobraker::net {

Result<SkyvernRun> read_skyvern_webhook(std::string_view body) {
  auto document = json::Document::parse(body);
  if (!document)
    return fail(std::move(document.error()));
  return parse_run(document->root());
}

}  // namespace jobraker::net
