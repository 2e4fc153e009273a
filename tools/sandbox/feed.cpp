#include <chrono>
#include <ctime>

#include "net/http/etag.hpp"
#include "tools/sandbox/app.hpp"
#include "tools/sandbox/text.hpp"

namespace jobraker::sandbox {

namespace {

/// RFC 822 as feeds write it: "Fri, 20 Nov 2026 09:00:00 +0000".
std::string rfc822(Time time, std::string_view zone) {
  static constexpr std::string_view days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::string_view months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  auto seconds = static_cast<std::time_t>(
    std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count());
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char clock[24];
  std::strftime(clock, sizeof clock, "%H:%M:%S", &parts);
  auto two = [](int value) { return (value < 10 ? "0" : "") + std::to_string(value); };
  return std::string{days[parts.tm_wday]} + ", " + two(parts.tm_mday) + " " +
         std::string{months[parts.tm_mon]} + " " + std::to_string(parts.tm_year + 1900) + " " +
         clock + " " + std::string{zone};
}

std::string joined(const std::vector<std::string>& items) {
  std::string out;
  for (std::size_t i = 0; i < items.size(); ++i)
    out += (i == 0 ? "" : i + 1 == items.size() ? ", and " : ", ") + items[i];
  return out;
}

std::string item(const Posting& posting) {
  auto link = "https://weworkremotely.com/remote-jobs/" + posting.key + "-" +
              std::to_string(posting.number(1000, 9000));
  std::string text = "    <item>\n";
  auto add = [&](std::string_view name, std::string_view value) {
    text +=
      "      <" + std::string{name} + ">" + escape_html(value) + "</" + std::string{name} + ">\n";
  };
  text += "      <media:content url=\"https://we-work-remotely.imgix.net/logos/" +
          std::to_string(posting.number(1, 9999)) + ".gif\" type=\"image/png\"/>\n";
  add("title", posting.company + ": " + posting.title);
  add("region", posting.workplace != "remote"         ? posting.place
                : posting.number(0, 3) == 0           ? "Anywhere in the World"
                : posting.place.find("Remote, ") == 0 ? posting.place.substr(8) + " Only"
                : posting.area.empty()                ? "Anywhere in the World"
                                                      : posting.place);
  if (!posting.skills.empty())
    add("skills", joined(posting.skills));
  add("category", posting.category_label);
  add("type", posting.job_type == "contract"    ? "Contract"
              : posting.job_type == "part_time" ? "Part-Time"
                                                : "Full-Time");
  auto html = posting.html();
  if (posting.pay && posting.pay->interval == "year" && !posting.pay->predicted)
    html += "<p>Salary: " + posting.pay->currency + " " +
            std::to_string(static_cast<std::int64_t>(posting.pay->min)) + " - " +
            std::to_string(static_cast<std::int64_t>(posting.pay->max)) + "</p>";
  add("description", html);
  add("pubDate", rfc822(posting.posted_at, "+0000"));
  add("expires_at",
      rfc822(posting.closes_at.value_or(posting.posted_at + std::chrono::hours{24 * 30}), "+0000"));
  add("guid", link);
  add("link", link);
  return text + "    </item>\n";
}

/// One item among the good ones that no reader can use: no title, no link, an impossible date.
constexpr std::string_view bad_item =
  "    <item>\n      <description>&lt;p&gt;Something was lost here</description>\n"
  "      <pubDate>Someday, 99 Foo 2026 77:00:00 MOON</pubDate>\n    </item>\n";

}  // namespace

Answer feed(App& app, const net::Request& request) {
  Answer answer{{}, "rss"};
  if (request.path != "/feeds/jobs.rss") {
    answer.response = net::Response::text(404, "no such feed\n");
    return answer;
  }
  bool bad = request.query_value("bad").value_or("") == "1";
  auto list = app.postings.of("rss");
  auto at = now();
  std::erase_if(
    list, [&](const auto& posting) { return posting->closes_at && *posting->closes_at <= at; });
  std::string items;
  std::size_t place = 0;
  Time newest{};
  for (const auto& posting : list) {
    if (bad && place++ == 3)
      items += bad_item;
    items += item(*posting);
    newest = std::max(newest, posting->posted_at);
  }
  auto body = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss "
              "xmlns:dc=\"http://purl.org/dc/elements/1.1/\" "
              "xmlns:media=\"http://search.yahoo.com/mrss/\" version=\"2.0\">\n"
              "  <channel>\n    <title>We Work Remotely: Remote jobs (sandbox)</title>\n    "
              "<link>https://weworkremotely.com/remote-jobs</link>\n"
              "    <description>Made-up remote jobs</description>\n    "
              "<language>en-US</language>\n    <ttl>60</ttl>\n" +
              items + "  </channel>\n</rss>\n";
  auto etag = "\"" + std::to_string(hash(body)) + "\"";
  auto modified = rfc822(newest, "GMT");
  // A tag decides before a date (RFC 9110 §13.2.2).
  bool same = request.headers.contains("if-none-match")
                ? net::not_modified(request, etag)
                : request.headers.value("if-modified-since") == modified;
  answer.response =
    same ? net::Response{304, {}, std::string{}}
         : net::Response::of(200, "application/rss+xml; charset=utf-8", std::move(body));
  answer.response.headers.set("etag", etag);
  answer.response.headers.set("last-modified", modified);
  answer.response.headers.set("cache-control", "max-age=60");
  return answer;
}

}  // namespace jobraker::sandbox
