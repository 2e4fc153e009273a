#include "real_data.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace jobraker::real {

std::filesystem::path folder() {
  auto named = std::getenv("JOBRAKER_SHARED_DATA");
  std::filesystem::path path =
    named ? std::filesystem::path{named}
          : std::filesystem::path{JOBRAKER_SOURCE_DIR} / ".." / "shared" / "data";
  return std::filesystem::exists(path / "postings") ? path : std::filesystem::path{};
}

std::string output_of(const std::string& command) {
  std::string out;
  auto pipe = popen(command.c_str(), "r");
  if (!pipe)
    return out;
  std::array<char, 65536> chunk;
  while (auto n = fread(chunk.data(), 1, chunk.size(), pipe))
    out.append(chunk.data(), n);
  pclose(pipe);
  return out;
}

std::string contents(const std::filesystem::path& file) {
  if (file.extension() == ".gz")
    return output_of("gzip -dc '" + file.string() + "'");
  std::ifstream in{file, std::ios::binary};
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

std::vector<std::map<std::string, std::string>> csv(const std::string& text) {
  std::vector<std::vector<std::string>> rows{{""}};
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (quoted) {
      if (c == '"' && i + 1 < text.size() && text[i + 1] == '"')
        rows.back().back() += text[++i];
      else if (c == '"')
        quoted = false;
      else
        rows.back().back() += c;
    } else if (c == '"') {
      quoted = true;
    } else if (c == ',') {
      rows.back().emplace_back();
    } else if (c == '\n') {
      rows.push_back({""});
    } else if (c != '\r') {
      rows.back().back() += c;
    }
  }
  std::vector<std::map<std::string, std::string>> out;
  for (std::size_t r = 1; r < rows.size(); ++r) {
    if (rows[r].size() < 2)
      continue;
    auto& row = out.emplace_back();
    for (std::size_t k = 0; k < rows[0].size() && k < rows[r].size(); ++k)
      row[rows[0][k]] = rows[r][k];
  }
  return out;
}

}  // namespace jobraker::real
