#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "net/http/forms.hpp"

namespace jobraker::net {
namespace {

namespace fs = std::filesystem;

std::string slurp(const fs::path& path) {
  std::ifstream in{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

/// What a case's .yaml says, as far as these files use YAML.
struct Expected {
  std::string boundary;
  std::optional<std::size_t> error;
  Form parts;
};

std::string unquoted(std::string text) {
  while (!text.empty() && (text.back() == ' ' || text.back() == '\r'))
    text.pop_back();
  if (text.size() >= 2 && text.front() == '\'' && text.back() == '\'')
    return text.substr(1, text.size() - 2);
  return text;
}

/// base64 by way of the parser under test would prove nothing: a plain decoder.
std::string from_base64(const std::string& text) {
  const std::string digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  unsigned bits = 0;
  int count = 0;
  for (char c : text) {
    const auto value = digits.find(c);
    if (value == std::string::npos)
      continue;
    bits = (bits << 6 | static_cast<unsigned>(value)) & 0xFFFFFF;
    count += 6;
    if (count >= 8) {
      count -= 8;
      out.push_back(static_cast<char>(bits >> count & 0xFF));
    }
  }
  return out;
}

Expected read_expected(const fs::path& path) {
  Expected out;
  std::istringstream lines{slurp(path)};
  std::string data;
  const auto settle = [&] {
    if (!out.parts.empty())
      out.parts.back().data = from_base64(std::exchange(data, {}));
  };
  for (std::string line; std::getline(lines, line);) {
    const auto begin = line.find_first_not_of(" -");
    const auto colon = line.find(": ");
    if (begin == std::string::npos)
      continue;
    const auto key = colon == std::string::npos ? "" : line.substr(begin, colon - begin);
    const auto value = colon == std::string::npos ? "" : unquoted(line.substr(colon + 2));
    if (key == "boundary") {
      out.boundary = value;
    } else if (key == "error") {
      out.error = std::stoul(value);
    } else if (key == "name") {
      settle();
      out.parts.push_back(FormPart{value, std::nullopt, {}, {}});
    } else if (key == "file_name") {
      out.parts.back().filename = value;
    } else if (key == "content_type") {
      out.parts.back().content_type = value;
    } else if (key.empty() && line.find(':') == std::string::npos) {
      data += line;
    }
  }
  settle();
  return out;
}

TEST(MultipartCases, EveryCaseGivesItsPartsOrItsErrorOffset) {
  const char* given = std::getenv("JOBRAKER_SHARED_DATA");
  const fs::path data =
    given != nullptr ? fs::path{given} : fs::path{JOBRAKER_SOURCE_DIR} / ".." / "shared" / "data";
  const auto archive = data / "http" / "multipart_cases.tar.gz";
  if (!fs::exists(archive))
    GTEST_SKIP() << "no shared data at " << data;
  std::string folder = (fs::temp_directory_path() / "jobraker-multipart-XXXXXX").string();
  ASSERT_NE(::mkdtemp(folder.data()), nullptr);
  struct Remove {
    std::string path;
    ~Remove() { fs::remove_all(path); }
  } remove{folder};
  const auto unpack = "tar -xzf '" + archive.string() + "' -C '" + folder + "'";
  ASSERT_EQ(std::system(unpack.c_str()), 0);
  std::size_t seen = 0;
  for (const auto& entry : fs::recursive_directory_iterator{folder}) {
    if (entry.path().extension() != ".yaml")
      continue;
    ++seen;
    SCOPED_TRACE(entry.path().filename());
    const auto expected = read_expected(entry.path());
    const auto body = slurp(fs::path{entry.path()}.replace_extension(".http"));
    const auto form = parse_multipart(body, expected.boundary);
    if (expected.error) {
      ASSERT_FALSE(form);
      EXPECT_TRUE(form.error().detail.ends_with(" at byte " + std::to_string(*expected.error)))
        << form.error().detail;
      continue;
    }
    ASSERT_TRUE(form) << form.error().detail;
    ASSERT_EQ(form->size(), expected.parts.size());
    for (std::size_t i = 0; i < form->size(); ++i) {
      EXPECT_EQ((*form)[i].name, expected.parts[i].name);
      EXPECT_EQ((*form)[i].filename, expected.parts[i].filename);
      EXPECT_EQ((*form)[i].data, expected.parts[i].data);
      // The cases write the default type out (RFC 7578 §4.4).
      const auto& type = (*form)[i].content_type;
      if (!expected.parts[i].content_type.empty())
        EXPECT_EQ(type.empty() ? "text/plain" : type, expected.parts[i].content_type);
    }
  }
  EXPECT_EQ(seen, 18u);
}

}  // namespace
}  // namespace jobraker::net
