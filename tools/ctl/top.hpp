#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "messages/json.hpp"
#include "tools/ctl/table.hpp"

/// What `top` shows and how keys change it: pure, the terminal is elsewhere.
namespace jobraker::ctl {

/// Which rows are watched, in the words of the API.
struct TopQuery {
  std::string path{};
  std::string kind{};
  std::string state{};
  std::string q{};
  std::string sort = "busy";
  std::string order{};  ///< empty: the server's own
  unsigned limit = 100;
  unsigned interval_ms = 1000;
  bool operator==(const TopQuery&) const = default;
};

/// The frame that asks for these rows.
std::string watch_frame(const TopQuery& query);

/// What actors can be ordered by.
const std::vector<std::string>& actor_sorts();

/// What has to happen after a key or a frame.
enum class TopAct : unsigned char { nothing, draw, ask_again, quit };

/// One person who looks at the actors.
class Top {
public:
  Top(std::string server, TopQuery query);

  const TopQuery& query() const noexcept { return query_; }
  /// Figures have come twice: rates are known.
  bool has_rates() const noexcept { return figures_ >= 2; }

  /// A frame of the server. What is no frame, or of no known type, changes nothing.
  TopAct hear(std::string_view frame);
  /// Bytes that a terminal sends for keys.
  TopAct keys(std::string_view typed);
  /// The connection is lost, or there again (empty).
  void say(std::string trouble);

  /// At most `lines` lines for this terminal; the first figures pending, that says so.
  std::string screen(const Look& look, std::size_t lines) const;
  /// The last figures as the server sent them; empty before the first.
  const std::string& last() const noexcept { return last_; }

private:
  TopAct key(char typed);
  TopAct escape(std::string_view sequence);
  TopAct typing(char typed);
  TopAct scroll(std::int64_t rows);
  TopAct next_sort();
  void alarm(json::View alarm);
  std::string head(const Look& look) const;
  std::string body(const Look& look, std::size_t lines) const;
  std::string foot(const Look& look) const;

  struct Alarm {
    std::string id{};
    std::string text{};
  };
  std::string server_;
  TopQuery query_;
  std::optional<json::Document> figures_frame_{};
  std::string last_{};
  std::vector<Alarm> alarms_{};
  std::string trouble_{};
  std::uint64_t figures_ = 0;
  std::size_t from_ = 0;
  bool paused_ = false;
  bool kinds_ = false;
  bool help_ = false;
  std::optional<std::string> filter_{};  ///< being typed
};

}  // namespace jobraker::ctl
