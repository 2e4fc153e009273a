#include "net/api/openapi/join.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>
#include <vector>

#include "embedded/embedded_openapi.hpp"
#include "messages/json.hpp"

namespace jobraker::net {
namespace {

using json::View;
using Members = std::vector<std::pair<std::string, View>>;

/// Everything that is gathered from the parts.
struct Gathered {
  Members paths;
  std::vector<std::pair<std::string, Members>> components;  ///< by kind: schemas, responses, …
  std::set<std::string> seen;                               ///< `paths /a`, `schemas Job`
};

/// Adds the members of `from` to `to`; the name of one that is there already, or nothing.
std::string add_members(View from, std::string_view what, Members& to,
                        std::set<std::string>& seen) {
  std::string twice;
  from.each_member([&](std::string_view name, View value) {
    auto key = std::string{what} + " " + std::string{name};
    if (!seen.insert(key).second)
      twice = key;
    to.emplace_back(name, value);
  });
  return twice;
}

/// Gathers one part; the first keeps what stands once for `write`.
Done gather(View part, std::string_view file, bool first, Gathered& all) {
  std::string wrong;
  part.each_member([&](std::string_view name, View value) {
    if (name == "paths") {
      if (auto twice = add_members(value, "paths", all.paths, all.seen); !twice.empty())
        wrong = twice + " is there twice";
    } else if (name == "components") {
      value.each_member([&](std::string_view kind, View members) {
        auto at = std::find_if(all.components.begin(), all.components.end(),
                               [&](const auto& group) { return group.first == kind; });
        if (at == all.components.end())
          at = all.components.insert(at, {std::string{kind}, {}});
        if (auto twice = add_members(members, kind, at->second, all.seen); !twice.empty())
          wrong = twice + " is there twice";
      });
    } else if (!first) {
      wrong = std::string{name} + " belongs into the first part";
    }
  });
  if (!wrong.empty())
    return fail(Errc::invalid, std::string{file} + ": " + wrong);
  return {};
}

void write_members(json::Writer& w, const Members& members) {
  w.begin_object();
  for (const auto& [name, value] : members)
    w.key(name).raw(value.dump());
  w.end_object();
}

void write_info(json::Writer& w, View info, std::string_view version) {
  w.begin_object();
  info.each_member([&](std::string_view name, View value) {
    if (name != "version")
      w.key(name).raw(value.dump());
  });
  w.member("version", version).end_object();
}

std::string write(View first, const Gathered& all, std::string_view version) {
  json::Writer w;
  w.begin_object();
  first.each_member([&](std::string_view name, View value) {
    if (name == "paths" || name == "components")
      return;
    w.key(name);
    if (name == "info")
      write_info(w, value, version);
    else
      w.raw(value.dump());
  });
  w.key("paths");
  write_members(w, all.paths);
  w.key("components").begin_object();
  for (const auto& [kind, members] : all.components) {
    w.key(kind);
    write_members(w, members);
  }
  w.end_object().end_object();
  return w.text();
}

}  // namespace

Result<std::string> join_openapi(std::span<const EmbeddedFile> parts, std::string_view version) {
  std::vector<json::Document> documents;
  Gathered all;
  for (const auto& part : parts) {
    auto document = json::Document::parse(part.content);
    if (!document || !document->root().is_object())
      return fail(Errc::malformed,
                  std::string{part.name} + ": " +
                    (document ? std::string{"is no object"} : document.error().detail));
    documents.push_back(std::move(*document));
    auto done = gather(documents.back().root(), part.name, documents.size() == 1, all);
    if (!done)
      return fail(std::move(done.error()));
  }
  if (documents.empty())
    return fail(Errc::invalid, "there are no parts");
  return write(documents.front().root(), all, version);
}

const std::string& openapi_document() {
  static const std::string text = [] {
    auto joined = join_openapi(embedded_openapi(), JOBRAKER_VERSION);
    if (!joined)
      throw std::logic_error("openapi: " + joined.error().detail);
    return *joined;
  }();
  return text;
}

}  // namespace jobraker::net
