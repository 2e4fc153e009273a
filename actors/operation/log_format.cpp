#include "actors/operation/log_format.hpp"

#include <memory>
#include <mutex>
#include <unordered_map>

#include <spdlog/formatter.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/spdlog.h>

#include "actors/operation/core/log_line.hpp"
#include "messages/spans.hpp"

namespace jobraker::operation {
namespace {

/// Paths of actors by id, remembered, since to look one up means to look at all.
class ActorNames {
public:
  static constexpr std::size_t remembered = 4096;

  void set(std::function<std::string(std::uint64_t)> path_of) {
    std::lock_guard guard{mutex_};
    path_of_ = std::move(path_of);
    paths_.clear();
  }

  std::string find(std::uint64_t actor) {
    std::lock_guard guard{mutex_};
    if (actor == 0 || !path_of_)
      return {};
    if (const auto known = paths_.find(actor); known != paths_.end())
      return known->second;
    if (paths_.size() >= remembered)
      paths_.clear();
    return paths_[actor] = path_of_(actor);
  }

private:
  std::mutex mutex_;
  std::function<std::string(std::uint64_t)> path_of_;
  std::unordered_map<std::uint64_t, std::string> paths_;
};

ActorNames& names() {
  static ActorNames names;
  return names;
}

std::string hexadecimal(const std::array<std::uint8_t, 16>& bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  bool any = false;
  for (const auto byte : bytes) {
    any = any || byte != 0;
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
  return any ? out : std::string{};
}

/// A message with what the thread that says it is doing.
LogLine line_of(const spdlog::details::log_msg& message) {
  LogLine line;
  line.at = std::chrono::time_point_cast<std::chrono::microseconds>(message.time);
  const auto level = spdlog::level::to_string_view(message.level);
  line.level = {level.data(), level.size()};
  line.logger = {message.logger_name.data(), message.logger_name.size()};
  line.thread = message.thread_id;
  line.text = {message.payload.data(), message.payload.size()};
  const auto& cause = current_cause();
  line.trace = hexadecimal(cause.trace);
  line.actor = names().find(cause.actor);
  if (cause.principal)
    line.principal = to_string(cause.principal);
  return line;
}

void append(spdlog::memory_buf_t& to, std::string_view text) {
  to.append(text.data(), text.data() + text.size());
}

class JsonFormatter final : public spdlog::formatter {
public:
  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& to) override {
    append(to, to_json(line_of(message)));
    append(to, "\n");
  }
  std::unique_ptr<spdlog::formatter> clone() const override {
    return std::make_unique<JsonFormatter>();
  }
};

class CauseFlag final : public spdlog::custom_flag_formatter {
public:
  void format(const spdlog::details::log_msg& message, const std::tm&,
              spdlog::memory_buf_t& to) override {
    append(to, suffix_of(line_of(message)));
  }
  std::unique_ptr<spdlog::custom_flag_formatter> clone() const override {
    return std::make_unique<CauseFlag>();
  }
};

}  // namespace

void format_logs(LogFormat format) {
  if (format == LogFormat::json)
    return spdlog::set_formatter(std::make_unique<JsonFormatter>());
  auto lines = std::make_unique<spdlog::pattern_formatter>();
  lines->add_flag<CauseFlag>('*').set_pattern("%+%*");
  spdlog::set_formatter(std::move(lines));
}

void name_actors_in_logs(std::function<std::string(std::uint64_t)> path_of) {
  names().set(std::move(path_of));
}

}  // namespace jobraker::operation
