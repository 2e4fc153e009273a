#include "tools/sandbox/image.hpp"

#include "tests/sandbox/call.hpp"
#include "tools/sandbox/ocr.hpp"
#include "tools/sandbox/text.hpp"

namespace jobraker::sandbox {
namespace {

TEST(Image, SidesAreReadFromTheHeader) {
  struct Case {
    std::string_view path;
    std::uint32_t width, height;
  };
  for (const auto& [path, width, height] :
       {Case{"tests/sandbox/pictures/resume.png", 910, 764},
        Case{"tests/sandbox/pictures/posting.jpg", 910, 764},
        Case{"tests/sandbox/pictures/posting.webp", 910, 764}}) {
    auto bytes = file(path);
    auto size = image_size(bytes);
    ASSERT_TRUE(size) << path;
    EXPECT_EQ(size->width, width) << path;
    EXPECT_EQ(size->height, height) << path;
    for (std::size_t i = 0; i < 40; ++i)
      image_size(std::string_view{bytes}.substr(0, i));  // cut short anywhere, it reads no further
  }
  EXPECT_FALSE(image_size("not a picture at all"));
}

TEST(Image, TokensFollowTheDocumentedFormula) {
  ChatImage square{"", "auto", 1024, 1024};
  EXPECT_EQ(openai_image_tokens("gpt-4o", square), 765U);
  EXPECT_EQ(openai_image_tokens("gpt-4o-mini", square), 2833U + 4 * 5667U);
  EXPECT_EQ(openai_image_tokens("gpt-4o", {"", "low", 1024, 1024}), 85U);
  EXPECT_EQ(openai_image_tokens("gpt-4o", {"", "high", 2048, 4096}), 85U + 6 * 170U);
  EXPECT_EQ(openai_image_tokens("gpt-4.1-mini", {"", "auto", 1800, 2400}), 2352U);
  EXPECT_EQ(openai_image_tokens("gpt-4.1-mini", square), 1659U);
  EXPECT_EQ(anthropic_image_tokens({"", "auto", 1000, 750}), 1000U);
}

TEST(Image, Base64IsReadAndChecked) {
  for (std::string text : {"", "a", "ab", "abc", "abcd", "\xFF\x00\x10"})
    EXPECT_EQ(base64_bytes(base64(text)), text);
  EXPECT_FALSE(base64_bytes("a"));
  EXPECT_FALSE(base64_bytes("ab*d"));
  EXPECT_EQ(data_url_bytes("data:image/png;base64,YWI="), "ab");
  EXPECT_FALSE(data_url_bytes("https://example.com/x.png"));
}

class Pictures : public ::testing::Test {
protected:
  void SetUp() override {
    if (find_tesseract("").empty())
      GTEST_SKIP() << "tesseract is not installed";
  }
  static std::string data_url(std::string_view type, std::string_view path) {
    return "data:image/" + std::string{type} + ";base64," + base64(file(path));
  }
  App app{{}};
};

TEST_F(Pictures, AResumePictureIsParsedAsIfItWereTyped) {
  auto answer = model_call(app, "/v1/chat/completions",
                           R"({"model":"gpt-4.1-mini","messages":[
    {"role":"user","content":[{"type":"text","text":"Read the résumé."},{"type":"image_url","image_url":{"url":")" +
                             data_url("png", "tests/sandbox/pictures/resume.png") + R"("}}]}],
    "response_format":{"type":"json_schema","json_schema":{"name":"parse_cv","schema":{"type":"object"}}}})");
  ASSERT_EQ(answer.response.status, 200) << answer.response.bytes();
  auto cv = json::Document::parse(
    parsed(answer.response).root()["choices"].at(0)["message"]["content"].string_or(""));
  ASSERT_TRUE(cv);
  EXPECT_EQ(cv->root()["personal_info"]["full_name"]["value"].string_or(""), "Ada Example");
  EXPECT_EQ(cv->root()["experience"].at(0)["company"].string_or(""), "Acme Trading");
}

TEST_F(Pictures, APostingsScreenshotBecomesAPosting) {
  for (auto [type, path] : {std::pair{"jpeg", "tests/sandbox/pictures/posting.jpg"},
                            std::pair{"webp", "tests/sandbox/pictures/posting.webp"}}) {
    auto schema = file("config/prompts/parse_job.schema.json");
    auto answer = model_call(
      app, "/v1/messages",
      R"({"model":"claude-haiku-5-5","max_tokens":4000,"output_config":{"format":{"type":"json_schema","schema":)" +
        schema +
        R"(}},"messages":[{"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"image/)" +
        type + R"(","data":")" + base64(file(path)) + R"("}}]}]})");
    ASSERT_EQ(answer.response.status, 200) << answer.response.bytes();
    auto job =
      json::Document::parse(parsed(answer.response).root()["content"].at(0)["text"].string_or(""));
    ASSERT_TRUE(job);
    EXPECT_EQ(job->root()["title"].string_or(""), "Backend Engineer");
    EXPECT_EQ(job->root()["company"].string_or(""), "Odra Stal");
    EXPECT_EQ(job->root()["location"].string_or(""), "Berlin, Germany");
    EXPECT_EQ(job->root()["salary_max"].number(), 80000);
    EXPECT_EQ(job->root()["salary_currency"].string_or(""), "EUR");
  }
}

TEST(PicturesWithoutAReader, AreRefusedAndTheReasonIsSaid) {
  App app{{.tesseract = "/nonexistent/tesseract"}};
  auto answer = model_call(app, "/v1/chat/completions",
                           R"({"model":"gpt-4o","messages":[
    {"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,)" +
                             base64(file("tests/sandbox/pictures/resume.png")) + R"("}}]}]})");
  EXPECT_EQ(answer.response.status, 400);
  EXPECT_NE(answer.response.bytes().find("tesseract"), std::string_view::npos);
}

TEST(PicturesThatAreNone, AreRefused) {
  App app{{}};
  for (std::string url : {"data:image/png;base64,AAAA", "https://example.com/cv.png"}) {
    auto answer = model_call(app, "/v1/chat/completions",
                             R"({"model":"gpt-4o","messages":[{"role":"user","content":[
      {"type":"image_url","image_url":{"url":")" +
                               url + R"("}}]}]})");
    EXPECT_EQ(answer.response.status, 400) << url;
  }
}

}  // namespace
}  // namespace jobraker::sandbox
