#include "net/process/child.hpp"

#include <signal.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include "make_document.hpp"

namespace jobraker {
namespace {

using testing::HasSubstr;

ChildOutcome run(const std::string& script, ChildLimits limits = {}, std::string input = {}) {
  ChildSpec spec{{"/bin/sh", "-c", script}, std::move(input), limits};
  auto outcome = wait(run_child(std::move(spec)));
  EXPECT_TRUE(outcome) << (outcome ? "" : outcome.error().detail);
  return outcome ? *outcome : ChildOutcome{};
}

TEST(Child, GivesItsOutputErrorsAndStatus) {
  auto done = run("cat; echo oops >&2; exit 7", {}, "hello");
  EXPECT_EQ(done.output, "hello");
  EXPECT_EQ(done.errors, "oops\n");
  EXPECT_EQ(done.status, 7);
  EXPECT_EQ(done.signal, 0);
  EXPECT_EQ(done.ended_by, ChildLimit::none);
}

TEST(Child, TakesLargeInputAndGivesLargeOutput) {
  std::string large(3'000'000, 'x');
  EXPECT_EQ(run("cat", {}, large).output.size(), large.size());
  EXPECT_EQ(run("exit 0", {}, large).status, 0);
}

TEST(Child, KeepsOnlyTheHeadOfItsErrors) {
  auto done = run("yes error | head -c 100000 >&2");
  EXPECT_EQ(done.errors.size(), 4096U);
  EXPECT_EQ(done.status, 0);
}

TEST(Child, ThatLoopsIsEndedByTheProcessorLimit) {
  ChildLimits limits;
  limits.cpu = std::chrono::seconds{1};
  auto done = run("while :; do :; done", limits);
  EXPECT_EQ(done.status, -1);
  EXPECT_EQ(done.signal, SIGXCPU);
  EXPECT_EQ(done.ended_by, ChildLimit::cpu);
}

TEST(Child, CannotHaveMoreMemoryThanItsLimit) {
  ChildLimits limits;
  limits.memory = 64U << 20;
  auto done = run("head -c 200000000 /dev/zero | tail -n 1 | wc -c", limits);
  EXPECT_THAT(done.errors, HasSubstr("memory exhausted"));
}

TEST(Child, ThatFloodsIsEndedAtTheOutputLimit) {
  ChildLimits limits;
  limits.output = 100'000;
  auto done = run("yes", limits);
  EXPECT_EQ(done.ended_by, ChildLimit::output);
  EXPECT_EQ(done.output.size(), 100'000U);
  EXPECT_EQ(done.signal, SIGKILL);
}

TEST(Child, ThatHangsIsEndedWithItsWholeGroup) {
  ChildLimits limits;
  limits.wall = std::chrono::milliseconds{200};
  auto done = run("sleep 1000 & sleep 1000", limits);
  EXPECT_EQ(done.ended_by, ChildLimit::wall);
  EXPECT_EQ(done.signal, SIGKILL);
}

TEST(Child, ThatLeavesAChildBehindDoesNotKeepUsWaiting) {
  // The grandchild holds the pipe open; it dies with its group as soon as the leader has ended.
  auto done = run("sleep 1000 & echo done");
  EXPECT_EQ(done.output, "done\n");
  EXPECT_EQ(done.ended_by, ChildLimit::none);
}

TEST(Child, CannotWriteFilesOpenManyOrSeeOurs) {
  auto file = testing::TempDir() + "jobraker_child_test";
  // The subshell that writes dies of SIGXFSZ before a byte is in the file.
  EXPECT_EQ(run("(echo x > " + file + "); wc -c < " + file).output, "0\n");
  ::unlink(file.c_str());
  EXPECT_EQ(run("ls /proc/self/fd | wc -l").output, "4\n");  // three pipes and the folder itself
  EXPECT_EQ(run("ulimit -n").output, "32\n");
  EXPECT_EQ(run("ulimit -c").output, "0\n");
}

TEST(Child, HasAPoorEnvironmentAndNoNewPrivileges) {
  ::setenv("JOBRAKER_SECRET", "s3cret", 1);
  EXPECT_EQ(run("env | grep -c JOBRAKER_SECRET").output, "0\n");
  ::unsetenv("JOBRAKER_SECRET");
  EXPECT_THAT(run("grep NoNewPrivs /proc/self/status").output, HasSubstr("\t1"));
  // Of the signals only those that we block ourselves for a moment could leak: none does.
  EXPECT_THAT(run("grep SigBlk /proc/self/status").output, HasSubstr("0000000000000000"));
}

TEST(Child, ThatCannotStartIsAnError) {
  auto outcome = wait(run_child(ChildSpec{{"/nonexistent/program"}, "", {}}));
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, Errc::unavailable);
  EXPECT_THAT(outcome.error().detail, HasSubstr("/nonexistent/program"));
}

TEST(Child, OfACancelledCallerIsEnded) {
  IoContext context;
  asio::cancellation_signal cancel;
  std::optional<Errc> code;
  asio::co_spawn(context, run_child(ChildSpec{{"/bin/sleep", "1000"}, "", {}}),
                 asio::bind_cancellation_slot(
                   cancel.slot(), [&](std::exception_ptr error, Result<ChildOutcome> outcome) {
                     EXPECT_FALSE(error);
                     if (!outcome)
                       code = outcome.error().code;
                   }));
  asio::post(context, [&] { cancel.emit(asio::cancellation_type::terminal); });
  context.run();
  EXPECT_EQ(code, Errc::cancelled);
}

TEST(Child, RunsBesideOthersWithoutBlockingTheThread) {
  IoContext context;
  int done = 0;
  for (int i = 0; i < 8; ++i)
    asio::co_spawn(context, run_child(ChildSpec{{"/bin/echo", "hi"}, "", {}}),
                   [&](std::exception_ptr, Result<ChildOutcome> outcome) {
                     done += outcome && outcome->output == "hi\n" ? 1 : 0;
                   });
  context.run();
  EXPECT_EQ(done, 8);
}

}  // namespace
}  // namespace jobraker
