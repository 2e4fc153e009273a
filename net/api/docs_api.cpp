#include "net/api/docs_api.hpp"

#include "messages/ids.hpp"
#include "net/api/openapi/join.hpp"
#include "net/http/etag.hpp"

namespace jobraker::net {

void add_docs_routes(Router& router) {
  auto document = std::make_shared<const std::string>(openapi_document());
  auto etag = "\"" + to_string(uuid_of(*document)) + "\"";
  RouteOptions options;
  options.name = "get_openapi";
  options.access = Access::anonymous;
  router.get(
    "/openapi.json",
    [document, etag](Request& request) -> task<Response> {
      auto response = Response::shared(200, "application/json", document);
      response.headers.set("cache-control", "public, max-age=60");
      co_return with_etag(request, std::move(response), etag);
    },
    options);
}

}  // namespace jobraker::net
