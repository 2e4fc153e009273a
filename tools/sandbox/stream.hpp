#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/http/message.hpp"
#include "tools/sandbox/served.hpp"

namespace jobraker::sandbox {

/// What the events of one kind have in common: `before`, the piece as a JSON string, `after`.
/// With `counts`, the tokens so far stand between `after` and `end` (OpenAI's usage as vLLM sends
/// it with every chunk).
struct StreamShape {
  std::string before, after;
  bool counts = false;
  std::string end{};
};

/// The events of a streamed answer. They are made one by one when their time has come: a thousand
/// streams hold their pieces and not their JSON.
class StreamScript {
public:
  /// Gives a shape its number.
  std::uint32_t shape(StreamShape shape);
  /// An event of that shape that carries `tokens` tokens.
  void add(std::uint32_t shape, std::string piece, std::uint32_t tokens = 1);
  /// An event as it is.
  void whole(std::string event, std::uint32_t tokens = 0);
  /// Prompt tokens for shapes that count.
  void prompt_tokens(std::uint64_t tokens, std::uint64_t cached = 0) {
    prompt_ = tokens;
    cached_ = cached;
  }

  std::size_t size() const noexcept { return steps_.size(); }
  std::uint32_t tokens_at(std::size_t index) const { return steps_[index].tokens; }
  /// Appends one event; `so_far` are the tokens sent with it.
  void render(std::size_t index, std::uint64_t so_far, std::string& out) const;
  /// All events together.
  std::string text() const;
  /// The events of several scripts in turn, as several choices of one answer arrive.
  static StreamScript interleave(std::vector<StreamScript> scripts);

private:
  struct Step {
    std::uint32_t shape;
    std::uint32_t tokens;
    std::string piece;
  };
  static constexpr std::uint32_t verbatim = 0xFFFFFFFF;
  std::vector<StreamShape> shapes_;
  std::vector<Step> steps_;
  std::uint64_t prompt_ = 0;
  std::uint64_t cached_ = 0;
};

/// How a script is played.
struct StreamPlan {
  StreamScript script;
  std::chrono::milliseconds pace{0};      ///< before each token
  std::optional<std::size_t> cut_at{};    ///< the connection ends before this event
  std::optional<std::size_t> stall_at{};  ///< nothing is sent for `stall` before this event
  std::chrono::milliseconds stall{0};
  std::optional<std::size_t> error_at{};  ///< the stream ends properly, with `error` instead of it
  std::string error{};
  /// Called exactly once with how it ended and the tokens sent, before the last bytes are written.
  std::function<void(Outcome, std::uint64_t)> settle{};
};

/// The body of a streamed response. Tokens come at whole multiples of the pace after the start,
/// however late a single one was, so that a thousand streams keep their rhythm; without a pace they
/// go out in pieces of some kilobytes. A reader who leaves settles it as aborted.
net::BodyProducer play(StreamPlan plan);

}  // namespace jobraker::sandbox
