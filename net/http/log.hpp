#pragma once

namespace spdlog {
class logger;
}

namespace jobraker::net {

/// The logger of this folder, `net`; made from the default logger at its first use.
spdlog::logger& log();

}  // namespace jobraker::net
