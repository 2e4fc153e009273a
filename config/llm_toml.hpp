#pragma once

#include <map>
#include <string>
#include <string_view>

#include "config/llm_tables.hpp"

/// The tables of the gateway as TOML, one at a time; what concerns both is checked by
/// `read_llm_tables`.
namespace jobraker::config_detail {

/// Reads `operations.toml` into `out`.
ConfigProblem read_operations(std::string_view text,
                              std::map<std::string, Operation, std::less<>>& out);

/// Reads `models.toml` into `out`; snapshots become models of their own. A name that is in `out`
/// already is replaced.
ConfigProblem read_models(std::string_view text,
                          std::map<std::string, ModelInfo, std::less<>>& out);

}  // namespace jobraker::config_detail
