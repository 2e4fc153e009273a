#include "tools/ctl/top.hpp"

#include <algorithm>

#include "tools/ctl/page.hpp"
#include "tools/ctl/screens.hpp"

/// How keys and frames change what is shown. What is shown is in top_screen.cpp.
namespace jobraker::ctl {
namespace {

constexpr std::size_t alarms_max = 100;
constexpr std::size_t filter_max = 200;
constexpr std::int64_t page_rows = 20;

}  // namespace

const std::vector<std::string>& actor_sorts() {
  static const std::vector<std::string> sorts{"path",    "mailbox", "messages", "rate",
                                              "busy",    "wait",    "failures", "restarts",
                                              "running", "born",    "bytes"};
  return sorts;
}

std::string watch_frame(const TopQuery& query) {
  json::Writer w;
  w.begin_object().member("type", "watch").key("query").begin_object();
  auto maybe = [&](std::string_view name, const std::string& value) {
    if (!value.empty())
      w.member(name, std::string_view{value});
  };
  maybe("path", query.path);
  maybe("kind", query.kind);
  maybe("state", query.state);
  maybe("q", query.q);
  maybe("sort", query.sort);
  maybe("order", query.order);
  w.member("limit", static_cast<std::int64_t>(query.limit)).end_object();
  w.member("interval_ms", static_cast<std::int64_t>(query.interval_ms)).end_object();
  return w.text();
}

Top::Top(std::string server, TopQuery query)
    : server_(std::move(server)), query_(std::move(query)) {}

void Top::say(std::string trouble) { trouble_ = std::move(trouble); }

void Top::alarm(json::View alarm) {
  auto id = alarm["id"].string_or("");
  std::erase_if(alarms_, [&](const Alarm& known) { return known.id == id; });
  if (alarms_.size() < alarms_max)
    alarms_.push_back({id, any(alarm["level"]).text + " " + any(alarm["kind"]).text + " " +
                             any(alarm["path"]).text + ": " + any(alarm["detail"]).text});
}

TopAct Top::hear(std::string_view frame) {
  auto document = json::Document::parse(frame);
  if (!document)
    return TopAct::nothing;
  auto root = document->root();
  auto type = root["type"].string_or("");
  if (type == "alarm") {
    alarm(root["alarm"]);
  } else if (type == "alarm_over") {
    auto id = root["id"].string_or("");
    std::erase_if(alarms_, [&](const Alarm& known) { return known.id == id; });
  } else if (type == "error") {
    trouble_ = "the server refuses: " + root["detail"].string_or("");
  } else if (type == "figures") {
    ++figures_;
    if (paused_)
      return TopAct::nothing;
    trouble_.clear();
    last_ = frame;
    figures_frame_ = std::move(*document);
  } else {
    return TopAct::nothing;
  }
  return TopAct::draw;
}

TopAct Top::keys(std::string_view typed) {
  auto act = TopAct::nothing;
  while (!typed.empty() && act != TopAct::quit) {
    auto size = std::size_t{1};
    auto now = TopAct::nothing;
    if (typed.starts_with("\x1b[") && !filter_) {
      auto end = typed.find_first_of("ABCDEFGH~", 2);
      size = end == std::string_view::npos ? typed.size() : end + 1;
      now = escape(typed.substr(2, size - 2));
    } else {
      now = filter_ ? typing(typed.front()) : key(typed.front());
    }
    act = std::max(act, now);
    typed.remove_prefix(size);
  }
  return act;
}

TopAct Top::typing(char typed) {
  auto byte = static_cast<unsigned char>(typed);
  if (typed == '\r' || typed == '\n') {
    query_.q = *filter_;
    filter_.reset();
    from_ = 0;
    return TopAct::ask_again;
  }
  if (typed == '\x1b')
    filter_.reset();
  else if (typed == '\x7f' || typed == '\b') {
    while (!filter_->empty() && (static_cast<unsigned char>(filter_->back()) & 0xC0) == 0x80)
      filter_->pop_back();
    if (!filter_->empty())
      filter_->pop_back();
  } else if (typed == '\x15') {
    filter_->clear();
  } else if (byte >= 0x20 && filter_->size() < filter_max) {
    *filter_ += typed;
  }
  return TopAct::draw;
}

TopAct Top::next_sort() {
  const auto& sorts = actor_sorts();
  auto found = std::find(sorts.begin(), sorts.end(), query_.sort);
  query_.sort = found == sorts.end() || found + 1 == sorts.end() ? sorts.front() : *(found + 1);
  query_.order.clear();
  from_ = 0;
  return TopAct::ask_again;
}

TopAct Top::scroll(std::int64_t rows) {
  auto most = figures_frame_ ? figures_frame_->root()["rows"].size() : 0;
  auto at = std::clamp<std::int64_t>(static_cast<std::int64_t>(from_) + rows, 0,
                                     most > 0 ? static_cast<std::int64_t>(most) - 1 : 0);
  from_ = static_cast<std::size_t>(at);
  return TopAct::draw;
}

TopAct Top::escape(std::string_view sequence) {
  if (sequence == "A")
    return scroll(-1);
  if (sequence == "B")
    return scroll(1);
  if (sequence == "5~")
    return scroll(-page_rows);
  if (sequence == "6~")
    return scroll(page_rows);
  if (sequence == "H" || sequence == "1~")
    return scroll(-static_cast<std::int64_t>(from_));
  return TopAct::nothing;
}

TopAct Top::key(char typed) {
  bool helped = std::exchange(help_, false);
  switch (typed) {
  case 'q':
  case 'Q':
  case '\x03':
  case '\x04':
    return TopAct::quit;
  case 's':
    return next_sort();
  case 'r': {
    // Paths begin upwards, figures downwards: what is not said is turned round.
    bool upwards = query_.order.empty() ? query_.sort == "path" : query_.order == "asc";
    query_.order = upwards ? "desc" : "asc";
    return TopAct::ask_again;
  }
  case 'k':
    kinds_ = !kinds_;
    return TopAct::draw;
  case ' ':
    paused_ = !paused_;
    return TopAct::draw;
  case '/':
    filter_ = query_.q;
    return TopAct::draw;
  case 'h':
  case '?':
    help_ = !helped;
    return TopAct::draw;
  default:
    return helped ? TopAct::draw : TopAct::nothing;
  }
}

}  // namespace jobraker::ctl
