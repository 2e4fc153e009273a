#include <csignal>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <sstream>
#include <thread>

#include <CLI/CLI.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <sodium.h>
#include <termios.h>
#include <unistd.h>

#include "messages/json.hpp"
#include "tools/chat/client.hpp"

namespace {

using namespace jobraker;
using namespace jobraker::chat_client;

/// The command line as it is written.
struct Arguments {
  std::string url = "http://127.0.0.1:8080";
  std::string email;
  bool password_stdin = false;
  std::string token_file;
  std::string account_file;
  std::string conversation;
  std::string once;
  std::string ca_file;
  bool verbose = false;
  unsigned patience_s = 120;
};

int complain(const std::string& what) {
  std::cerr << "jobraker-chat: " << what << std::endl;
  return exit_usage;
}

std::string read_file(const std::string& path, std::string& problem) {
  std::ifstream file{path};
  std::ostringstream text;
  if (!file || !(text << file.rdbuf()))
    problem = "cannot read " + path;
  return text.str();
}

/// Reads a line without showing it.
std::string hidden_line(const std::string& question) {
  termios before{};
  bool terminal = tcgetattr(STDIN_FILENO, &before) == 0;
  if (terminal) {
    auto silent = before;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
    std::cerr << question << std::flush;
  }
  std::string line;
  std::getline(std::cin, line);
  if (terminal) {
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
    std::cerr << std::endl;
  }
  return line;
}

/// Who logs in; a sentence when that cannot be said.
std::string read_credentials(const Arguments& given, Credentials& out) {
  std::string problem;
  if (!given.token_file.empty()) {
    out.token = read_file(given.token_file, problem);
    while (!out.token.empty() && out.token.back() <= ' ')
      out.token.pop_back();
    return problem.empty() && out.token.empty() ? given.token_file + " is empty" : problem;
  }
  if (!given.account_file.empty()) {
    auto text = read_file(given.account_file, problem);
    auto document = json::Document::parse(text);
    if (document) {
      out.email = document->root()["email"].string_or("");
      out.password = document->root()["password"].string_or("");
    }
    if (problem.empty() && (out.email.empty() || out.password.empty()))
      problem = given.account_file + " does not hold an e-mail address and a password";
    return problem;
  }
  if (given.email.empty())
    return "who are you? Give --account, --token-file or --email";
  if (!given.password_stdin && isatty(STDIN_FILENO) == 0)
    return "the password comes from a terminal, or with --password-stdin from standard input";
  out.email = given.email;
  out.password = hidden_line("Password: ");
  return out.password.empty() ? "an empty password" : "";
}

std::string read_options(const Arguments& given, Options& out) {
  auto url = net::parse_url(given.url);
  if (!url)
    return "--url: " + url.error().detail;
  out.url = std::move(*url);
  if (!given.conversation.empty()) {
    out.conversation = ConversationId::parse(given.conversation);
    if (!out.conversation)
      return "--conversation: " + given.conversation + " is no conversation's id";
  }
  if (!given.once.empty())
    out.once = given.once;
  out.ca_file = given.ca_file;
  out.verbose = given.verbose;
  out.patience = std::chrono::seconds{given.patience_s};
  out.terminal = isatty(STDIN_FILENO) == 1;
  return read_credentials(given, out.credentials);
}

void declare(CLI::App& cli, Arguments& to) {
  cli.add_option("--url", to.url, "address of the server")->capture_default_str();
  auto* email = cli.add_option("--email", to.email, "log in as; the password is asked for");
  cli
    .add_flag("--password-stdin", to.password_stdin,
              "the first line of standard input is the password")
    ->needs(email);
  auto* token = cli.add_option("--token-file", to.token_file, "a file with an access token");
  cli.add_option("--account", to.account_file, R"(a file with {"email":…,"password":…})")
    ->excludes(email)
    ->excludes(token);
  token->excludes(email);
  cli.add_option("--conversation", to.conversation, "go on with this conversation");
  cli.add_option("--once", to.once, "ask this, print the answer and end");
  cli.add_option("--ca-file", to.ca_file, "PEM file of authorities trusted beside the system's");
  cli.add_option("--patience", to.patience_s, "seconds without a server before giving up")
    ->capture_default_str();
  cli.add_flag("-v,--verbose", to.verbose, "show results of functions, tokens and cost");
  cli.set_version_flag("--version", "0.1.0");
  cli.footer(
    "Lines are messages; /help shows the commands. Ctrl-C stops an answer, or the program when\n"
    "none is written. From a pipe, each line waits for the answer to the one before.\n"
    "Exit status: 0 done, 1 an answer failed, 2 wrong usage, 3 no server, 4 refused, 130 Ctrl-C.");
}

/// Hands on what is typed. Standard input may be anything, so a thread of its own waits for it.
void read_lines(IoContext& io, Client& client) {
  for (std::string line; std::getline(std::cin, line);)
    asio::post(io, [&client, line] { client.line(line); });
  asio::post(io, [&client] { client.line(std::nullopt); });
}

void watch_signals(asio::signal_set& signals, Client& client) {
  signals.async_wait([&](boost::system::error_code error, int signal) {
    if (error)
      return;
    if (signal == SIGINT)
      client.interrupt();
    else
      client.stop();
    watch_signals(signals, client);
  });
}

int talk(Options options) {
  IoContext io{1};
  Client client{io, std::move(options), std::cout, std::cerr};
  asio::signal_set signals{io, SIGINT, SIGTERM};
  watch_signals(signals, client);
  asio::co_spawn(io, client.run(), [&](std::exception_ptr error) {
    io.stop();
    if (error)
      std::rethrow_exception(error);
  });
  std::cin.tie(nullptr);  // it is read on another thread than the one that prints
  std::thread{[&] { read_lines(io, client); }}.detach();
  io.run();
  std::cout.flush();
  // The reader may still wait for a line, and it knows `client`: nothing is taken apart.
  std::_Exit(client.exit_code());
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App cli{"Talk with Jobraker's assistant from a terminal, or from a pipe"};
  Arguments arguments;
  declare(cli, arguments);
  try {
    cli.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return cli.exit(error) == 0 ? exit_ok : exit_usage;
  }
  std::signal(SIGPIPE, SIG_IGN);
  if (sodium_init() < 0)
    return complain("libsodium cannot be initialised");
  Options options;
  if (auto problem = read_options(arguments, options); !problem.empty())
    return complain(problem);
  return talk(std::move(options));
}
