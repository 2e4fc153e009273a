#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "messages/enums.hpp"
#include "messages/result.hpp"
#include "messages/task.hpp"

namespace jobraker {

/// What a child process may use. The kernel keeps all of them but `wall`, `output` and `errors`
/// (setrlimit(2)); those are kept by us.
struct ChildLimits {
  std::chrono::seconds cpu{10};         ///< RLIMIT_CPU: SIGXCPU, one second later SIGKILL
  std::uint64_t memory = 512ULL << 20;  ///< RLIMIT_AS, bytes of address space
  std::uint64_t output = 4ULL << 20;    ///< bytes taken from its standard output
  std::uint64_t errors = 4096;          ///< bytes kept of its standard error; the rest is dropped
  std::uint64_t file_size = 0;          ///< RLIMIT_FSIZE, bytes of any file it writes
  std::uint64_t open_files = 32;        ///< RLIMIT_NOFILE
  std::uint64_t processes = 0;  ///< RLIMIT_NPROC (counts per user, root is exempt); 0: not set
  std::chrono::milliseconds wall{20'000};  ///< from start to exit, whatever it is doing
};

/// A program to run: no shell, no PATH search, an environment of LANG and PATH only.
struct ChildSpec {
  std::vector<std::string> argv;  ///< argv[0] is the absolute path of the program
  std::string input;              ///< fed on standard input, which is then closed
  ChildLimits limits{};
};

/// Which limit ended the child.
enum class ChildLimit : std::uint8_t { none, cpu, wall, output };
template <>
inline constexpr std::string_view enum_names<ChildLimit>[] = {"none", "cpu", "wall", "output"};

/// How a child ended.
struct ChildOutcome {
  int status = 0;      ///< exit status; -1 when a signal ended it
  int signal = 0;      ///< that signal, or 0
  std::string output;  ///< its standard output, at most `limits.output` bytes
  std::string errors;  ///< the head of its standard error
  ChildLimit ended_by = ChildLimit::none;
};

/// Runs a program to its end without blocking the io thread: pipes and a pidfd (pidfd_open(2)) are
/// waited for by Asio. The child has its own process group, which dies as a whole on time-out, when
/// it writes too much, when the caller's coroutine is cancelled, and when it leaves children
/// behind; it dies with the server (PR_SET_PDEATHSIG), cannot gain privileges
/// (PR_SET_NO_NEW_PRIVS), inherits no descriptor but its three pipes, and starts with default
/// signals. It is reaped in every case, also when the io context is destroyed meanwhile (which then
/// waits for its death). A child that fails or is killed is an outcome, not an error.
/// Errc::unavailable when no process could be started (file missing, out of processes or
/// descriptors), Errc::cancelled when the coroutine was cancelled.
task<Result<ChildOutcome>> run_child(ChildSpec spec);

/// The folder of the running executable, where its helper programs are; ends without a slash.
std::string executable_directory();

}  // namespace jobraker
