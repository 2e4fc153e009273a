#include "tools/sandbox/shapes.hpp"

#include <gmock/gmock.h>

#include "tests/sandbox/call.hpp"
#include "tools/sandbox/openai_schema.hpp"

namespace jobraker::sandbox {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::string_view posting =
  "Backend Engineer\nOdra Stal\nBerlin, Germany\nSalary: EUR 65,000 - 80,000\nFull-time\n"
  "We build software for steel mills.\nRequirements\n- Python and PostgreSQL\n- 3 years of "
  "experience\n"
  "Nice to have\n- Docker in daily use\nResponsibilities\n- Keep the order system running\n"
  "Benefits\n- 30 days of holiday\n";

/// Whether a value keeps to a schema of the subset that structured outputs allow.
void expect_valid(json::View root, json::View raw, json::View value, const std::string& at) {
  auto schema = resolve(root, raw);
  if (schema["anyOf"]) {
    if (value.is_null())
      return;
    return expect_valid(root, schema["anyOf"].at(0), value, at);
  }
  if (value.is_null()) {
    EXPECT_TRUE(has_type(schema, "null")) << at;
  } else if (value.is_object()) {
    EXPECT_TRUE(has_type(schema, "object")) << at;
    schema["required"].each_element([&](json::View name) {
      EXPECT_TRUE(value[name.string_or("")]) << at << "/" << name.string_or("");
    });
    value.each_member([&](std::string_view name, json::View inner) {
      ASSERT_TRUE(schema["properties"][name]) << at << "/" << name;
      expect_valid(root, schema["properties"][name], inner, at + "/" + std::string{name});
    });
  } else if (value.is_array()) {
    EXPECT_TRUE(has_type(schema, "array")) << at;
    for (std::size_t i = 0; i < value.size(); ++i)
      expect_valid(root, schema["items"], value.at(i), at + "/" + std::to_string(i));
  } else if (value.is_string()) {
    EXPECT_TRUE(has_type(schema, "string")) << at;
    bool known = schema["enum"].size() == 0;
    schema["enum"].each_element(
      [&](json::View one) { known = known || one.string() == value.string(); });
    EXPECT_TRUE(known) << at << " " << value.dump();
  } else if (value.is_number()) {
    EXPECT_TRUE(has_type(schema, "number") || (has_type(schema, "integer") && value.integer()))
      << at;
  } else {
    EXPECT_TRUE(has_type(schema, "boolean")) << at;
  }
}

struct Shapes : ::testing::Test {
  Reading reading;
  void add(std::string id, std::string kind, std::string_view text) {
    reading.material.push_back({std::move(id), std::move(kind), "", std::string{text}});
  }
  json::Document answer(const std::string& operation) {
    schema = std::make_unique<json::Document>(
      std::move(*json::Document::parse(file("config/prompts/" + operation + ".schema.json"))));
    auto text = shape_answer(operation, schema->root(), reading);
    auto document = json::Document::parse(text);
    EXPECT_TRUE(document) << text;
    expect_valid(schema->root(), schema->root(), document->root(), operation);
    return std::move(*document);
  }
  std::unique_ptr<json::Document> schema;
};

TEST_F(Shapes, KeepToEverySchemaOfTheProductWithAndWithoutMaterial) {
  for (int round = 0; round < 3; ++round) {
    for (auto operation : {"analyze_job", "company_profile", "cover_letter", "department_profile",
                           "generate_job_metadata", "interview_feedback", "mock_interview",
                           "optimize_resume", "parse_job", "resume_feedback"})
      answer(operation);
    if (round == 0)
      add("J1", "job", posting);
    else
      add("R1", "profile",
          "Ada Example\nExperience\nBaker, Acme Ltd\nJan 2019 - Present\nBaked bread.\n");
  }
}

TEST_F(Shapes, APostingsFieldsAreItsOwn) {
  add("J1", "posting", posting);
  auto job = answer("parse_job");
  auto root = job.root();
  EXPECT_EQ(root["title"].string_or(""), "Backend Engineer");
  EXPECT_EQ(root["company"].string_or(""), "Odra Stal");
  EXPECT_EQ(root["location"].string_or(""), "Berlin, Germany");
  EXPECT_EQ(root["salary_min"].number(), 65000);
  EXPECT_EQ(root["salary_period"].string_or(""), "year");
  EXPECT_EQ(root["job_type"].string_or(""), "full_time");
  EXPECT_THAT(root["description"].string_or(""), HasSubstr("steel mills"));
  auto metadata = answer("generate_job_metadata");
  EXPECT_EQ(metadata.root()["years_required"].number(), 3);
  auto analysis = answer("analyze_job");
  EXPECT_EQ(analysis.root()["must_have"].size(), 2U);
  EXPECT_EQ(analysis.root()["nice_to_have"].at(0)["requirement"].string_or(""),
            "Docker in daily use");
  EXPECT_TRUE(analysis.root()["fit"].is_null()) << "there is no profile";
  add("P1", "profile", "Ada Example\nSkills\nPython, Linux\n");
  auto fitting = answer("analyze_job");
  EXPECT_EQ(fitting.root()["fit"]["meets"].at(0).string_or(""), "Python");
}

TEST_F(Shapes, NothingIsMadeOfNothing) {
  auto job = answer("parse_job");
  EXPECT_EQ(job.root()["title"].string_or("?"), "");
  EXPECT_TRUE(job.root()["salary_min"].is_null());
}

TEST_F(Shapes, AnInterviewGoesFromQuestionToFeedback) {
  add("role", "role", "Backend Engineer");
  add("posting", "job", posting);
  reading.system = R"(The interview so far: {"role":"Backend Engineer","questions":2,"asked":[]})";
  auto first = answer("mock_interview");
  EXPECT_TRUE(first.root()["score"].is_null());
  EXPECT_THAT(first.root()["next_question"].string_or(""), HasSubstr("?"));
  add("question", "question", "Tell me about Python.");
  add("answer", "answer", "I do not know.");
  reading.system =
    R"(The interview so far: {"questions":2,"asked":[{"question":"Tell me about Python."}]})";
  auto weak = answer("mock_interview");
  reading.material.back().text =
    "At my last post I moved the order system from one PostgreSQL server to three. I wrote the "
    "Python tools that "
    "compared 40 million rows, planned the night of the move with four colleagues, and we were "
    "back after 12 minutes "
    "instead of the planned hour. Since then the system has been running without a stop.";
  auto strong = answer("mock_interview");
  EXPECT_GT(*strong.root()["score"].number(), *weak.root()["score"].number() + 20);
  reading.system =
    R"(The interview so far: {"questions":2,"asked":[{"score":50},{"question":"x"}]})";
  auto last = answer("mock_interview");
  EXPECT_EQ(last.root()["finished"].boolean(), true);
  EXPECT_TRUE(last.root()["next_question"].is_null());
  EXPECT_TRUE(last.root()["final_feedback"].is_object());
}

TEST_F(Shapes, ATailoredResumeSaysWhatTheResumeSaysInAnotherOrder) {
  add("J1", "job", posting);
  add(
    "R1", "resume",
    R"({"summary":"Baker of bread.","experience":[{"source":0,"title":"Engineer","company":"Acme",)"
    R"("dates":"2019 - 2021","description":"Baked bread\nMoved the shop to PostgreSQL"}],)"
    R"("education":[{"degree":"BSc","institution":"Leeds","year":2012}],"skills":["Linux","Python"]})");
  auto resume = answer("optimize_resume");
  auto post = resume.root()["experience"].at(0);
  EXPECT_EQ(post["company"].string_or(""), "Acme");
  EXPECT_EQ(post["dates"].string_or(""), "2019 - 2021");
  EXPECT_EQ(post["bullets"].at(0).string_or(""), "Moved the shop to PostgreSQL");
  EXPECT_EQ(resume.root()["skills"].dump(), R"(["Python","Linux"])");
  EXPECT_EQ(resume.root()["not_supported"].dump(), R"(["Docker"])");
  EXPECT_EQ(resume.root()["education"].at(0)["year"].integer(), 2012);
}

TEST(InventedEmployer, StandsInResumesAndLettersAndLeavesThemJson) {
  for (std::string text : {R"({"experience":[{"bullets":["a"]}]})",
                           R"({"experience":[{"bullets":[]}]})", R"({"letter":"Dear team"})"}) {
    auto spoilt = with_invented_employer(text);
    EXPECT_TRUE(json::Document::parse(spoilt)) << spoilt;
    EXPECT_THAT(spoilt, HasSubstr("Globex Dynamics"));
  }
  EXPECT_EQ(with_invented_employer(R"({"summary":"x"})"), R"({"summary":"x"})");
}

TEST(CheckResume, NamesWhatIsMissing) {
  auto poor = check_resume("Ada Example\nExperience\nBaker, Acme Ltd\nBaked bread every day for "
                           "many people in the town.\n",
                           posting);
  auto good = check_resume("Ada Example\nada@example.com\nSummary\nBackend engineer with ten years "
                           "of Python.\nExperience\nSenior Software "
                           "Engineer, Acme Trading\nJan 2019 - Present\nWrote a matching engine in "
                           "Python that serves 400 users a second.\n"
                           "Education\nBSc Computer Science, University of Leeds, "
                           "2012\nSkills\nPython, PostgreSQL, Docker, Linux, SQL\n",
                           posting);
  std::vector<std::string> sections;
  for (const auto& finding : poor.findings)
    sections.push_back(finding.section);
  EXPECT_THAT(sections, Contains("contact"));
  EXPECT_THAT(sections, Contains("summary"));
  EXPECT_THAT(poor.keywords, Contains("Python"));
  EXPECT_GT(good.score, poor.score + 20);
  EXPECT_TRUE(good.keywords.empty());
}

}  // namespace
}  // namespace jobraker::sandbox
