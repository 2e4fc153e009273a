#include <algorithm>
#include <csignal>
#include <iostream>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include "tools/ctl/run.hpp"
#include "tools/ctl/top.hpp"

namespace jobraker::ctl {
namespace {

constexpr std::chrono::milliseconds first_pause{250};
constexpr std::chrono::milliseconds longest_pause{8000};

using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                         asio::wait_traits<std::chrono::steady_clock>, IoExecutor>;

/// `top` while it runs: frames come in, keys and signals too, pictures go out.
class Show {
public:
  explicit Show(Run run)
      : run_(run), top_(run.server.address(), run.invocation.top), timer_(run.io.get_executor()),
        signals_(run.io) {}

  task<int> play() {
    auto link = co_await run_.server.watch();
    if (!link)
      co_return complain(link.error());
    begin();
    while (!exit_ && *link) {
      link_ = std::move(*link);
      link_->send(watch_frame(top_.query()));
      co_await hear();
      link_.reset();
      link = co_await again();
      if (!link)
        problem_ = link.error();
      if (!link)
        break;
    }
    screen_.reset();
    timer_.cancel();
    signals_.cancel();
    co_return exit_ ? *exit_ : complain(problem_);
  }

private:
  void begin() {
    for (int signal : {SIGINT, SIGTERM, SIGWINCH})
      signals_.add(signal);
    watch_signals();
    if (run_.invocation.once)
      give_up_after(std::chrono::seconds{run_.invocation.settings.timeout_s});
    if (!shows_terminal() || run_.invocation.once || run_.invocation.settings.json)
      return;
    screen_.emplace();
    screen_->listen(run_.io, [this](const std::string& typed) { after(top_.keys(typed)); });
    draw();
  }

  void watch_signals() {
    signals_.async_wait([this](boost::system::error_code error, int signal) {
      if (error)
        return;
      if (signal != SIGWINCH)
        return end(exit_signal);
      draw();
      watch_signals();
    });
  }

  void give_up_after(std::chrono::seconds time) {
    timer_.expires_after(time);
    timer_.async_wait([this](boost::system::error_code error) {
      if (error || exit_)
        return;
      end(complain(exit_unreachable, run_.server.address() + " sends no figures"));
    });
  }

  task<void> hear() {
    while (!exit_) {
      auto frame = co_await link_->read();
      if (!frame)
        co_return;
      if (!exit_)
        after(top_.hear(*frame));
    }
  }

  void after(TopAct act) {
    if (act == TopAct::quit)
      return end(exit_ok);
    if (act == TopAct::ask_again && link_)
      link_->send(watch_frame(top_.query()));
    if (act != TopAct::nothing)
      draw();
  }

  void draw() {
    if (screen_)
      return screen_->draw(top_.screen(look_at(run_.taste), terminal_lines()));
    // Without a screen only figures are worth a line; those of `--once` have rates.
    if (top_.last().empty() || top_.last() == printed_ ||
        (run_.invocation.once && !top_.has_rates()))
      return;
    if (!run_.invocation.settings.json && !printed_.empty())
      std::cout << "\n";
    printed_ = top_.last();
    std::cout << (run_.invocation.settings.json ? harmless_json(printed_) + "\n"
                                                : top_.screen(look_at(run_.taste), unlimited))
              << std::flush;
    if (!std::cout)
      return end(complain(exit_refused, "standard output cannot be written"));
    if (run_.invocation.once)
      end(exit_ok);
  }

  /// A new connection in place of one that was lost; an error when there is no use in trying.
  task<Outcome<std::shared_ptr<net::WsLink>>> again() {
    auto pause = first_pause;
    while (!exit_) {
      if (run_.invocation.once)
        co_return refuse(exit_unreachable, run_.server.address() + " has ended the connection");
      top_.say("the connection is lost; trying again");
      draw();
      boost::system::error_code ignored;
      timer_.expires_after(pause);
      co_await timer_.async_wait(asio::redirect_error(use_task, ignored));
      pause = std::min(pause * 2, longest_pause);
      if (exit_)
        break;
      auto link = co_await run_.server.watch();
      if (link)
        top_.say({});
      if (link || link.error().exit != exit_unreachable)
        co_return link;
    }
    co_return std::shared_ptr<net::WsLink>{};
  }

  void end(int code) {
    if (exit_)
      return;
    exit_ = code;
    timer_.cancel();
    if (link_)
      link_->close();
  }

  Run run_;
  Top top_;
  Timer timer_;
  asio::basic_signal_set<IoExecutor> signals_;
  std::shared_ptr<net::WsLink> link_;
  std::optional<FullScreen> screen_;
  std::string printed_;
  Refusal problem_;
  std::optional<int> exit_;
};

}  // namespace

task<int> run_top(Run run) {
  Show show{run};
  co_return co_await show.play();
}

}  // namespace jobraker::ctl
