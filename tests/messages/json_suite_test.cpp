#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "messages/json.hpp"

namespace jobraker::json {
namespace {

namespace fs = std::filesystem;

/// JSONTestSuite, unpacked beside the other files of this run; empty when the data is not there.
class JsonSuite : public testing::Test {
protected:
  void SetUp() override {
    const char* named = std::getenv("JOBRAKER_SHARED_DATA");
    fs::path data =
      named ? fs::path{named} : fs::path{JOBRAKER_SOURCE_DIR} / ".." / "shared" / "data";
    auto archive = data / "json" / "json_test_suite.tar.gz";
    if (!fs::exists(archive))
      GTEST_SKIP() << "no real data here: set JOBRAKER_SHARED_DATA to the folder that holds it";
    std::string pattern = (fs::temp_directory_path() / "jobraker-json.XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    auto command = "tar -xzf '" + archive.string() + "' -C '" + folder_.string() + "'";
    ASSERT_EQ(std::system(command.c_str()), 0);
  }
  void TearDown() override {
    if (!folder_.empty())
      fs::remove_all(folder_);
  }
  fs::path folder_;
};

std::string contents(const fs::path& file) {
  std::ifstream in{file, std::ios::binary};
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

/// What the suite calls valid and we refuse on purpose: PostgreSQL cannot store a NUL.
bool holds_nul(const std::string& text) { return text.find("\\u0000") != std::string::npos; }

TEST_F(JsonSuite, TakesWhatIsValidAndRefusesWhatIsNot) {
  int valid = 0;
  int broken = 0;
  for (const auto& entry : fs::recursive_directory_iterator{folder_}) {
    if (entry.path().extension() != ".json")
      continue;
    auto name = entry.path().filename().string();
    auto text = contents(entry.path());
    auto document = Document::parse(text);
    if (name.starts_with("y_")) {
      ++valid;
      EXPECT_EQ(static_cast<bool>(document), !holds_nul(text)) << name;
    } else if (name.starts_with("n_")) {
      ++broken;
      EXPECT_FALSE(document) << name;
    }
    // i_: up to the parser, but never a crash and never text that cannot be read again.
    if (document) {
      auto again = Document::parse(document->root().dump());
      ASSERT_TRUE(again) << name;
      EXPECT_EQ(again->root().dump(), document->root().dump()) << name;
    }
  }
  EXPECT_GT(valid, 50);
  EXPECT_GT(broken, 100);
  RecordProperty("valid", valid);
  RecordProperty("broken", broken);
}

}  // namespace
}  // namespace jobraker::json
