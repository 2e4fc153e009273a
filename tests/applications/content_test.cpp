#include "actors/applications/core/content.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "messages/json.hpp"

namespace jobraker::applications {
namespace {

Profile grace() {
  Profile p;
  p.personal_info.full_name = "Grace Example";
  p.personal_info.email = "grace@example.com";
  p.personal_info.phone = "+44 20 7946 0999";
  p.personal_info.location = "London";
  p.summary.professional_summary = "Builds services.";
  p.experience.job_titles = {"Engineer"};
  p.experience.companies = {"Northwind"};
  p.experience.experience_descriptions = {"C++ on Linux."};
  p.education.degrees = {"BSc"};
  p.education.institutions = {"Leeds"};
  p.education.graduation_years = {2014};
  p.skills.programming_languages = {"C++", "Python"};
  p.preferences.salary_range_min = 77'777;
  p.preferences.preferred_locations = {"Utopia"};
  p.ai_insights.ai_improvement_areas = {"Is shy."};
  p.version = 3;
  return p;
}

Application to_acme() {
  Application a;
  a.company = "Acme";
  a.job_title = "Welder";
  a.url = "https://acme.example/jobs/1";
  return a;
}

Content content(std::vector<Document> documents = {}, std::vector<FormAnswer> answers = {}) {
  return content_of(to_acme(), grace(), "account@example.com", std::move(documents),
                    std::move(answers));
}

TEST(Content, TakesTheProfileWhereThereIsNoResume) {
  auto c = content();
  ASSERT_EQ(c.documents.size(), 1u);
  EXPECT_EQ(c.documents[0].kind, "resume");
  EXPECT_EQ(c.documents[0].from, "profile");
  EXPECT_EQ(c.documents[0].version, 3);
  for (const char* part : {"Builds services.", "### Engineer, Northwind", "C++ on Linux.",
                           "- BSc Leeds 2014", "- Languages: C++, Python"})
    EXPECT_NE(c.documents[0].markdown.find(part), std::string::npos) << part;
  EXPECT_EQ(missing_in(c), "");
}

TEST(Content, PrefersTheApplicationsOwnDocuments) {
  auto c =
    content({{"resume", "application", "# Mine", 2}, {"cover_letter", "application", "Dear", 1}});
  ASSERT_EQ(c.documents.size(), 2u);
  EXPECT_EQ(c.documents[0].kind, "cover_letter");
  EXPECT_EQ(c.documents[1].markdown, "# Mine");
  auto only_letter = content({{"cover_letter", "application", "Dear", 1}});
  ASSERT_EQ(only_letter.documents.size(), 2u);
  EXPECT_EQ(only_letter.documents[1].from, "profile");
  auto sent = sent_documents(c);
  EXPECT_EQ(sent[1].version, 2);
  EXPECT_EQ(sent[1].digest.size(), 64u);
  EXPECT_NE(sent[0].digest, sent[1].digest);
}

TEST(Content, NamesWhatIsMissing) {
  auto without = [](auto change) {
    auto a = to_acme();
    auto p = grace();
    change(a, p);
    return missing_in(content_of(a, p, "", {}, {}));
  };
  EXPECT_NE(without([](auto& a, auto&) { a.url.reset(); }), "");
  EXPECT_NE(without([](auto& a, auto&) { a.url = "javascript:alert(1)"; }), "");
  EXPECT_NE(without([](auto&, auto& p) { p.personal_info.full_name.reset(); }), "");
  EXPECT_NE(without([](auto&, auto& p) { p.personal_info.email.reset(); }), "");
  EXPECT_NE(without([](auto&, auto& p) {
              auto info = p.personal_info;
              p = Profile{};
              p.personal_info = info;
            }),
            "");
  auto p = grace();
  p.personal_info.email.reset();
  EXPECT_EQ(content_of(to_acme(), p, "account@example.com", {}, {}).email, "account@example.com");
}

TEST(Content, AddressesAreWhatTheyLookLike) {
  for (auto good : {"http://a", "https://acme.example/jobs/1?x=a@b#c",
                    "http://127.0.0.1:8089/forms", "https://[::1]/", "https://bücher.example/ä"})
    EXPECT_TRUE(is_web_address(good)) << good;
  for (auto bad : {"", "https://", "http:///x", "https://?x", "https://#", "ftp://a",
                   "javascript:x", "HTTPS//a", "https://acme.example@evil.example/",
                   "https://a:b@evil.example", "https://acme.example\\@evil.example", "http://a b/",
                   "http://a\r\nX: y", "http://a\t", "http://a\x7f"})
    EXPECT_FALSE(is_web_address(bad)) << bad;
}

TEST(Content, AnotherCharacterIsAnotherHash) {
  const std::vector<FormAnswer> answers{{"Salary?", "60000"}};
  const auto base = content({{"resume", "application", "# Mine", 2}}, answers);
  const auto hash = content_hash(base);
  EXPECT_EQ(hash.size(), 64u);
  EXPECT_EQ(content_hash(content({{"resume", "application", "# Mine", 9}}, answers)), hash)
    << "a version is not what is sent";
  std::vector<void (*)(Content&)> changes{
    [](Content& c) { c.url += "x"; },
    [](Content& c) { c.job_title += "x"; },
    [](Content& c) { c.company += "x"; },
    [](Content& c) { c.name += "x"; },
    [](Content& c) { c.email += "x"; },
    [](Content& c) { c.phone += "x"; },
    [](Content& c) { c.location += "x"; },
    [](Content& c) { c.work_authorization += "x"; },
    [](Content& c) { c.documents[0].markdown += " "; },
    [](Content& c) {
      c.documents.push_back({"cover_letter", "application", "Dear", 1});
    },
    [](Content& c) { c.documents.clear(); },
    [](Content& c) { c.answers[0].answer = "60001"; },
    [](Content& c) {
      c.answers[0] = {"Salary?6", "0000"};
    },
    [](Content& c) {
      c.answers.push_back({"Start?", "Now"});
    },
    [](Content& c) { c.answers.clear(); },
  };
  std::set<std::string> hashes{hash};
  for (auto change : changes) {
    auto other = base;
    change(other);
    EXPECT_TRUE(hashes.insert(content_hash(other)).second);
  }
}

TEST(Content, DigestOfDocumentsDoesNotKnowTheAnswers) {
  EXPECT_EQ(documents_digest(content({}, {{"A?", "b"}})), documents_digest(content()));
  EXPECT_NE(documents_digest(content({{"resume", "application", "x", 1}})),
            documents_digest(content()));
}

TEST(Content, AnApprovalBindsDocumentsAnswersAndAddress) {
  const std::vector<FormAnswer> answers{{"Salary?", "60000"}};
  const auto shown = content({{"resume", "application", "# Mine", 2}}, answers);
  const auto hash = content_hash(shown);
  ApproveApplication by_hash;
  by_hash.hash = hash;
  ApproveApplication by_parts;
  by_parts.documents_digest = documents_digest(shown);
  by_parts.answers = answers;
  EXPECT_TRUE(check_approval(by_hash, shown, hash));
  EXPECT_TRUE(check_approval(by_parts, shown, hash));
  std::vector<void (*)(Content&)> changes{
    [](Content& c) { c.documents[0].markdown += " "; },
    [](Content& c) { c.url += "x"; },
    [](Content& c) { c.email += "x"; },
    [](Content& c) { c.answers[0].answer = "1"; },
  };
  for (auto change : changes) {
    auto other = shown;
    change(other);
    auto refused = check_approval(by_hash, other, content_hash(other));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::conflict);
    // The answers of `by_parts` are its own: they are in the content that is checked.
    auto stated = other;
    stated.answers = answers;
    EXPECT_EQ(check_approval(by_parts, stated, content_hash(other)).has_value(),
              documents_digest(other) == documents_digest(shown));
  }
  auto new_answers = shown;
  new_answers.answers = {{"Salary?", "70000"}};
  by_hash.answers = new_answers.answers;
  EXPECT_TRUE(check_approval(by_hash, new_answers, hash)) << "shown, and answered anew in full";
}

TEST(Content, AnApprovalThatBindsLessIsNone) {
  const auto shown = content();
  ApproveApplication none;
  ApproveApplication documents_only;
  documents_only.documents_digest = documents_digest(shown);
  ApproveApplication answers_only;
  answers_only.answers = shown.answers;
  for (const auto& body : {none, documents_only, answers_only}) {
    auto refused = check_approval(body, shown, content_hash(shown));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::invalid);
    EXPECT_EQ(refused.error().fields.size(), 1u);
  }
  ApproveApplication both = documents_only;
  both.hash = content_hash(shown);
  EXPECT_TRUE(check_approval(both, shown, content_hash(shown)));
  both.documents_digest = std::string(64, '0');
  EXPECT_FALSE(check_approval(both, shown, content_hash(shown)));
}

