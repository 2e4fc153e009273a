#include <csignal>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <sstream>

#include <CLI/CLI.hpp>
#include <sodium.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include "actors/operation/log_format.hpp"
#include "messages/json.hpp"
#include "tools/server/app.hpp"

namespace {

using namespace jobraker;

constexpr const char* version = "0.1.0";

int complain(const std::string& what) {
  std::fprintf(stderr, "jobraker-server: %s\n", what.c_str());
  return 2;
}

/// File first, environment on top.
ConfigProblem read_config(const std::string& path, Config& config) {
  if (!path.empty()) {
    std::ifstream file{path};
    if (!file)
      return {"cannot read " + path};
    std::ostringstream text;
    text << file.rdbuf();
    if (auto problem = read_toml(text.str(), config))
      return {path + ": " + problem.text};
  }
  return read_environment(process_environment(), config);
}

/// The first line of standard input, or a random password when it is empty.
std::string password_for_admin(bool from_stdin) {
  std::string password;
  if (from_stdin)
    std::getline(std::cin, password);
  if (!password.empty())
    return password;
  unsigned char bytes[18];
  randombytes_buf(bytes, sizeof bytes);
  char text[sodium_base64_ENCODED_LEN(sizeof bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING)];
  sodium_bin2base64(text, sizeof text, bytes, sizeof bytes,
                    sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  return text;
}

int make_admin(const Config& config, const std::string& email, bool from_stdin) {
  auto password = password_for_admin(from_stdin);
  auto id = create_admin(config, email, password);
  if (!id)
    return complain(id.error().code == Errc::conflict ? email + " is registered already"
                                                      : id.error().detail);
  json::Writer out;
  out.begin_object()
    .member("email", std::string_view{email})
    .member("password", std::string_view{password})
    .end_object();
  std::puts(out.text().c_str());
  return 0;
}

int serve(const Config& config) {
  // Blocked before any thread starts, so that only sigwait below sees them.
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  auto app = App::start(config);
  if (!app)
    return complain(app.error().detail);
  auto port = (*app)->listen();
  if (!port)
    return complain(port.error().detail);
  std::printf("listening http://%s:%u\n", config.server.host.c_str(), *port);
  std::fflush(stdout);
  int signal = 0;
  sigwait(&ends, &signal);
  spdlog::info("event=server.signal signal={}", signal);
  (*app)->stop();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App cli{"Jobraker, the backend of a job-search copilot"};
  cli.footer(
    "Every setting is described by --print-config; each can be set in the TOML file or as\n"
    "JOBRAKER_<SECTION>_<KEY> in the environment. SIGTERM and SIGINT end the server in order.");
  std::string config_path;
  std::string admin_email;
  bool print = false;
  bool from_stdin = false;
  cli.add_option("--config", config_path, "TOML file with settings")->envname("JOBRAKER_CONFIG");
  cli.add_flag("--print-config", print, "print the settings in force, secrets masked, and exit");
  cli.add_option("--create-admin", admin_email,
                 "make an admin account with this e-mail address, print its password, and exit");
  cli.add_flag("--password-stdin", from_stdin,
               "with --create-admin: take the password from standard input");
  auto log_format = operation::LogFormat::text;
  cli
    .add_option("--log-format", log_format,
                "how the log is written to standard error: text, or a JSON object a line")
    ->transform(CLI::CheckedTransformer(std::map<std::string, operation::LogFormat>{
      {"text", operation::LogFormat::text}, {"json", operation::LogFormat::json}}))
    ->option_text("text|json");
  cli.set_version_flag("--version", version);
  CLI11_PARSE(cli, argc, argv);
  if (sodium_init() < 0)
    return complain("libsodium cannot be initialised");
  Config config;
  if (auto problem = read_config(config_path, config))
    return complain(problem.text);
  if (print) {
    std::cout << print_config(config);
    return 0;
  }
  if (auto problem = check(config))
    return complain(problem.text);
  // Standard output is for answers (`listening …`, --create-admin); the log goes beside it.
  spdlog::set_default_logger(spdlog::stderr_color_mt("jobraker"));
  operation::format_logs(log_format);
  spdlog::set_level(spdlog::level::from_str(config.log.level));
  return admin_email.empty() ? serve(config) : make_admin(config, admin_email, from_stdin);
}
