#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "tools/ctl/invocation.hpp"

/// The manual page, the completion and the README say what the program does.
namespace jobraker::ctl {
namespace {

std::string read(const std::string& name) {
  std::ifstream file{std::string{JOBRAKER_SOURCE_DIR} + "/tools/ctl/" + name};
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

bool has_word(const std::string& text, const std::string& word) {
  auto inside = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_';
  };
  for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
    auto end = at + word.size();
    if ((at == 0 || !inside(text[at - 1])) && (end == text.size() || !inside(text[end])))
      return true;
  }
  return false;
}

TEST(Papers, TheManualPageHasEveryCommandAndOption) {
  auto page = read("jobrakerctl.1");
  ASSERT_FALSE(page.empty());
  for (const auto& entry : every_command()) {
    if (!entry.words.empty())
      EXPECT_TRUE(has_word(page, "Ic " + entry.words)) << entry.words;
    for (const auto& option : entry.options)
      EXPECT_TRUE(has_word(page, "Fl -" + option.substr(2))) << entry.words << " " << option;
  }
}

TEST(Papers, TheCompletionHasEveryCommandAndOption) {
  auto script = read("jobrakerctl.bash");
  ASSERT_FALSE(script.empty());
  for (const auto& entry : every_command()) {
    std::istringstream words{entry.words};
    for (std::string word; words >> word;)
      EXPECT_TRUE(has_word(script, word)) << entry.words;
    for (const auto& option : entry.options)
      EXPECT_TRUE(has_word(script, option)) << entry.words << " " << option;
  }
}

TEST(Papers, TheReadmeHasEveryFamilyOfCommands) {
  auto page = read("README.md");
  ASSERT_FALSE(page.empty());
  for (const auto& entry : every_command())
    if (!entry.words.empty() && entry.words.find(' ') == std::string::npos)
      EXPECT_TRUE(has_word(page, entry.words)) << entry.words;
}

}  // namespace
}  // namespace jobraker::ctl
