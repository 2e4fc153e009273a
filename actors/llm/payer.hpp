#pragma once

#include <optional>
#include <string>

#include "actors/llm/gateway.hpp"

namespace jobraker::llm {

/// Who a call is for and whose budget pays for it.
struct Payer {
  std::optional<UserId> user{};
  std::optional<CompanyId> company{};
  std::string tenant = "system";  ///< whom limits and cached answers are kept apart by
};

/// The person's company is remembered for a minute; nobody: the system's own call.
task<Payer> payer_of(Services& services, std::optional<UserId> user);

/// A stand-in for the person by which a provider can tell people apart and nobody else can.
std::string safety_id(const Config& config, const Payer& payer);

}  // namespace jobraker::llm
