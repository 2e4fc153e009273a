// Over real résumés, when they are there (JOBRAKER_SHARED_DATA or shared/data beside the tree).
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <sstream>

#include <gtest/gtest.h>

#include "actors/profile/core/evidence.hpp"
#include "actors/profile/core/text_clean.hpp"
#include "actors/skills/skills.hpp"
#include "messages/json.hpp"

namespace jobraker {
namespace {

std::filesystem::path shared_data() {
  if (const char* path = std::getenv("JOBRAKER_SHARED_DATA"))
    return path;
  return std::filesystem::path{JOBRAKER_SOURCE_DIR}.parent_path() / "shared/data";
}

std::string output_of(const std::string& command) {
  std::unique_ptr<FILE, int (*)(FILE*)> pipe{popen(command.c_str(), "r"), &pclose};
  std::string out;
  char buffer[65536];
  while (pipe) {
    auto n = std::fread(buffer, 1, sizeof buffer, pipe.get());
    if (n == 0)
      break;
    out.append(buffer, n);
  }
  return out;
}

TEST(RealResumes, AreCleanedAndTheirLinesAndSkillsAreFound) {
  auto file = shared_data() / "resumes/updated_resume_dataset.jsonl.gz";
  if (!std::filesystem::exists(file))
    GTEST_SKIP() << file << " is not there";
  std::istringstream lines(output_of("gzip -dc '" + file.string() + "'"));
  int count = 0, with_skills = 0;
  std::size_t quotes = 0, found = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    auto document = json::Document::parse(line);
    ASSERT_TRUE(document);
    auto text = clean_text(document->root()["text"].string_or(""));
    EXPECT_FALSE(text.empty());
    EXPECT_EQ(clean_text(text), text);
    EXPECT_EQ(text.find("\xC3\xA2\xC2\x80"), std::string::npos) << "double encoding left";
    with_skills += skills_in(text).size() >= 3 ? 1 : 0;
    EvidenceIndex index(text);
    std::istringstream rows(text);
    for (std::string row; std::getline(rows, row);) {
      if (words_of(row).empty())
        continue;
      ++quotes;
      for (auto& c : row)  // as a model copies: other case, plain signs
        c = c == '|' ? ','
                     : static_cast<char>(std::toupper(static_cast<unsigned char>(c)) == c
                                           ? std::tolower(static_cast<unsigned char>(c))
                                           : c);
      found += index.find(row) ? 1 : 0;
    }
  }
  EXPECT_GE(count, 50);
  EXPECT_GE(with_skills, count * 3 / 4);  // a dozen of them hold a school and a title only
  EXPECT_EQ(found, quotes);
  std::printf("%d resumes, %d with three skills or more, %zu of %zu lines found again\n", count,
              with_skills, found, quotes);
}

}  // namespace
}  // namespace jobraker
