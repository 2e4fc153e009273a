#include "embedded/web_assets.hpp"

namespace jobraker {
namespace {

constexpr std::string_view page =
  "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Jobraker</title>"
  "<h1>Jobraker</h1><p>This server was built without its web pages (-DJOBRAKER_WEB=OFF). "
  "The API is under <code>/api/v1</code>.</p></html>\n";
constexpr std::string_view html = "text/html; charset=utf-8";

const net::Asset files[] = {
  {"/", html, "off", page, {}, false},
  {"/console", html, "off", page, {}, false},
};

}  // namespace

net::Assets web_assets() { return files; }

}  // namespace jobraker
