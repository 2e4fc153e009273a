#include "net/http/router.hpp"

#include <algorithm>
#include <stdexcept>

#include "messages/spans.hpp"
#include "net/http/url.hpp"
#include "net/ws/handshake.hpp"

namespace jobraker::net {
namespace {

/// What a segment of a pattern is.
struct PatternPart {
  bool parameter = false;
  bool rest = false;
  std::string_view name;
};

PatternPart read_part(std::string_view part) {
  if (part.size() > 2 && part.front() == '{' && part.back() == '}') {
    part = part.substr(1, part.size() - 2);
    if (part.ends_with("...") && part.size() > 3)
      return {true, true, part.substr(0, part.size() - 3)};
    return {true, false, part};
  }
  return {false, false, part};
}

std::size_t slot(Method method) { return static_cast<std::size_t>(method); }

}  // namespace

bool split_path(std::string_view raw_path, std::vector<std::string>& segments) {
  if (raw_path.empty() || raw_path.front() != '/')
    return false;
  std::size_t count = 0;
  for (std::size_t at = 1; at <= raw_path.size(); ++count) {
    const auto slash = std::min(raw_path.find('/', at), raw_path.size());
    const auto part = raw_path.substr(at, slash - at);
    if (count == segments.size())
      segments.emplace_back();  // strings that are there keep their capacity
    auto& segment = segments[count];
    segment.assign(part);
    if (part.find('%') != std::string_view::npos) {
      auto decoded = percent_decode(part);
      if (!decoded)
        return false;
      segment = std::move(*decoded);
    }
    if (segment.find('\0') != std::string::npos || !is_utf8(segment))
      return false;
    at = slash + 1;
  }
  segments.resize(count);
  return true;
}

/// One look-up on its way down the tree.
struct Router::Walk {
  Method method;
  const std::vector<std::string>& segments;
  const Route* found = nullptr;
  std::vector<std::size_t> taken;  ///< segments that parameters took, on the way to where we are
  std::size_t rest_at = 0;
  bool rest = false;
  std::array<bool, method_count> allowed{};
};

bool Router::any(const std::array<const Route*, method_count>& routes) noexcept {
  return std::any_of(routes.begin(), routes.end(), [](auto* route) { return route != nullptr; });
}

/// Depth first, fixed before parameter; stops at the first route of that method, and notes on its
/// way which methods the path has.
bool Router::find(const Node& node, std::size_t depth, Walk& walk) {
  const auto settle = [&](const std::array<const Route*, method_count>& routes) {
    for (std::size_t i = 0; i < method_count; ++i)
      walk.allowed[i] = walk.allowed[i] || routes[i] != nullptr;
    walk.found = routes[slot(walk.method)];
    if (walk.found == nullptr && walk.method == Method::head)
      walk.found = routes[slot(Method::get)];
    return walk.found != nullptr;
  };
  if (depth == walk.segments.size())
    return settle(node.here);
  const auto& segment = walk.segments[depth];
  for (const auto& [name, child] : node.fixed) {
    if (name == segment && find(*child, depth + 1, walk))
      return true;
  }
  if (node.parameter && !segment.empty() && segment != "." && segment != "..") {
    walk.taken.push_back(depth);
    if (find(*node.parameter, depth + 1, walk))
      return true;
    walk.taken.pop_back();
  }
  if (any(node.rest)) {
    walk.rest_at = depth;
    walk.rest = settle(node.rest);
    return walk.rest;
  }
  return false;
}

Route& Router::insert(Method method, std::string pattern, Handler handler, RouteOptions options) {
  const auto refuse = [&](const char* why) {
    throw std::logic_error(std::string{to_string(method)} + " " + pattern + ": " + why);
  };
  if (pattern.empty() || pattern.front() != '/' || !handler)
    refuse("a pattern begins with a slash and has a handler");
  auto route = std::make_unique<Route>();
  route->span_name = intern_name(std::string{to_string(method)} + " " + pattern);
  Node* node = &root_;
  bool rest = false;
  const std::string_view text = pattern;
  for (std::size_t at = 1; at <= text.size();) {
    const auto slash = std::min(text.find('/', at), text.size());
    const auto part = read_part(text.substr(at, slash - at));
    if (rest)
      refuse("nothing may follow {name...}");
    if (part.parameter)
      route->parameters.emplace_back(part.name);
    rest = part.rest;
    if (part.parameter && !rest) {
      if (!node->parameter)
        node->parameter = std::make_unique<Node>();
      node = node->parameter.get();
    } else if (!rest) {
      auto child = std::find_if(node->fixed.begin(), node->fixed.end(),
                                [&](const auto& entry) { return entry.first == part.name; });
      if (child == node->fixed.end())
        child = node->fixed.emplace(child, std::string{part.name}, std::make_unique<Node>());
      node = child->second.get();
    }
    at = slash + 1;
  }
  auto& place = (rest ? node->rest : node->here)[slot(method)];
  if (place != nullptr)
    refuse("there already");
  route->method = method;
  route->pattern = std::move(pattern);
  route->options = std::move(options);
  route->handler = std::move(handler);
  place = route.get();
  routes_.push_back(std::move(route));
  return *routes_.back();
}

Router& Router::add(Method method, std::string pattern, Handler handler, RouteOptions options) {
  insert(method, std::move(pattern), std::move(handler), std::move(options));
  return *this;
}

Router& Router::ws(std::string pattern, WsOptions options) {
  if (!options.open)
    throw std::logic_error("WebSocket " + pattern + ": nothing opens its sessions");
  RouteOptions plain;
  plain.name = options.name;
  plain.access = Access::anonymous;  // the handshake asks who it is
  plain.budget = options.budget;
  plain.body_max = 0;
  auto& route = insert(
    Method::get, std::move(pattern),
    [](Request& request) -> task<Response> { co_return upgrade_required(request.context); },
    std::move(plain));
  route.websocket = std::make_unique<const WsOptions>(std::move(options));
  return *this;
}

Router& Router::get(std::string pattern, Handler handler, RouteOptions options) {
  return add(Method::get, std::move(pattern), std::move(handler), std::move(options));
}
Router& Router::post(std::string pattern, Handler handler, RouteOptions options) {
  return add(Method::post, std::move(pattern), std::move(handler), std::move(options));
}
Router& Router::put(std::string pattern, Handler handler, RouteOptions options) {
  return add(Method::put, std::move(pattern), std::move(handler), std::move(options));
}
Router& Router::patch(std::string pattern, Handler handler, RouteOptions options) {
  return add(Method::patch, std::move(pattern), std::move(handler), std::move(options));
}
Router& Router::del(std::string pattern, Handler handler, RouteOptions options) {
  return add(Method::del, std::move(pattern), std::move(handler), std::move(options));
}

RouteMatch Router::match(Method method, const std::vector<std::string>& segments,
                         Parameters& parameters) const {
  parameters.clear();
  Walk walk{method, segments, nullptr, {}, 0, false, {}};
  RouteMatch match;
  if (find(root_, 0, walk)) {
    match.kind = RouteMatch::Kind::found;
    match.route = walk.found;
    for (std::size_t i = 0; i < walk.taken.size(); ++i)
      parameters.emplace_back(walk.found->parameters[i], segments[walk.taken[i]]);
    if (walk.rest) {
      std::string rest;
      for (auto i = walk.rest_at; i < segments.size(); ++i)
        rest.append(i == walk.rest_at ? "" : "/").append(segments[i]);
      parameters.emplace_back(walk.found->parameters.back(), std::move(rest));
    }
    return match;
  }
  for (std::size_t i = 0; i < method_count; ++i) {
    const bool head = i == slot(Method::head) && walk.allowed[slot(Method::get)];
    if (!walk.allowed[i] && !head)
      continue;
    match.allow.append(match.allow.empty() ? "" : ", ").append(to_string(static_cast<Method>(i)));
  }
  if (!match.allow.empty()) {
    match.kind = RouteMatch::Kind::no_method;
    match.allow.append(", OPTIONS");
  }
  return match;
}

std::vector<const Route*> Router::routes() const {
  std::vector<const Route*> all;
  for (const auto& route : routes_)
    all.push_back(route.get());
  return all;
}

}  // namespace jobraker::net
