#include <rapidcheck.h>

#include "tests/sandbox/call.hpp"
#include "tools/sandbox/skyvern_verdict.hpp"

namespace jobraker::sandbox {
namespace {

const PostingStore& bundled() {
  static const PostingStore store{now()};
  return store;
}

RunVerdict judge(const std::string& prompt, const std::string& url, RunOrder order = {}) {
  order.prompt = prompt;
  RunScene scene;
  scene.run_id = "tsk_1";
  scene.url = url;
  scene.form = form_at(bundled(), url, now());
  scene.applicant = read_applicant(prompt);
  return judge_run(order, scene);
}

const std::string form = "http://127.0.0.1:8089/forms/acme_rockets/pilot";
const std::string ready =
  R"(Apply with this: {"name":"Ada Doe","email":"ada@example.com","resume_url":"https://f.example/cv.pdf"})";

TEST(SkyvernPrompt, FactsStandInJsonAtAnyDepthAndInLines) {
  auto applicant = read_applicant(
    "Go.\n- Phone: +44 1\nApplicant: {\"contact\":{\"first_name\":\"Ada\",\"last_name\":\"Doe\","
    "\"E-Mail\":\"a@b.c\"},\"answers\":[{\"question\":\"What is your salary expectation?\","
    "\"answer\":60000}],\"skills\":[]} Then {not json} done.");
  const auto ask = [&](std::string_view name, std::string_view label = "") {
    return applicant.answer({std::string{name}, std::string{label}, true});
  };
  EXPECT_EQ(ask("full_name"), "Ada Doe");
  EXPECT_EQ(ask("email"), "a@b.c");
  EXPECT_EQ(ask("phone"), "+44 1");
  EXPECT_EQ(ask("salary_expectation"), "60000");
  EXPECT_EQ(ask("favourite_colour"), "");
  EXPECT_EQ(ask("resume"), "");
}

TEST(SkyvernPrompt, PlaceholdersSchemasAndEmptyValuesSayNothing) {
  auto applicant = read_applicant(
    R"({"email":"[EMAIL_1]","phone":"","name":null,"resume":{"properties":{"location":{"type":"string"}}}})");
  for (auto name : {"email", "phone", "full_name", "location"})
    EXPECT_EQ(applicant.answer({name, "", true}), "") << name;
}

TEST(SkyvernPrompt, AnyTextIsRead) {
  EXPECT_TRUE(rc::check([](const std::string& noise) {
    auto applicant = read_applicant("{" + noise + "}{\"email\":\"a@b.c\"}");
    for (const auto& [name, text] : applicant.facts)
      RC_ASSERT(!name.empty() && !text.empty());
  }));
}

TEST(SkyvernPrompt, StoppingIsAnOrderAndNoCondition) {
  EXPECT_TRUE(stops_before_submitting("Fill it in. Stop before submitting."));
  EXPECT_TRUE(stops_before_submitting("Do not submit the form"));
  EXPECT_FALSE(stops_before_submitting("If an answer is missing, do not submit the form."));
  EXPECT_FALSE(stops_before_submitting("Do not submit it twice."));
  EXPECT_FALSE(stops_before_submitting("Submit the form."));
}

TEST(SkyvernForms, TheQueryDecides) {
  auto plain = form_at(bundled(), form, now());
  EXPECT_EQ(plain.company, "Acme rockets");
  EXPECT_FALSE(plain.closed || plain.login || plain.captcha);
  auto page = form_page(form_at(bundled(), form + "?need=visa,shoe_size&ask=pets", now()));
  EXPECT_NE(page.find("name=\"shoe_size\" type=\"text\" required"), std::string::npos) << page;
  EXPECT_NE(page.find("name=\"pets\" type=\"text\">"), std::string::npos) << page;
  EXPECT_TRUE(form_at(bundled(), form + "?closed=1", now()).closed);
  EXPECT_TRUE(form_at(bundled(), form + "?login=1", now()).login);
  EXPECT_TRUE(form_at(bundled(), form + "?captcha=1", now()).captcha);
  EXPECT_EQ(form_page(form_at(bundled(), "http://localhost/forms/<b>/x", now())).find("<b>"),
            std::string::npos);
}

TEST(SkyvernForms, AnAddressOfASourceIsOpenAsLongAsThePosting) {
  App app{{}};
  std::vector<std::pair<std::string, std::string>> urls;  // key and address
  auto posting = app.postings.of("greenhouse").front();
  urls.emplace_back(posting->key, "https://job-boards.greenhouse.io/" + posting->board + "/jobs/" +
                                    std::to_string(posting->number(1'000'000, 9'000'000)));
  auto lever_one = app.postings.of("lever").front();
  urls.emplace_back(lever_one->key,
                    "https://jobs.lever.co/" + lever_one->board + "/" + lever_one->uuid());
  auto adzuna_one = app.postings.of("adzuna").front();
  urls.emplace_back(adzuna_one->key,
                    "https://www.adzuna.co.uk/jobs/land/ad/" +
                      std::to_string(adzuna_one->number(4'000'000'000ULL, 900'000'000ULL)) +
                      "?se=sandbox");
  auto fed = app.postings.of("rss").front();
  urls.emplace_back(fed->key, "https://weworkremotely.com/remote-jobs/" + fed->key + "-1234");
  for (const auto& [key, url] : urls) {
    const auto opened = form_at(app.postings, url, now());
    EXPECT_FALSE(opened.closed) << url;
    EXPECT_NE(opened.job, "A job") << url;
    app.postings.remove(key);
    EXPECT_TRUE(form_at(app.postings, url, now()).closed) << url;
  }
  EXPECT_FALSE(form_at(app.postings, "https://careers.example.com/1", now()).closed);
}

TEST(SkyvernVerdict, WhoAnswersEverythingIsSubmitted) {
  auto verdict = judge(ready, form);
  EXPECT_EQ(verdict.status, "completed");
  EXPECT_TRUE(verdict.submitted);
  EXPECT_EQ(verdict.filled, (std::vector<std::string>{"full_name", "email", "resume"}));
  EXPECT_EQ(verdict.output, "null");
  EXPECT_FALSE(judge(ready + "\nStop before submitting.", form).submitted);
  EXPECT_EQ(judge(ready, form), judge(ready, form));
}

TEST(SkyvernVerdict, MissingAnswersEndItWithInstructions) {
  RunOrder order;
  order.error_codes = {{"job_closed", "gone"}, {"missing_information", "a question is open"}};
  auto verdict = judge(ready, form + "?need=shoe_size,notice_period", order);
  EXPECT_EQ(verdict.status, "terminated");
  EXPECT_FALSE(verdict.submitted);
  EXPECT_EQ(verdict.missing, (std::vector<std::string>{"shoe_size", "notice_period"}));
  EXPECT_NE(verdict.failure_reason.find("Shoe size (shoe_size)"), std::string::npos);
  ASSERT_EQ(verdict.errors.size(), 1u);
  EXPECT_EQ(verdict.errors[0].first, "missing_information");
  auto answered = judge(ready + R"( {"shoe_size":44,"notice period":"a month"})",
                        form + "?need=shoe_size,notice_period", order);
  EXPECT_EQ(answered.status, "completed") << answered.failure_reason;
}

TEST(SkyvernVerdict, WallsAreTerminatedWithTheCodeWhoseWordsFit) {
  RunOrder order;
  order.error_codes = {{"E1", "a captcha cannot be solved"},
                       {"E2", "one has to log in first"},
                       {"E3", "the job is no longer open"}};
  for (auto [query, code] :
       {std::pair{"?captcha=1", "E1"}, {"?login=1", "E2"}, {"?closed=1", "E3"}}) {
    auto verdict = judge(ready, form + query, order);
    EXPECT_EQ(verdict.status, "terminated") << query;
    ASSERT_EQ(verdict.errors.size(), 1u) << query;
    EXPECT_EQ(verdict.errors[0].first, code);
    EXPECT_TRUE(judge(ready, form + query).errors.empty());
  }
}

TEST(SkyvernVerdict, TooFewStepsAreAFailure) {
  RunOrder order;
  order.max_steps = 2;
  auto verdict = judge(ready, form, order);
  EXPECT_EQ(verdict.status, "failed");
  EXPECT_EQ(verdict.errors.at(0).first, "REACH_MAX_STEPS");
  EXPECT_EQ(verdict.steps, 2);
  EXPECT_FALSE(verdict.submitted);
}

TEST(SkyvernVerdict, TheOutputTakesTheOrdersShape) {
  RunOrder order;
  order.schema =
    R"({"type":"object","properties":{"submitted":{"type":"boolean"},"confirmation_id":{"type":["string","null"]},
 "status":{"type":"string","enum":["not_submitted","submitted"]},"missing_fields":{"type":"array","items":{"type":"string"}},
 "filled":{"type":"array","items":{"type":"object","properties":{"name":{"type":"string"}}}},"message":{"type":"string"},
 "company":{"type":"string"},"mood":{"type":"string"},"steps":{"type":"integer"}}})";
  auto sent = json::Document::parse(judge(ready, form, order).output);
  ASSERT_TRUE(sent);
  const auto root = sent->root();
  EXPECT_EQ(root["submitted"].boolean(), true);
  EXPECT_TRUE(root["confirmation_id"].string_or("").starts_with("A-"));
  EXPECT_EQ(root["status"].string_or(""), "submitted");
  EXPECT_EQ(root["missing_fields"].dump(), "[]");
  EXPECT_EQ(root["filled"].at(1)["name"].string_or(""), "email");
  EXPECT_EQ(root["company"].string_or(""), "Acme rockets");
  EXPECT_TRUE(root["mood"].is_null());
  EXPECT_GT(root["steps"].integer().value_or(0), 0);
  auto held = json::Document::parse(judge(ready + "\nStop before submitting.", form, order).output);
  ASSERT_TRUE(held);
  EXPECT_EQ(held->root()["submitted"].boolean(), false);
  EXPECT_TRUE(held->root()["confirmation_id"].is_null());
  EXPECT_EQ(held->root()["status"].string_or(""), "not_submitted");
}

TEST(SkyvernOrders, AreRefusedAsSkyvernDoes) {
  const auto refusal = [](std::string_view body, bool loopback = true) {
    auto order = read_run_order(body, loopback);
    return order ? 0 : order.error().status;
  };
  for (auto body :
       {"", "[]", "{}", R"({"prompt":7})", R"({"prompt":"p","url":"nowhere"})",
        R"({"prompt":"p","url":7})", R"({"prompt":"p","engine":"skyvern-9"})",
        R"({"prompt":"p","max_steps":"many"})",
        R"({"prompt":"p","proxy_location":"RESIDENTIAL_UK"})",
        R"({"prompt":"p","error_code_mapping":{"a":1}})",
        R"({"prompt":"p","error_code_mapping":[]})", R"({"prompt":"p","data_extraction_schema":7})",
        R"({"prompt":"p","webhook_url":"ftp://x/y"})"})
    EXPECT_EQ(refusal(body), 422) << body;
  for (auto host : {"127.0.0.1", "localhost:8080", "[::1]", "10.1.2.3", "db.internal", "a.svc",
                    "printer.local", "169.254.169.254", "100.64.0.1"}) {
    const auto body = R"({"prompt":"p","webhook_url":"http://)" + std::string{host} + R"(/hook"})";
    EXPECT_EQ(refusal(body, false), 400) << host;
  }
  EXPECT_EQ(refusal(R"({"prompt":"p","webhook_url":"http://10.1.2.3/x"})"), 400);
  EXPECT_EQ(refusal(R"({"prompt":"p","webhook_url":"http://127.0.0.1:1/x"})"), 0);
  EXPECT_EQ(refusal(R"({"prompt":"p","url":"https://example.com/","unknown":1})", false), 0);
  EXPECT_EQ(refusal(R"({"prompt":"p","browser_profile_id":"bp_1"})"), 400);
  EXPECT_EQ(refusal(R"({"prompt":"p","browser_profile_id":"bp_1","engine":"skyvern-2.0"})"), 0);
}

TEST(SkyvernRecord, AnEndIsLeftOnlyByACancellationThatLost) {
  EXPECT_TRUE(rc::check([] {
    static const std::vector<std::string> words{"created",   "queued",    "running",
                                                "paused",    "completed", "failed",
                                                "timed_out", "canceled",  "terminated"};
    SkyvernRunRecord run;
    for (const auto& to :
         *rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(words))) {
      const auto was = run.status;
      const bool ended = run.has_ended();
      if (run.advance(to, now()))
        RC_ASSERT(!ended || (was == "canceled" && to == "completed"));
      else
        RC_ASSERT(run.status == was);
    }
  }));
}

}  // namespace
}  // namespace jobraker::sandbox
