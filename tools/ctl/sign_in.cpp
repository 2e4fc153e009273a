#include <iostream>

#include "tools/ctl/run.hpp"

namespace jobraker::ctl {

task<int> run_login(Run run) {
  auto email = run.invocation.sign_in.email;
  bool from_pipe = run.invocation.sign_in.password_stdin;
  if (!from_pipe && !person_listens())
    co_return complain(exit_usage, "the password comes from a terminal, or with --password-stdin "
                                   "from standard input");
  if (email.empty() && from_pipe)
    co_return complain(exit_usage, "whose password? Give the e-mail address, too");
  if (run.server.readable_on_the_way())
    std::cerr << "jobrakerctl: " << run.server.address()
              << " is another machine without TLS: others can read the password" << std::endl;
  if (email.empty())
    email = ask("E-mail: ").value_or("");
  auto password = from_pipe ? ask("") : ask("Password: ", true);
  if (email.empty() || !password || password->empty())
    co_return complain(exit_usage, "an e-mail address and a password are needed");
  auto done = co_await run.server.sign_in(email, std::move(*password));
  if (!done)
    co_return complain(done.error());
  std::cout << "Signed in to " << run.server.address() << " as " << clean(email) << "."
            << std::endl;
  co_return exit_ok;
}

task<int> run_logout(Run run) {
  auto done = co_await run.server.sign_out();
  if (!done)
    co_return complain(done.error());
  std::cout << (*done ? "Signed out of " : "Not signed in to ") << run.server.address() << "."
            << std::endl;
  co_return exit_ok;
}

}  // namespace jobraker::ctl
