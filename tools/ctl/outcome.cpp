#include "tools/ctl/outcome.hpp"

#include "messages/json.hpp"
#include "tools/ctl/text.hpp"

namespace jobraker::ctl {
namespace {

constexpr std::size_t line_max = 1000;
constexpr std::size_t fields_max = 8;

/// `limit: must be at most 1000; …`
std::string fields_of(json::View problem) {
  std::string out;
  std::size_t seen = 0;
  problem["errors"].each_element([&](json::View field) {
    if (++seen > fields_max)
      return;
    auto name = field["pointer"].string_or(field["name"].string_or(""));
    auto why = field["detail"].string_or("");
    out += (out.empty() ? "" : "; ") + (name.empty() ? "" : name + ": ") + why;
  });
  return out;
}

}  // namespace

Refusal refusal_of(int status, std::string_view content_type, std::string_view body) {
  auto document = content_type.starts_with("application/problem+json")
                    ? json::Document::parse(body)
                    : Result<json::Document>{fail(Errc::malformed, "")};
  if (!document || !document->root()["title"].is_string())
    return {"the address answered " + std::to_string(status) +
              " and nothing that Jobraker would say; is it its server?",
            exit_unreachable};
  auto problem = document->root();
  auto line = problem["title"].string_or("");
  if (auto detail = problem["detail"].string_or(""); !detail.empty())
    line += ": " + detail;
  if (auto fields = fields_of(problem); !fields.empty())
    line += " (" + fields + ")";
  if (auto trace = problem["trace_id"].string_or(""); !trace.empty() && status >= 500)
    line += " [trace " + trace + "]";
  return {fit(clean(line), line_max),
          status == 401 || status == 403 ? exit_forbidden : exit_refused};
}

}  // namespace jobraker::ctl
