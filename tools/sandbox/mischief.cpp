#include "tools/sandbox/mischief.hpp"

#include "tools/sandbox/anthropic_error.hpp"
#include "tools/sandbox/openai_error.hpp"
#include "tools/sandbox/skyvern_agent.hpp"

namespace jobraker::sandbox {

net::Response fault_response(const net::Request& request, const Fault& fault) {
  net::Response response;
  bool speaks_openai =
    request.path.starts_with("/v1/chat") || request.path.starts_with("/v1/embeddings") ||
    request.path.starts_with("/v1/moderations") || request.path.starts_with("/v1/models");
  if (!fault.body.empty())
    response = net::Response::json(fault.status, fault.body);
  else if (request.path.starts_with("/v1/messages") && fault.status >= 400)
    response = to_anthropic(usual_anthropic_error(fault.status), request.request_id);
  else if (speaks_openai && fault.status >= 400)
    response = to_response(usual_error(fault.status));
  else if (is_skyvern(request.path) && fault.status >= 400)
    response = fault.status >= 500
                 ? net::Response::json(fault.status, R"({"error":"Unexpected error: Sandbox"})")
                 : skyvern_error(fault.status,
                                 fault.status == 429
                                   ? "Rate limit exceeded for organization o_sandbox. Maximum 10 "
                                     "requests per 60 seconds allowed."
                                   : "This answer was ordered");
  else
    response = net::Response::json(
      fault.status, R"({"exception":"SANDBOX_FAULT","display":"This answer was ordered"})");
  for (const auto& [name, value] : fault.headers)
    response.headers.set(name, value);
  return response;
}

net::Response cut_off(net::Response response) {
  auto bytes = response.bytes();
  auto half = std::make_shared<std::string>(bytes.substr(0, bytes.size() / 2));
  auto sent = std::make_shared<bool>(false);
  response.body = net::BodyProducer{[half, sent]() -> task<Result<std::optional<std::string>>> {
    if (*sent || half->empty())
      co_return fail(Errc::cancelled, "cut on demand");
    *sent = true;
    co_return std::optional<std::string>{*half};
  }};
  return response;
}

net::Response without_body(net::Response response) {
  response.body = net::BodyProducer{[]() -> task<Result<std::optional<std::string>>> {
    co_return fail(Errc::cancelled, "lost on demand");
  }};
  return response;
}

net::Response end_too_early(net::Response response) {
  auto bytes = response.bytes();
  if (!bytes.empty())
    response.body = std::string{bytes.substr(0, bytes.size() * 2 / 3)};
  return response;
}

task<void> obey_late(const net::Request& request, const std::vector<Fault>& struck, Answer& answer,
                     bool& lose) {
  for (const auto& fault : struck) {
    if (fault.kind == FaultKind::late_reply)
      co_await pause_for(fault.ms);
    if (fault.kind == FaultKind::status_after) {
      answer.response = fault_response(request, fault);
      answer.outcome = Outcome::fault;
    }
    lose = lose || fault.kind == FaultKind::lost_reply;
  }
}

Mischief mischief_of(const std::vector<Fault>& struck) {
  Mischief out;
  for (const auto& fault : struck)
    switch (fault.kind) {
    case FaultKind::prose:
      out.prose = true;
      break;
    case FaultKind::broken_content:
      out.broken_content = true;
      break;
    case FaultKind::wrong_embedding_size:
      out.wrong_embedding_size = true;
      break;
    case FaultKind::unknown_tool:
      out.unknown_tool = true;
      break;
    case FaultKind::invented_employer:
      out.invented_employer = true;
      break;
    case FaultKind::flag:
      out.flag = true;
      break;
    case FaultKind::cut_stream:
      out.cut_stream = true;
      out.cut_after = fault.after;
      break;
    case FaultKind::stall_stream:
      out.stall_stream = true;
      out.stall_after = fault.after;
      out.stall_ms = fault.ms;
      break;
    case FaultKind::stream_error:
      out.stream_error = true;
      out.error_after = fault.after;
      break;
    default:
      if (is_run_fault(fault.kind))
        out.runs.push_back(fault);
      break;
    }
  return out;
}

}  // namespace jobraker::sandbox
