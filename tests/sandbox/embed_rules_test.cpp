#include "tools/sandbox/embed_rules.hpp"

#include <cmath>

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace jobraker::sandbox {
namespace {

constexpr std::string_view resume =
  "Senior C++ Engineer\nEight years of C++17 and C++20 on Linux: matching engines, multicast, "
  "lock-free queues, CMake, gdb, perf. Earlier backend services with PostgreSQL and gRPC.";
constexpr std::string_view cpp_job =
  "C++ Software Engineer\nWrite modern C++ for low latency trading on Linux. Templates, "
  "concurrency, TCP, CMake, benchmarks.";
constexpr std::string_view java_job =
  "Java Developer\nSpring Boot services, PostgreSQL, Kafka, Docker, REST APIs, JUnit.";
constexpr std::string_view nurse_job =
  "Registered Nurse\nCare for ventilated patients, give medication and IV therapy, talk with "
  "families, work nights on the ward.";

TEST(Embedding, PutsTheSameTradeNearerThanAnother) {
  for (std::size_t size : {256U, 768U, 1536U}) {
    auto person = embed(resume, size);
    auto cpp = cosine(person, embed(cpp_job, size)), java = cosine(person, embed(java_job, size)),
         nurse = cosine(person, embed(nurse_job, size));
    EXPECT_GT(cpp, java + 0.05) << size;
    EXPECT_GT(java, nurse + 0.05) << size;
  }
}

TEST(Embedding, KnowsSynonyms) {
  auto size = 768U;
  EXPECT_GT(cosine(embed("k8s and postgres", size), embed("Kubernetes, PostgreSQL", size)), 0.6);
}

TEST(Embedding, IsAUnitVectorForAnyText) {
  ASSERT_TRUE(rc::check([](const std::string& text) {
    auto size = *rc::gen::inRange<std::size_t>(1, 3000);
    auto vector = embed(text, size);
    RC_ASSERT(vector.size() == size);
    RC_ASSERT(std::abs(cosine(vector, vector) - 1) < 1e-4);
    RC_ASSERT(vector == embed(text, size));
  }));
}

}  // namespace
}  // namespace jobraker::sandbox
