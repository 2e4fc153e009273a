#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "net/http/message.hpp"
#include "tools/sandbox/postings.hpp"

namespace jobraker::sandbox {

/// One question of an application form.
struct FormField {
  std::string name;   ///< `salary_expectation`
  std::string label;  ///< `Salary expectation`
  bool required = false;
};

/// What an employer's page asks.
struct JobForm {
  std::string company, job;
  std::vector<FormField> fields;
  bool closed = false;   ///< the job is no longer open
  bool login = false;    ///< only for those with an account
  bool captcha = false;  ///< guarded by a riddle
};

/// The page at an address, in the world of the sandbox:
/// - `/forms/{company}/{job}` on this machine, which the sandbox serves. The query decides:
///   `need=a,b` and `ask=c` add required and optional questions, `closed=1`, `login=1`,
///   `captcha=1`;
/// - addresses that the sandbox's Adzuna, feed and boards give: open as long as the posting is;
/// - every other address: an ordinary form.
JobForm form_at(const PostingStore& postings, std::string_view url, Time now);

/// The page as HTML.
std::string form_page(const JobForm& form);

/// `GET /forms/{company}/{job}`.
net::Response serve_form(const PostingStore& postings, const net::Request& request);

}  // namespace jobraker::sandbox
