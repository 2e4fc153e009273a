#include "actors/jobs/core/dedupe.hpp"

#include <algorithm>

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace jobraker {
namespace {

const std::string long_text = "We build trading systems in C++ for customers all over the world. "
                              "You will design low latency services, review code "
                              "and mentor colleagues. We ask for five years of experience with "
                              "modern C++, Linux and networking, and a good eye for "
                              "detail. We offer flexible hours, thirty days of holiday and a "
                              "budget for conferences of your choice.";

Job job(SourceKind source, const char* id) {
  Job j;
  j.source = source;
  j.source_id = id;
  j.id = JobId::of(id);
  j.title = "Senior C++ Engineer";
  j.company = "Acme GmbH";
  j.city = "Berlin";
  j.country = "DE";
  j.description = long_text;
  j.posted_at = Time{std::chrono::hours{24 * 20000}};
  return j;
}

TEST(SamePosting, MergesACopyFromAnotherSource) {
  auto board = job(SourceKind::greenhouse, "acme:1");
  auto copy = job(SourceKind::adzuna, "de:9");
  copy.title = "Sr. C++ Engineer (m/w/d)";
  copy.company = "ACME";
  copy.description = long_text.substr(0, 200) + "…";
  EXPECT_EQ(same_posting(board, copy), DuplicateReason::same_content);
  copy.city.clear();
  EXPECT_EQ(same_posting(board, copy), DuplicateReason::same_content);
}

TEST(SamePosting, MergesTheSameAddressWhateverTheWords) {
  auto a = job(SourceKind::feed, "f:1"), b = job(SourceKind::greenhouse, "acme:127817");
  a.source_url = "https://boards.greenhouse.io/acme/jobs/127817?gh_src=abc&utm_source=feed";
  b.source_url = "https://job-boards.greenhouse.io/acme/jobs/127817";
  a.title = "Something else";
  EXPECT_EQ(same_posting(a, b), DuplicateReason::same_address);
}

TEST(SamePosting, KeepsDifferentOpeningsApart) {
  auto base = job(SourceKind::feed, "f:1");
  auto differs = [&](auto change) {
    auto other = job(SourceKind::adzuna, "de:9");
    change(other);
    EXPECT_EQ(same_posting(base, other), std::nullopt);
    EXPECT_EQ(same_posting(other, base), std::nullopt);
  };
  differs([](Job& j) { j.city = "Hamburg"; });
  differs([](Job& j) { j.country = "AT"; });
  differs([](Job& j) { j.title = "C++ Engineer"; });
  differs([](Job& j) { j.title = "Junior C++ Engineer"; });
  differs([](Job& j) { j.company = "Umbrella"; });
  differs([](Job& j) { j.company = ""; });
  differs([](Job& j) {
    j.description = "Completely other words about gardening in the north of the country.";
  });
  auto one = job(SourceKind::lever, "acme:1"), two = job(SourceKind::lever, "acme:2");
  EXPECT_EQ(same_posting(one, two), std::nullopt);  // two requisitions of one board
  one.workplace = Workplace::remote;
  two = job(SourceKind::feed, "x");
  two.workplace = Workplace::on_site;
  EXPECT_EQ(same_posting(one, two), std::nullopt);
}

TEST(AtsKey, NamesTheJobWhateverTheAddressLooksLike) {
  for (auto [url, key] :
       {std::pair{"https://boards.greenhouse.io/acme/jobs/127817", "greenhouse//127817"},
        {"https://job-boards.greenhouse.io/acme/jobs/127817?utm_source=x#app",
         "greenhouse//127817"},
        {"https://acme.example/careers?gh_jid=127817", "greenhouse//127817"},
        {"https://boards.greenhouse.io/embed/job_app?for=acme&token=127817", "greenhouse//127817"},
        {"https://jobs.lever.co/acme/AB-1/apply?lever-source=x", "lever/acme/ab-1"},
        {"https://jobs.eu.lever.co/acme/ab-1", "lever/acme/ab-1"},
        {"https://jobs.ashbyhq.com/acme/77", "ashby/acme/77"},
        {"https://apply.workable.com/acme/j/5A0/", "workable/acme/5a0"},
        {"https://example.com/jobs/1", ""},
        {"https://boards.greenhouse.io/acme", ""},
        {"", ""}})
    EXPECT_EQ(ats_key(url), key) << url;
}

TEST(CanonicalUrl, DropsWhatDoesNotMatter) {
  EXPECT_EQ(canonical_url("HTTPS://www.Example.com:443/Jobs/1/?utm_source=a&id=7&gclid=x#top"),
            "example.com/Jobs/1?id=7");
  EXPECT_EQ(canonical_url("example.com"), "example.com");
}

TEST(Similarity, IsOneForTheSameAndAnExcerptAndLowForOthers) {
  EXPECT_EQ(similarity(long_text, long_text), 1);
  EXPECT_EQ(similarity(long_text, long_text.substr(0, 150) + "…"), 1);
  EXPECT_LT(
    similarity(long_text, "We sell flowers and need a friendly person for the shop in town."), 0.1);
  EXPECT_EQ(similarity("", ""), 1);
  EXPECT_EQ(similarity("", long_text), 0);
}

rc::Gen<Job> jobs() {
  return rc::gen::map(
    rc::gen::container<std::vector<int>>(9, rc::gen::inRange(0, 3)), [](const std::vector<int>& v) {
      auto j = job(static_cast<SourceKind>(v[0] + v[1]),
                   (std::string{"board"} + char('0' + v[2] % 2) + ":" + char('a' + v[3])).c_str());
      j.title = v[4] == 0 ? "Engineer" : v[4] == 1 ? "Senior Engineer" : "Sr. Engineer";
      j.city = v[5] == 0 ? "" : v[5] == 1 ? "Berlin" : "Hamburg";
      j.description = v[6] == 0   ? long_text
                      : v[6] == 1 ? long_text.substr(0, 180) + "…"
                                  : long_text.substr(100);
      j.posted_at = v[7] == 0 ? std::optional<Time>{} : Time{std::chrono::hours{v[7]}};
      j.status = v[8] == 0 ? JobStatus::expired : JobStatus::active;
      j.id = JobId::of(j.source_id + std::string{name_of(j.source)});
      return j;
    });
}

TEST(SamePosting, IsSymmetricAndReflexive) {
  ASSERT_TRUE(rc::check([] {
    auto a = *jobs(), b = *jobs();
    RC_ASSERT(same_posting(a, b) == same_posting(b, a));
    RC_ASSERT(same_posting(a, a).has_value());
    RC_ASSERT(similarity(a.description, b.description) == similarity(b.description, a.description));
  }));
}

TEST(SamePosting, NeverMergesCities) {
  ASSERT_TRUE(rc::check([] {
    auto a = *jobs(), b = *jobs();
    auto reason = same_posting(a, b);
    RC_ASSERT(reason != DuplicateReason::same_content || a.city.empty() || b.city.empty() ||
              a.city == b.city);
  }));
}

TEST(Survivor, IsTheSameInWhateverOrder) {
  ASSERT_TRUE(rc::check([] {
    auto all = *rc::gen::nonEmpty(rc::gen::container<std::vector<Job>>(jobs()));
    auto best = [](const std::vector<Job>& list) {
      auto kept = list.front();
      for (const auto& next : list)
        kept = survivor(kept, next);
      return kept.id;
    };
    auto first = best(all);
    std::reverse(all.begin(), all.end());
    auto second = best(all);
    // Two records of one id may differ here; the id is what is kept.
    RC_ASSERT(first == second);
  }));
}

TEST(Survivor, IsNeverAnUnverifiedEntryBesideAnActivePostingFromElsewhere) {
  auto fake = job(SourceKind::employer, "e:1");
  fake.posted_at = Time{};  // older than the one it imitates
  fake.source_url = "https://elsewhere.example/apply";
  for (auto source :
       {SourceKind::greenhouse, SourceKind::lever, SourceKind::feed, SourceKind::adzuna}) {
    auto real = job(source, "r:1");
    ASSERT_EQ(same_posting(real, fake), DuplicateReason::same_content);
    EXPECT_EQ(survivor(fake, real).source, source);
    EXPECT_EQ(survivor(real, fake).source, source);
    real.status = JobStatus::expired;
    EXPECT_EQ(survivor(real, fake).source, SourceKind::employer);
  }
}

TEST(Survivor, PrefersTheEmployersOwnBoardThenTheOlder) {
  auto adzuna = job(SourceKind::adzuna, "de:1"), feed = job(SourceKind::feed, "f:1"),
       lever = job(SourceKind::lever, "a:1");
  adzuna.posted_at = Time{};
  EXPECT_EQ(survivor(adzuna, feed).id, feed.id);
  EXPECT_EQ(survivor(feed, lever).id, lever.id);
  auto older = job(SourceKind::feed, "f:2");
  older.posted_at = Time{};
  EXPECT_EQ(survivor(feed, older).id, older.id);
  lever.status = JobStatus::expired;
  EXPECT_EQ(survivor(lever, feed).id, feed.id);
}

}  // namespace
}  // namespace jobraker
