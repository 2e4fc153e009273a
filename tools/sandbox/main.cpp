#include <charconv>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <memory>
#include <sstream>
#include <thread>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/signal_set.hpp>

#include "net/http/server.hpp"
#include "tools/sandbox/app.hpp"
#include "tools/sandbox/resume_rules.hpp"

namespace {

using namespace jobraker;

constexpr std::string_view usage =
  "jobraker-sandbox: OpenAI, Anthropic, Skyvern, Adzuna, an RSS feed, a Greenhouse and a Lever\n"
  "board in one process, with made-up postings, rule-based answers and faults on demand.\n\n"
  "  --host ADDRESS        address to listen on (127.0.0.1)\n"
  "  --port N              port; 0 picks a free one (0)\n"
  "  --port-file FILE      write the port here once it is open\n"
  "  --threads N           io threads (1)\n"
  "  --token-ms N          pause before each token of a stream (0)\n"
  "  --rpm N               requests a minute of each key and model (30000)\n"
  "  --tpm N               tokens a minute of each key and model (150000000)\n"
  "  --run-ms N            pause between two statuses of a Skyvern run (200)\n"
  "  --loopback yes|no     whether Skyvern may go to this machine's addresses (yes)\n"
  "  --tesseract FILE      the program that reads pictures (looked for in /usr/bin)\n"
  "  --seed N              which calls a fault with a probability strikes (1)\n"
  "  --parse-resume FILE   print what the résumé rules read in FILE, and end\n"
  "  --help                this text\n\n"
  "Prints `sandbox http://ADDRESS:PORT` when it serves. SIGTERM and SIGINT end it.\n";

template <class T>
bool read_number(std::string_view text, T& out) {
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc{} && end == text.data() + text.size();
}

int parse_resume(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    std::cerr << "cannot read " << path << "\n";
    return 1;
  }
  std::stringstream text;
  text << in.rdbuf();
  std::cout << sandbox::to_json(sandbox::read_resume(text.str())) << "\n";
  return 0;
}

int serve(const sandbox::Options& options) {
  sandbox::App app{options};
  std::vector<std::unique_ptr<IoContext>> contexts;
  std::vector<IoContext*> pointers;
  for (unsigned i = 0; i < std::max(1U, options.threads); ++i) {
    contexts.push_back(std::make_unique<IoContext>(1));
    pointers.push_back(contexts.back().get());
  }
  net::ServerSettings settings;
  settings.request_timeout = std::chrono::minutes{30};
  settings.header_max = 64U << 10;
  auto server = std::make_unique<net::Server>(pointers, app.router(), settings);
  auto port = server->listen(options.host, options.port);
  if (!port) {
    std::cerr << "cannot listen: " << port.error().detail << "\n";
    return 1;
  }
  asio::signal_set signals{*contexts[0], SIGTERM, SIGINT};
  signals.async_wait([&](auto, int) {
    for (auto* context : pointers)
      context->stop();
  });
  if (!options.port_file.empty()) {
    // Written beside and renamed, so that nobody reads half a number.
    auto beside = options.port_file + ".new";
    std::ofstream{beside} << *port << "\n";
    std::rename(beside.c_str(), options.port_file.c_str());
  }
  std::cout << "sandbox http://" << options.host << ":" << *port << std::endl;
  std::vector<std::thread> threads;
  for (std::size_t i = 1; i < pointers.size(); ++i)
    threads.emplace_back([context = pointers[i]] {
      auto guard = asio::make_work_guard(*context);
      context->run();
    });
  contexts[0]->run();
  for (auto& thread : threads)
    thread.join();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  sandbox::Options options;
  for (int i = 1; i < argc; ++i) {
    std::string_view flag = argv[i];
    if (flag == "--help" || flag == "-h") {
      std::cout << usage;
      return 0;
    }
    if (i + 1 >= argc) {
      std::cerr << "no value for " << flag << "\n" << usage;
      return 2;
    }
    std::string value = argv[++i];
    bool good = true;
    if (flag == "--parse-resume")
      return parse_resume(value);
    if (flag == "--port")
      good = read_number(value, options.port);
    else if (flag == "--host")
      options.host = value;
    else if (flag == "--port-file")
      options.port_file = value;
    else if (flag == "--threads")
      good = read_number(value, options.threads) && options.threads >= 1 && options.threads <= 64;
    else if (flag == "--token-ms")
      good = read_number(value, options.token_ms) && options.token_ms >= 0;
    else if (flag == "--rpm")
      good = read_number(value, options.limit.requests);
    else if (flag == "--tpm")
      good = read_number(value, options.limit.tokens);
    else if (flag == "--run-ms")
      good = read_number(value, options.runs.step_ms) && options.runs.step_ms >= 0;
    else if (flag == "--loopback") {
      options.runs.loopback = value == "yes";
      good = value == "yes" || value == "no";
    } else if (flag == "--tesseract")
      options.tesseract = value;
    else if (flag == "--seed")
      good = read_number(value, options.seed);
    else {
      std::cerr << "unknown option " << flag << "\n" << usage;
      return 2;
    }
    if (!good) {
      std::cerr << flag << " cannot be " << value << "\n";
      return 2;
    }
  }
  return serve(options);
}
