#include "net/http/log.hpp"

#include <spdlog/spdlog.h>

namespace jobraker::net {

spdlog::logger& log() {
  static const auto logger = [] {
    auto made = spdlog::get("net");
    if (!made) {
      made = spdlog::default_logger()->clone("net");
      spdlog::register_logger(made);
    }
    return made;
  }();
  return *logger;
}

}  // namespace jobraker::net
