#include <csignal>
#include <iostream>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include "tools/ctl/pages.hpp"
#include "tools/ctl/run.hpp"

namespace jobraker::ctl {
namespace {

constexpr std::size_t pages_max = 1000;

using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                         asio::wait_traits<std::chrono::steady_clock>, IoExecutor>;

/// How many actors an action is for; nothing when the server does not say.
task<std::string> how_many(Run run, const Danger& danger) {
  Call call{Verb::get,
            Target{"/api/v1/admin/actors"}.add("path", danger.path).add("limit", "1").text(),
            {},
            false};
  auto answer = co_await run.server.send(std::move(call));
  auto document = answer ? json::Document::parse(*answer) : json::Document::parse("null");
  auto total = document ? document->root()["total"].integer() : std::nullopt;
  co_return total ? " (" + std::to_string(*total) + (*total == 1 ? " actor)" : " actors)")
                  : std::string{};
}

/// Whether the person really wants it; an exit code when not.
task<int> confirm(Run run, const Danger& danger) {
  if (danger.yes)
    co_return exit_ok;
  if (!person_listens())
    co_return complain(exit_usage,
                       "nobody is there to be asked; --yes with --reason does it without");
  auto what = danger.action + " " + clean(danger.path);
  if (danger.subtree)
    what += " and all below it" + co_await how_many(run, danger);
  auto typed =
    ask("This will " + what + " on " + run.server.address() + ".\nType the path again to go on: ");
  if (typed == danger.path)
    co_return exit_ok;
  co_return complain(exit_usage, "that is another path; nothing was done");
}

tl::unexpected<Refusal> no_json(const Server& server) {
  return refuse(exit_unreachable, server.address() + " answered something that is not JSON");
}

/// One answer, or all pages as one.
task<Outcome<std::string>> fetch(Run run) {
  const auto& invocation = run.invocation;
  auto call = invocation.call;
  std::vector<json::Document> pages;
  for (;;) {
    auto body = co_await run.server.send(call);
    if (!body)
      co_return tl::unexpected<Refusal>(std::move(body.error()));
    auto document = json::Document::parse(*body);
    if (!document)
      co_return no_json(run.server);
    if (!invocation.all) {
      if (invocation.keep.empty())
        co_return std::move(*body);
      co_return only_keys(document->root(), invocation.keep);
    }
    auto next = document->root()["next"].string_or("");
    pages.push_back(std::move(*document));
    if (next.empty())
      co_return joined_pages(pages);
    if (pages.size() == pages_max)
      co_return refuse(exit_refused, "there are more than " + std::to_string(pages_max) + " pages");
    call.target = Target{invocation.call.target}.add("cursor", next).text();
  }
}

/// What is shown of an answer, as the person wants it.
std::string shown(const Run& run, const std::string& body) {
  if (run.invocation.settings.json)
    return harmless_json(body) + "\n";
  auto document = json::Document::parse(body);
  Page page{look_at(run.taste)};
  if (document)
    run.invocation.screen(document->root(), page);
  return page.shown();
}

int print(const std::string& text) {
  std::cout << text << std::flush;
  return std::cout ? exit_ok : complain(exit_refused, "standard output cannot be written");
}

/// The picture of `--watch`.
struct Watch {
  explicit Watch(IoContext& io) : timer(io.get_executor()), signals(io) {}

  Timer timer;
  asio::basic_signal_set<IoExecutor> signals;
  std::optional<FullScreen> screen{};
  std::optional<int> exit{};

  void end(int code) {
    exit = code;
    timer.cancel();
  }
};

/// From here on Ctrl-C ends the picture; before it ends the program as it always does.
void begin(Run run, Watch& watch) {
  watch.signals.add(SIGINT);
  watch.signals.add(SIGTERM);
  watch.signals.async_wait([&watch](boost::system::error_code error, int) {
    if (!error)
      watch.end(exit_signal);
  });
  if (!shows_terminal() || run.invocation.settings.json)
    return;
  watch.screen.emplace();
  watch.screen->listen(run.io, [&watch](const std::string& typed) {
    if (typed.find_first_of("qQ\x04") != std::string::npos)
      watch.end(exit_ok);
  });
}

/// The first lines of `text`, as many as the terminal has.
std::string as_tall_as_terminal(const std::string& text) {
  std::size_t at = 0;
  for (auto lines = terminal_lines(); lines > 0; --lines) {
    auto end = text.find('\n', at);
    if (end == std::string::npos)
      return text;
    at = end + 1;
  }
  return text.substr(0, at);
}

task<int> run_watch(Run run) {
  Watch watch{run.io};
  Refusal problem;
  std::string text;
  for (bool first = true; !watch.exit; first = false) {
    auto body = co_await fetch(run);
    if (watch.exit)
      break;
    // A server that starts anew is waited for; the first answer decides whether it is one.
    if (!body && (first || body.error().exit != exit_unreachable)) {
      problem = body.error();
      break;
    }
    if (first)
      begin(run, watch);
    if (body)
      text = shown(run, *body);
    if (watch.screen)
      watch.screen->draw(as_tall_as_terminal(
        (body ? "" : fit(body.error().line, look_at(run.taste).columns) + "\n") + text));
    else if (!body)
      complain(body.error());
    else if (print((first || run.invocation.settings.json ? "" : "\n") + text) != exit_ok)
      watch.end(exit_refused);
    boost::system::error_code ignored;
    watch.timer.expires_after(std::chrono::seconds{*run.invocation.watch_s});
    if (!watch.exit)
      co_await watch.timer.async_wait(asio::redirect_error(use_task, ignored));
  }
  watch.screen.reset();
  watch.signals.cancel();
  co_return watch.exit ? *watch.exit : complain(problem);
}

}  // namespace

int complain(int exit, const std::string& line) {
  std::cerr << "jobrakerctl: " << clean(line) << std::endl;
  return exit;
}

int complain(const Refusal& refusal) { return complain(refusal.exit, refusal.line); }

task<int> run_call(Run run) {
  if (run.invocation.danger)
    if (auto code = co_await confirm(run, *run.invocation.danger); code != exit_ok)
      co_return code;
  if (run.invocation.watch_s)
    co_return co_await run_watch(run);
  auto body = co_await fetch(run);
  if (!body)
    co_return complain(body.error());
  co_return print(shown(run, *body));
}

}  // namespace jobraker::ctl
