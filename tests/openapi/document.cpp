#include "tests/openapi/document.hpp"

#include <stdexcept>

#include "net/api/openapi/join.hpp"

namespace jobraker::test {
namespace {

/// A segment of a JSON pointer, unescaped (RFC 6901).
std::string unescaped(std::string_view segment) {
  std::string out;
  for (std::size_t i = 0; i < segment.size(); ++i) {
    if (segment[i] == '~' && i + 1 < segment.size())
      out += segment[++i] == '1' ? '/' : '~';
    else
      out += segment[i];
  }
  return out;
}

std::string upper(std::string_view text) {
  std::string out;
  for (char c : text)
    out += static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  return out;
}

}  // namespace

const json::Document& document() {
  static const auto parsed = [] {
    auto text = json::Document::parse(net::openapi_document());
    if (!text)
      throw std::runtime_error(text.error().detail);
    return std::move(*text);
  }();
  return parsed;
}

json::View resolved(json::View view) {
  auto target = view["$ref"].string();
  if (!target)
    return view;
  if (!target->starts_with("#/"))
    return {};
  auto at = document().root();
  for (std::size_t begin = 2; begin <= target->size();) {
    auto end = std::min(target->find('/', begin), target->size());
    at = at[unescaped(target->substr(begin, end - begin))];
    begin = end + 1;
  }
  return at;
}

std::string component_of(json::View view) {
  auto target = view["$ref"].string_or("");
  auto slash = target.rfind('/');
  return slash == std::string::npos ? std::string{} : target.substr(slash + 1);
}

std::set<std::string> strings(json::View list) {
  std::set<std::string> out;
  list.each_element([&](json::View item) { out.insert(item.string_or("")); });
  return out;
}

std::vector<json::View> Operation::parameters() const {
  std::vector<json::View> out;
  view["parameters"].each_element([&](json::View item) { out.push_back(resolved(item)); });
  return out;
}

std::vector<Operation> operations() {
  std::vector<Operation> out;
  document().root()["paths"].each_member([&](std::string_view path, json::View methods) {
    methods.each_member([&](std::string_view method, json::View view) {
      out.push_back({upper(method), std::string{path}, view});
    });
  });
  return out;
}

void each_value(json::View view, const std::string& pointer,
                const std::function<void(const std::string&, json::View)>& visit) {
  visit(pointer, view);
  view.each_member([&](std::string_view name, json::View value) {
    each_value(value, pointer + "/" + std::string{name}, visit);
  });
  if (view.is_array())
    for (std::size_t i = 0; i < view.size(); ++i)
      each_value(view.at(i), pointer + "/" + std::to_string(i), visit);
}

}  // namespace jobraker::test
