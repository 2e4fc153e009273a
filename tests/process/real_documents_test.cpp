// Every real document gives text or a clear error (JOBRAKER_SHARED_DATA or shared/data beside the
// tree).
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include <gtest/gtest.h>

#include "actors/profile/core/document_type.hpp"
#include "actors/profile/core/evidence.hpp"
#include "actors/profile/core/text_clean.hpp"
#include "make_document.hpp"

namespace jobraker {
namespace {

namespace fs = std::filesystem;

fs::path shared_data() {
  if (const char* path = std::getenv("JOBRAKER_SHARED_DATA"))
    return path;
  return fs::path{JOBRAKER_SOURCE_DIR}.parent_path() / "shared/data";
}

std::string bytes_of(const fs::path& path) {
  std::ostringstream out;
  out << std::ifstream{path, std::ios::binary}.rdbuf();
  return out.str();
}

TEST(RealDocuments, GiveTextOrAClearError) {
  int all = 0, with_text = 0;
  std::set<std::string> refused;
  for (auto folder : {"documents", "resumes", "fit"}) {
    if (!fs::exists(shared_data() / folder))
      GTEST_SKIP() << (shared_data() / folder) << " is not there";
    for (const auto& entry : fs::recursive_directory_iterator(shared_data() / folder)) {
      auto extension = entry.path().extension();
      if (extension != ".pdf" && extension != ".docx")
        continue;
      ++all;
      auto bytes = bytes_of(entry.path());
      auto type = document_type(bytes, "", "");
      ASSERT_TRUE(type) << entry.path() << type.error().detail;
      EXPECT_EQ("." + std::string{name_of(*type)}, extension.string()) << entry.path();
      auto text = text_of(*type, bytes);
      if (text) {
        auto clean = clean_text(*text);
        EXPECT_FALSE(clean.empty()) << entry.path();
        ++with_text;
      } else {
        EXPECT_EQ(text.error().code, Errc::unprocessable) << entry.path() << text.error().detail;
        refused.insert(entry.path().filename());
      }
    }
  }
  std::printf("%d of %d documents gave text\n", with_text, all);
  EXPECT_EQ(refused,
            (std::set<std::string>{"cmyk-image.pdf", "empty.docx", "external-picture.docx",
                                   "libreoffice-writer-password.pdf", "tiny-picture.docx"}));
}

TEST(RealDocuments, OfKnownResumesHoldTheFactsOfTheirSource) {
  auto folder = shared_data() / "resumes/rendercv";
  if (!fs::exists(folder))
    GTEST_SKIP() << folder << " is not there";
  int resumes = 0;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() != ".pdf" ||
        !entry.path().filename().string().starts_with("John_Doe"))
      continue;
    auto text = text_of(DocumentType::pdf, bytes_of(entry.path()));
    ASSERT_TRUE(text) << entry.path();
    auto clean = clean_text(*text);
    EvidenceIndex index(clean);
    for (auto fact : {"John Doe", "San Francisco, CA", "john.doe@email.com", "Princeton University",
                      "PhD", "Co-Founder & CTO", "Nexus AI", "Research Intern", "NVIDIA Research",
                      "Google DeepMind", "Raised $18M Series A led by Sequoia Capital"})
      EXPECT_TRUE(index.find(fact)) << fact << " in " << entry.path().filename();
    ++resumes;
  }
  EXPECT_EQ(resumes, 5);
}

TEST(RealDocuments, OfTwoColumnsAreReadColumnByColumnWithDatesBesideTheirEmployment) {
  auto file = shared_data() / "resumes/pdf/resume-matcher_two-column.pdf";
  if (!fs::exists(file))
    GTEST_SKIP() << file << " is not there";
  auto text = text_of(DocumentType::pdf, bytes_of(file));
  ASSERT_TRUE(text);
  auto clean = clean_text(*text);
  EvidenceIndex index(clean);
  for (auto fact : {"Senior Software Engineer Jan 2023 - Present Stripe",
                    "Software Engineer Jun 2021 - Dec 2022 Figma",
                    "UC Berkeley | 2019 Bachelor of Science, Computer Science",
                    "Database Optimization Distributed Systems",
                    "experience architecting microservices, optimizing database performance"})
    EXPECT_TRUE(index.find(fact)) << fact;
}

}  // namespace
}  // namespace jobraker
