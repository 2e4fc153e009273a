#include "tools/sandbox/text.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "tools/sandbox/lexicon.hpp"
#include "tools/sandbox/postings.hpp"
#include "tools/sandbox/tokens.hpp"

namespace jobraker::sandbox {
namespace {

TEST(Tokens, PiecesJoinedGiveTheText) {
  ASSERT_TRUE(rc::check([](const std::string& text) {
    std::string joined;
    auto pieces = token_pieces(text);
    for (const auto& piece : pieces)
      joined += piece;
    RC_ASSERT(joined == text);
    RC_ASSERT(pieces.size() == count_tokens(text));
    RC_ASSERT(first_tokens(text, pieces.size()) == text);
  }));
}

TEST(Tokens, AreAboutAQuarterOfTheBytesOfProse) {
  std::string_view prose = "The quick brown fox jumps over the lazy dog, and then it rests for a "
                           "while under an old tree beside the river.";
  EXPECT_GT(count_tokens(prose), prose.size() / 6);
  EXPECT_LT(count_tokens(prose), prose.size() / 3);
}

TEST(Text, CutsBetweenCharacters) {
  EXPECT_EQ(cut("für", 2), "f");
  EXPECT_EQ(cut("für", 3), "fü");
  EXPECT_EQ(base64("\x01\x02"), "AQI=");
  EXPECT_EQ(lower("ÜBER Ärzte"), "über ärzte");
  EXPECT_EQ(words("C++, C# and Node.js • on-site"),
            (std::vector<std::string>{"c++", "c#", "and", "node.js", "on-site"}));
}

TEST(Lexicon, FindsSkillsButNotEverydayWords) {
  auto names = [](std::string_view text) {
    std::string out;
    for (const auto& hit : Lexicon::instance().find(text))
      out += (out.empty() ? "" : ",") + hit.skill->name;
    return out;
  };
  EXPECT_EQ(names("C++17, k8s / Postgres; node js"), "C++,Kubernetes,PostgreSQL,Node.js");
  EXPECT_EQ(names("Languages: C, Go, R, Swift"), "C,Go,R,Swift");
  EXPECT_EQ(names("I go to work and make a spring salad with access to the garden"), "");
  EXPECT_EQ(names("John C. Doe likes to go"), "");
  EXPECT_EQ(names("Javascript is not Java"), "JavaScript,Java");
}

TEST(Lexicon, KnowsTheLineOfWorkOfEveryBundledPosting) {
  PostingStore store{now()};
  for (const auto& posting : store.all())
    if (posting->category != "unknown")
      EXPECT_FALSE(Lexicon::instance().family_of(posting->title).family.empty()) << posting->title;
}

TEST(Lexicon, TellsLinesOfWork) {
  const auto& lexicon = Lexicon::instance();
  EXPECT_EQ(lexicon.family_of("Senior C++ Engineer").family, "software");
  EXPECT_EQ(lexicon.family_of("Staff Nurse (ICU)").family, "nursing");
  EXPECT_EQ(lexicon.family_of("Embedded Software Engineer").family, "embedded");
  EXPECT_EQ(lexicon.family_of("Embedded C++ Developer").family, "embedded");
  EXPECT_EQ(lexicon.kinship("nursing", "software"), 0);
  EXPECT_GT(lexicon.kinship("embedded", "software"), 0.5);
}

}  // namespace
}  // namespace jobraker::sandbox