TEST(Content, PartsNeverRunTogether) {
  EXPECT_TRUE(rc::check([](const std::vector<std::pair<std::string, std::string>>& a,
                           const std::vector<std::pair<std::string, std::string>>& b) {
    auto with = [](const auto& pairs) {
      std::vector<FormAnswer> answers;
      for (const auto& [question, answer] : pairs)
        answers.push_back({question, answer});
      return content_hash(content({}, answers));
    };
    RC_ASSERT((with(a) == with(b)) == (a == b));
  }));
}

TEST(Content, PromptHoldsWhatTheFormNeedsAndNoMore) {
  auto prompt = prompt_of(
    content({{"cover_letter", "application", "Dear \"Acme\"", 1}}, {{"Salary?", "60000"}}));
  for (const char* needed : {"Grace Example", "grace@example.com", "+44 20 7946 0999", "Welder",
                             "Dear \\\"Acme\\\"", "Salary?", "60000", "Builds services."})
    EXPECT_NE(prompt.find(needed), std::string::npos) << needed;
  for (const char* private_matter : {"77777", "Utopia", "Is shy.", "account@example.com"})
    EXPECT_EQ(prompt.find(private_matter), std::string::npos) << private_matter;
  auto data = json::Document::parse(prompt.substr(prompt.find("{\"job\"")));
  ASSERT_TRUE(data);
  EXPECT_EQ(data->root()["cover_letter"].string_or(""), "Dear \"Acme\"");
}

TEST(Content, RefusesAnswersToNothing) {
  EXPECT_TRUE(check_answers({}));
  EXPECT_TRUE(check_answers({{"A?", ""}, {"B?", "x"}}));
  for (const auto& bad : std::vector<std::vector<FormAnswer>>{{{" \n", "x"}},
                                                              {{"", "x"}},
                                                              {{"A?", "1"}, {"A?", "2"}},
                                                              {{std::string("A\0?", 3), "x"}},
                                                              {{"A?", std::string(1, '\0')}}}) {
    auto checked = check_answers(bad);
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().code, Errc::invalid);
    EXPECT_EQ(checked.error().fields.size(), 1u);
  }
}

}  // namespace
}  // namespace jobraker::applications
