#include <gtest/gtest.h>

#include <iostream>
#include <regex>

#include "actors/jobs/core/feed.hpp"
#include "actors/jobs/core/html_text.hpp"
#include "actors/jobs/core/normalise.hpp"
#include "actors/jobs/core/text.hpp"
#include "real_data.hpp"

namespace jobraker {
namespace {

namespace fs = std::filesystem;

struct Unpacked {
  fs::path folder;
  Unpacked() {
    auto base = (fs::temp_directory_path() / "jobraker-feeds-XXXXXX").string();
    if (auto made = mkdtemp(base.data())) {
      folder = made;
      auto archive = real::folder() / "feeds" / "feedparser_cases.tar.gz";
      real::output_of("tar -xzf '" + archive.string() + "' -C '" + folder.string() + "'");
    }
  }
  ~Unpacked() {
    std::error_code ignored;
    if (!folder.empty())
      fs::remove_all(folder, ignored);
  }
};

/// The `Expect:` lines that speak of a title, link or id by a plain string.
std::optional<std::pair<std::string, std::string>> expectation(const std::string& body) {
  static const std::regex line{
    R"(Expect:\s*not bozo and entries\[0\]\[u?'(title|link|id|guid|description|summary|content)'\](?:\[0\]\['value'\])? == u?'([^'\\]*)'\s)"};
  std::smatch found;
  auto head = body.substr(0, 2000);
  if (!std::regex_search(head, found, line))
    return std::nullopt;
  return std::pair{found[1].str(), found[2].str()};
}

TEST(RealFeeds, EveryCaseParsesOrReports) {
  NEEDS_REAL_DATA();
  Unpacked cases;
  int files = 0, parsed = 0, refused = 0, postings = 0, problems = 0, normalised = 0, checked = 0,
      agreed = 0;
  for (const auto& entry : fs::recursive_directory_iterator{cases.folder}) {
    if (!entry.is_regular_file())
      continue;
    ++files;
    auto body = real::contents(entry.path());
    SourceInfo source{.name = entry.path().filename(), .board = "http://127.0.0.1:8097/feed"};
    static const std::regex header{R"(Header:\s*Content-type:\s*([^\n]*))", std::regex::icase};
    std::smatch type;
    auto head = body.substr(0, 1000);
    if (std::regex_search(head, type, header))
      source.content_type = type[1];
    auto listing = read_feed(body, source);
    if (!listing) {
      ++refused;
      EXPECT_FALSE(listing.error().detail.empty());
      EXPECT_TRUE(listing.error().code == Errc::malformed) << entry.path();
      continue;
    }
    ++parsed;
    postings += static_cast<int>(listing->postings.size());
    problems += static_cast<int>(listing->problems.size());
    auto all = normalise_all(*listing, source.name, now());
    normalised += static_cast<int>(all.postings.size());
    for (const auto& posting : all.postings) {
      EXPECT_TRUE(text::valid_utf8(posting.job.title)) << entry.path();
      EXPECT_TRUE(text::valid_utf8(posting.job.description)) << entry.path();
      EXPECT_EQ(posting.job.description.find("<script"), std::string::npos) << entry.path();
    }
    auto wanted = expectation(body);
    // Items without title and text are reported, not read; base64 was Atom 0.3's idea.
    bool empty = listing->postings.empty() && !listing->problems.empty();
    if (!wanted || empty || body.find("base64") != body.npos)
      continue;
    ++checked;
    if (listing->postings.empty()) {
      std::cout << "no posting: " << entry.path().filename() << "\n";
      continue;
    }
    const auto& p = listing->postings[0];
    bool address = wanted->first == "link" || wanted->first == "id" || wanted->first == "guid";
    auto got = wanted->first == "title"  ? html_to_line(p.title)
               : wanted->first == "link" ? p.url
               : address                 ? p.source_id
                                         : html_to_text(p.description, p.description_is_html);
    auto expected = address                    ? wanted->second
                    : wanted->first == "title" ? html_to_line(wanted->second)
                                               : html_to_text(wanted->second);
    bool same = got == expected || (address && got.ends_with("#" + expected));
    agreed += same;
    if (!same)
      std::cout << entry.path().filename() << ": " << wanted->first << " '" << got
                << "', expected '" << expected << "'\n";
  }
  std::cout << "feeds " << files << ", read " << parsed << ", refused " << refused << ", postings "
            << postings << ", item problems " << problems << ", normalised " << normalised
            << "; expectations " << agreed << "/" << checked << "\n";
  RecordProperty("feeds", files);
  RecordProperty("read", parsed);
  RecordProperty("refused", refused);
  RecordProperty("postings", postings);
  RecordProperty("item_problems", problems);
  RecordProperty("expectations_met", agreed);
  RecordProperty("expectations", checked);
  EXPECT_GE(files, 1200);
  EXPECT_GE(parsed, files * 95 / 100);
  EXPECT_GE(agreed, checked * 90 / 100);
}

}  // namespace
}  // namespace jobraker
