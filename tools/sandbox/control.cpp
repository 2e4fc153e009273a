#include <charconv>

#include "messages/json.hpp"
#include "tools/sandbox/app.hpp"

namespace jobraker::sandbox {

namespace {

net::Response refused(int status, std::string_view detail) {
  json::Writer out;
  out.begin_object().member("error", detail).end_object();
  return net::Response::json(status, out.text());
}

net::Response change_faults(App& app, const net::Request& request) {
  if (request.method == net::Method::get)
    return net::Response::json(200, app.faults.to_json());
  if (request.method == net::Method::del) {
    if (request.segments.size() > 2) {
      std::uint64_t id = 0;
      const auto& text = request.segments[2];
      std::from_chars(text.data(), text.data() + text.size(), id);
      return app.faults.remove(id) ? net::Response::no_content() : refused(404, "no such fault");
    }
    app.faults.clear();
    return net::Response::no_content();
  }
  if (request.method != net::Method::post)
    return refused(405, "GET, POST or DELETE");
  auto document = json::Document::parse(request.body);
  if (!document)
    return refused(400, document.error().detail);
  auto fault = read_fault(document->root());
  if (!fault)
    return refused(400, fault.error().detail);
  auto id = app.faults.add(std::move(*fault));
  return net::Response::json(201, "{\"id\":" + std::to_string(id) + "}");
}

net::Response change_limits(App& app, const net::Request& request) {
  if (request.method == net::Method::get)
    return net::Response::json(200, app.limits.to_json());
  if (request.method == net::Method::del) {
    app.limits.reset();
    return net::Response::no_content();
  }
  if (request.method != net::Method::post)
    return refused(405, "GET, POST or DELETE");
  auto document = json::Document::parse(request.body);
  if (!document)
    return refused(400, document.error().detail);
  auto root = document->root();
  auto model = root["model"].string_or("");
  auto limit = app.limits.of(model);
  for (auto [name, value] : {std::pair{"rpm", &limit.requests}, {"tpm", &limit.tokens}})
    if (auto given = root[name]) {
      auto number = given.integer().value_or(-1);
      if (number < 0)
        return refused(400, "rpm and tpm are whole numbers from 0 on");
      *value = static_cast<std::uint64_t>(number);
    }
  app.limits.set(model, limit);
  return net::Response::json(200, app.limits.to_json());
}

net::Response change_pace(App& app, const net::Request& request) {
  if (request.method == net::Method::post) {
    auto document = json::Document::parse(request.body);
    auto ms = document ? document->root()["token_ms"].integer().value_or(-1) : -1;
    if (ms < 0 || ms > 60'000)
      return refused(400, "token_ms is 0 to 60000");
    app.token_ms = ms;
  } else if (request.method != net::Method::get) {
    return refused(405, "GET or POST");
  }
  return net::Response::json(200, "{\"token_ms\":" + std::to_string(app.token_ms.load()) + "}");
}

template <class T>
T number_or(const net::Request& request, std::string_view name, T otherwise) {
  auto text = request.query_value(name).value_or("");
  std::from_chars(text.data(), text.data() + text.size(), otherwise);
  return otherwise;
}

void write_posting(json::Writer& out, const Posting& posting) {
  out.begin_object()
    .member("key", std::string_view{posting.key})
    .member("title", std::string_view{posting.title});
  out.member("company", std::string_view{posting.company})
    .member("country", std::string_view{posting.country});
  out.member("place", std::string_view{posting.place})
    .member("board", std::string_view{posting.board});
  out.member("workplace", std::string_view{posting.workplace})
    .member("posted_at", std::string_view{to_rfc3339(posting.posted_at)});
  out.key("sources").begin_array();
  for (const auto& source : posting.sources)
    out.value(std::string_view{source});
  out.end_array();
  out.key("source_ids")
    .begin_object()
    .member("adzuna",
            std::string_view{std::to_string(posting.number(4'000'000'000ULL, 900'000'000ULL))});
  out.member("greenhouse", std::string_view{std::to_string(posting.number(1'000'000, 9'000'000))})
    .member("lever", std::string_view{posting.uuid()});
  out.end_object().end_object();
}

net::Response change_postings(App& app, const net::Request& request) {
  if (request.method == net::Method::get) {
    auto source = request.query_value("source").value_or("");
    json::Writer out;
    out.begin_object().key("postings").begin_array();
    for (const auto& posting : source.empty() ? app.postings.all() : app.postings.of(source))
      write_posting(out, *posting);
    out.end_array().end_object();
    return net::Response::json(200, out.text());
  }
  if (request.method == net::Method::del && request.segments.size() > 2)
    return app.postings.remove(request.segments[2]) ? net::Response::no_content()
                                                    : refused(404, "no such posting");
  if (request.method != net::Method::post)
    return refused(405, "GET, POST or DELETE /control/postings/{key}");
  auto document = json::Document::parse(request.body);
  if (!document)
    return refused(400, document.error().detail);
  auto root = document->root();
  if (auto key = root["remove"].string())
    return app.postings.remove(*key) ? net::Response::no_content()
                                     : refused(404, "no such posting");
  auto posting = read_posting(root["add"] ? root["add"] : root, now());
  if (!posting)
    return refused(400, posting.error().detail);
  json::Writer out;
  write_posting(out, *posting);
  app.postings.put(std::move(*posting));
  return net::Response::json(201, out.text());
}

}  // namespace

net::Response control(App& app, const net::Request& request) {
  auto what = request.segments.size() > 1 ? request.segments[1] : std::string{};
  if (what == "faults")
    return change_faults(app, request);
  if (what == "postings")
    return change_postings(app, request);
  if (what == "served" && request.method == net::Method::get)
    return net::Response::json(200, app.served.to_json(number_or<int>(request, "ids", 0) != 0));
  if (what == "limits")
    return change_limits(app, request);
  if (what == "pace")
    return change_pace(app, request);
  if (what == "calls" && request.method == net::Method::get)
    return net::Response::json(
      200, app.served.bills_json(number_or<std::uint64_t>(request, "after", 0),
                                 number_or<std::size_t>(request, "limit", 1000)));
  if (what == "requests" && request.method == net::Method::get)
    return net::Response::json(
      200, app.served.requests_json(request.query_value("path_prefix").value_or(""),
                                    number_or<std::size_t>(request, "limit", 100)));
  if (what == "health" && request.method == net::Method::get)
    return net::Response::json(200, R"({"status":"ok"})");
  if (what == "reset" && request.method == net::Method::post) {
    app.faults.clear();
    app.postings.reset();
    app.served.clear();
    app.limits.reset();
    app.prompts.clear();
    app.runs.clear();
    app.token_ms = app.options.token_ms;
    return net::Response::no_content();
  }
  return refused(
    404, "control knows faults, postings, limits, pace, skyvern, requests, served, calls, health "
         "and reset");
}

}  // namespace jobraker::sandbox
