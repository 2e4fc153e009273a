#include "tools/ctl/pages.hpp"

#include <functional>

namespace jobraker::ctl {
namespace {

/// The members of `answer`, with `items` written by somebody else.
std::string with_items(json::View answer, const std::function<void(json::Writer&)>& items) {
  json::Writer w;
  w.begin_object();
  answer.each_member([&](std::string_view name, json::View value) {
    if (name == "items")
      return;
    w.key(name).raw(value.dump());
  });
  w.key("items").begin_array();
  items(w);
  return w.end_array().end_object().text();
}

}  // namespace

std::string joined_pages(const std::vector<json::Document>& pages) {
  if (pages.empty())
    return "{\"items\":[]}";
  return with_items(pages.back().root(), [&](json::Writer& w) {
    for (const auto& page : pages)
      page.root()["items"].each_element([&](json::View item) { w.raw(item.dump()); });
  });
}

std::string only_keys(json::View answer, std::string_view text) {
  return with_items(answer, [&](json::Writer& w) {
    answer["items"].each_element([&](json::View item) {
      if (item["key"].string().value_or("").find(text) != std::string_view::npos)
        w.raw(item.dump());
    });
  });
}

}  // namespace jobraker::ctl
