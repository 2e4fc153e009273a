#include "tools/sandbox/skyvern_form.hpp"

#include "net/http/router.hpp"
#include "net/http/url.hpp"
#include "tools/sandbox/skyvern_order.hpp"
#include "tools/sandbox/text.hpp"

namespace jobraker::sandbox {

namespace {

std::string label_of(std::string_view name) {
  std::string out{name};
  for (auto& c : out)
    if (c == '_' || c == '-')
      c = ' ';
  if (!out.empty() && out[0] >= 'a' && out[0] <= 'z')
    out[0] = static_cast<char>(out[0] - 32);
  return out;
}

void add_fields(JobForm& form, std::string_view names, bool required) {
  for (auto name : split(names, ','))
    form.fields.push_back({std::string{name}, label_of(name), required});
}

/// What every employer of the sandbox asks.
JobForm ordinary(std::string company, std::string job) {
  JobForm form;
  form.company = std::move(company);
  form.job = std::move(job);
  add_fields(form, "full_name,email,resume", true);
  add_fields(form, "phone,location,linkedin,cover_letter", false);
  return form;
}

JobForm form_of(std::string company, std::string job, const net::Parameters& query) {
  auto form = ordinary(label_of(company), label_of(job));
  const auto is = [&](std::string_view name) { return net::find(query, name).value_or("") == "1"; };
  add_fields(form, net::find(query, "need").value_or(""), true);
  add_fields(form, net::find(query, "ask").value_or(""), false);
  form.closed = is("closed");
  form.login = is("login");
  form.captcha = is("captcha");
  return form;
}

/// Whether an address of one of the sources is this posting's.
bool leads_to(const net::Url& url, const std::vector<std::string>& path, const Posting& posting) {
  const auto& last = path.empty() ? url.host : path.back();
  if (url.host.find("greenhouse.io") != std::string::npos)
    return last == std::to_string(posting.number(1'000'000, 9'000'000));
  if (url.host.find("lever.co") != std::string::npos)
    return path.size() > 1 && path[1] == posting.uuid();
  if (url.host.find("adzuna.") != std::string::npos)
    return last == std::to_string(posting.number(4'000'000'000ULL, 900'000'000ULL));
  return last.starts_with(posting.key + "-");
}

bool is_job_site(std::string_view host) {
  for (auto site : {"greenhouse.io", "lever.co", "weworkremotely.com"})
    if (host == site || host.ends_with("." + std::string{site}))
      return true;
  return host.starts_with("www.adzuna.");
}

}  // namespace

JobForm form_at(const PostingStore& postings, std::string_view text, Time now) {
  auto url = net::parse_url(text);
  if (!url)
    return ordinary("Somebody", "A job");
  const auto mark = std::min(url->target.find('?'), url->target.size());
  std::vector<std::string> path;
  net::split_path(url->target.substr(0, mark), path);
  const auto query =
    net::parse_query(std::string_view{url->target}.substr(std::min(mark + 1, url->target.size())));
  if (path.size() >= 3 && path[0] == "forms" && is_loopback_host(url->host))
    return form_of(path[1], path[2], query);
  if (!is_job_site(url->host))
    return ordinary(url->host, "A job");
  for (const auto& posting : postings.all())
    if (leads_to(*url, path, *posting)) {
      auto form = ordinary(posting->company, posting->title);
      form.closed = posting->closes_at && *posting->closes_at <= now;
      return form;
    }
  auto gone = ordinary(url->host, "A job");
  gone.closed = true;
  return gone;
}

std::string form_page(const JobForm& form) {
  const auto title = escape_html(form.job + " at " + form.company);
  std::string out = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>" + title +
                    "</title><h1>" + title + "</h1>\n";
  if (form.closed)
    return out + "<p>This job is no longer open.</p></html>\n";
  if (form.login)
    return out + "<p>Sign in to your candidate account to apply.</p></html>\n";
  if (form.captcha)
    out += "<p>Solve the captcha before you apply.</p>\n";
  out += "<form method=\"post\">\n";
  for (const auto& field : form.fields) {
    const auto name = escape_html(field.name);
    out += "<label>" + escape_html(field.label) + (field.required ? " *" : "") + " <input name=\"" +
           name + "\" type=\"" + (field.name == "resume" ? "file" : "text") + "\"" +
           (field.required ? " required" : "") + "></label><br>\n";
  }
  return out + "<button>Submit application</button></form></html>\n";
}

net::Response serve_form(const PostingStore& postings, const net::Request& request) {
  if (request.segments.size() < 3)
    return net::Response::of(404, "text/html; charset=utf-8", "<!doctype html><p>No such job</p>");
  const auto form = form_at(postings, "http://localhost" + request.target, now());
  return net::Response::of(200, "text/html; charset=utf-8", form_page(form));
}

}  // namespace jobraker::sandbox
