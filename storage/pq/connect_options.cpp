#include "storage/pq/connect_options.hpp"

#include <memory>

#include <libpq-fe.h>

namespace jobraker::storage::pq {

std::string ConnectOptions::get(std::string_view keyword) const {
  for (const auto& [key, value] : pairs)
    if (key == keyword)
      return value;
  return {};
}

void ConnectOptions::set(std::string_view keyword, std::string value) {
  for (auto& [key, old] : pairs)
    if (key == keyword) {
      old = std::move(value);
      return;
    }
  pairs.emplace_back(keyword, std::move(value));
}

std::vector<const char*> ConnectOptions::keywords() const {
  std::vector<const char*> list;
  for (const auto& pair : pairs)
    list.push_back(pair.first.c_str());
  list.push_back(nullptr);
  return list;
}

std::vector<const char*> ConnectOptions::values() const {
  std::vector<const char*> list;
  for (const auto& pair : pairs)
    list.push_back(pair.second.c_str());
  list.push_back(nullptr);
  return list;
}

Result<ConnectOptions> connect_options(const Settings& settings) {
  char* problem = nullptr;
  std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> parsed{
    PQconninfoParse(settings.url.c_str(), &problem), PQconninfoFree};
  PQfreemem(problem);
  if (!parsed)
    return fail(Errc::invalid,
                "the database URL is neither a postgresql:// URI nor keywords and values");
  ConnectOptions options;
  for (auto* option = parsed.get(); option->keyword; ++option)
    if (option->val)
      options.set(option->keyword, option->val);
  options.set("client_encoding", "UTF8");
  options.set("fallback_application_name", "jobraker");
  // Time-outs are the server's, too: a statement nobody waits for any more must not run on, nor a
  // transaction whose client hangs hold its locks. Statements here are short: JIT only delays them.
  auto timeout = std::to_string(settings.statement_timeout.count());
  auto given = options.get("options");
  options.set("options",
              given + (given.empty() ? "" : " ") + "-c statement_timeout=" + timeout +
                " -c idle_in_transaction_session_timeout=60000 -c timezone=UTC"
                " -c datestyle=ISO -c bytea_output=hex -c extra_float_digits=1 -c jit=off");
  return options;
}

}  // namespace jobraker::storage::pq
