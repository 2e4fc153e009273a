#include <charconv>

#include "messages/json.hpp"
#include "tools/sandbox/app.hpp"
#include "tools/sandbox/text.hpp"

namespace jobraker::sandbox {

namespace {

std::string title_case(std::string_view word) {
  return word == "part_time" ? "Part-time" : word == "contract" ? "Contract" : "Full-time";
}

std::vector<PostingPtr> on_board(App& app, std::string_view source, std::string_view token) {
  auto list = app.postings.of(source);
  auto at = now();
  std::erase_if(list, [&](const auto& posting) {
    return posting->board != token || (posting->closes_at && *posting->closes_at <= at);
  });
  return list;
}

/// Whether the employer exists at all: a board may be empty for a while.
bool known_board(App& app, std::string_view source, std::string_view token) {
  for (const auto& posting : app.postings.of(source))
    if (posting->board == token)
      return true;
  // Remembered from the bundled set even when tests removed all of it.
  static const PostingStore bundled{Time{}};
  for (const auto& posting : bundled.of(source))
    if (posting->board == token)
      return true;
  return false;
}

/// Greenhouse writes local offsets.
std::string with_offset(Time time) {
  auto text = to_rfc3339(std::chrono::floor<std::chrono::seconds>(time - std::chrono::hours{5}));
  text.pop_back();
  return text + "-05:00";
}

void write_greenhouse(json::Writer& out, const Posting& posting, bool content) {
  auto id = posting.number(1'000'000, 9'000'000);
  out.begin_object().member("absolute_url",
                            std::string_view{"https://job-boards.greenhouse.io/" + posting.board +
                                             "/jobs/" + std::to_string(id)});
  out.member("id", static_cast<std::int64_t>(id))
    .member("internal_job_id", static_cast<std::int64_t>(id + 77));
  out.member("title", std::string_view{posting.title})
    .member("updated_at", std::string_view{with_offset(posting.posted_at)});
  out.member("first_published", std::string_view{with_offset(posting.posted_at)});
  out.member("requisition_id", std::string_view{"R-" + std::to_string(id % 1000)});
  out.key("location")
    .begin_object()
    .member("name", std::string_view{posting.workplace == "remote" &&
                                         posting.place.find("Remote") == std::string::npos
                                       ? posting.place + " (Remote)"
                                       : posting.place})
    .end_object();
  out.member("company_name", std::string_view{posting.company})
    .member("language", std::string_view{posting.lang})
    .key("metadata")
    .null();
  if (content) {
    auto html = posting.html();
    if (posting.pay && !posting.pay->predicted)
      html += "<p>Pay: " + posting.pay->currency + " " +
              std::to_string(static_cast<std::int64_t>(posting.pay->min)) + " - " +
              std::to_string(static_cast<std::int64_t>(posting.pay->max)) +
              (posting.pay->interval == "hour" ? " per hour" : " per year") + "</p>";
    out.member("content", std::string_view{escape_html(html)});
    out.key("departments")
      .begin_array()
      .begin_object()
      .member("id", static_cast<std::int64_t>(hash(posting.team) % 100000))
      .member("name", std::string_view{posting.team});
    out.key("parent_id").null().key("child_ids").begin_array().end_array().end_object().end_array();
    out.key("offices")
      .begin_array()
      .begin_object()
      .member("id", static_cast<std::int64_t>(hash(posting.place) % 100000))
      .member("name", std::string_view{posting.place})
      .member("location", std::string_view{posting.place});
    out.key("parent_id").null().key("child_ids").begin_array().end_array().end_object().end_array();
  }
  out.end_object();
}

void write_lever(json::Writer& out, const Posting& posting) {
  auto id = posting.uuid();
  auto base = "https://jobs.lever.co/" + posting.board + "/" + id;
  out.begin_object()
    .member("id", std::string_view{id})
    .member("text", std::string_view{posting.title});
  out.key("categories")
    .begin_object()
    .member("commitment", std::string_view{title_case(posting.job_type)})
    .member("department", std::string_view{posting.team});
  out.member("team", std::string_view{posting.team})
    .member("location", std::string_view{posting.place});
  out.key("allLocations")
    .begin_array()
    .value(std::string_view{posting.place})
    .end_array()
    .end_object();
  std::string country = posting.country;
  for (auto& c : country)
    c = static_cast<char>(c - 32);
  out.member("country", std::string_view{country});
  out.member("description", std::string_view{"<div>" + escape_html(posting.intro) + "</div>"})
    .member("descriptionPlain", std::string_view{posting.intro});
  out.member("descriptionBody", std::string_view{"<div>" + escape_html(posting.intro) + "</div>"})
    .member("descriptionBodyPlain", std::string_view{posting.intro});
  out.key("lists").begin_array();
  std::string closing;
  for (const auto& [heading, items] : posting.sections) {
    std::string content;
    for (const auto& item : items)
      content += "<li>" + escape_html(item) + "</li>";
    out.begin_object()
      .member("text", std::string_view{heading})
      .member("content", std::string_view{content})
      .end_object();
  }
  out.end_array().member("additional", "").member("additionalPlain", "");
  out.member("workplaceType",
             posting.workplace == "on_site" ? "on-site" : std::string_view{posting.workplace});
  if (posting.pay && !posting.pay->predicted) {
    out.key("salaryRange")
      .begin_object()
      .member("currency", std::string_view{posting.pay->currency});
    out.member("interval", posting.pay->interval == "hour" ? "per-hour-wage" : "per-year-salary");
    out.member("min", posting.pay->min).member("max", posting.pay->max).end_object();
  }
  out.member("createdAt", std::chrono::duration_cast<std::chrono::milliseconds>(
                            posting.posted_at.time_since_epoch())
                            .count());
  out.member("hostedUrl", std::string_view{base})
    .member("applyUrl", std::string_view{base + "/apply"})
    .end_object();
}

std::size_t count_of(const net::Request& request, std::string_view name, std::size_t otherwise) {
  auto text = request.query_value(name).value_or("");
  std::size_t value = otherwise;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

}  // namespace

Answer greenhouse(App& app, const net::Request& request) {
  const auto& parts = request.segments;  // v1 boards {token} jobs [{id}]
  Answer answer{{}, "greenhouse"};
  if (parts.size() < 4 || parts[3] != "jobs" || !known_board(app, "greenhouse", parts[2])) {
    answer.response = net::Response::json(404, R"({"status":404,"error":"Board not found"})");
    return answer;
  }
  auto list = on_board(app, "greenhouse", parts[2]);
  bool content = request.query_value("content").value_or("") == "true";
  json::Writer out;
  if (parts.size() > 4) {
    for (const auto& posting : list)
      if (std::to_string(posting->number(1'000'000, 9'000'000)) == parts[4]) {
        write_greenhouse(out, *posting, true);
        answer.response = net::Response::json(200, out.text());
        return answer;
      }
    answer.response = net::Response::json(404, R"({"status":404,"error":"Job not found"})");
    return answer;
  }
  out.begin_object().key("jobs").begin_array();
  for (const auto& posting : list)
    write_greenhouse(out, *posting, content);
  out.end_array()
    .key("meta")
    .begin_object()
    .member("total", static_cast<std::int64_t>(list.size()))
    .end_object()
    .end_object();
  answer.response = net::Response::json(200, out.text());
  return answer;
}

Answer lever(App& app, const net::Request& request) {
  const auto& parts = request.segments;  // v0 postings {site} [{id}]
  Answer answer{{}, "lever"};
  auto missing = [](std::string_view what) {
    return net::Response::json(404, R"({"ok":false,"error":")" + std::string{what} + "\"}");
  };
  if (parts.size() < 3 || parts[1] != "postings" || !known_board(app, "lever", parts[2])) {
    answer.response = missing("Document not found");
    return answer;
  }
  auto list = on_board(app, "lever", parts[2]);
  if (parts.size() > 3) {
    answer.response = missing("Document not found");
    for (const auto& posting : list)
      if (posting->uuid() == parts[3]) {
        json::Writer out;
        write_lever(out, *posting);
        answer.response = net::Response::json(200, out.text());
      }
    return answer;
  }
  if (request.query_value("mode").value_or("") != "json" &&
      request.headers.value("accept").find("json") == std::string_view::npos) {
    answer.response = net::Response::of(200, "text/html; charset=utf-8",
                                        "<!doctype html><title>Jobs</title><p>" +
                                          std::to_string(list.size()) + " openings</p>");
    return answer;
  }
  auto skip = count_of(request, "skip", 0),
       limit = std::min<std::size_t>(count_of(request, "limit", 100), 100);
  json::Writer out;
  out.begin_array();
  for (std::size_t i = skip; i < list.size() && i - skip < limit; ++i)
    write_lever(out, *list[i]);
  out.end_array();
  answer.response = net::Response::json(200, out.text());
  return answer;
}

}  // namespace jobraker::sandbox
