#include <cstdio>
#include <fstream>
#include <sstream>

#include "tools/sandbox/resume_rules.hpp"

int main(int argc, char** argv) {
  if (argc != 3)
    return 2;
  std::ifstream in(argv[2], std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  std::puts(jobraker::sandbox::to_json(jobraker::sandbox::read_resume(text.str())).c_str());
}
