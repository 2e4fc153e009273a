#include "tests/chat/stream_world.hpp"

#include <algorithm>

#include <rapidcheck.h>

#include "messages/json.hpp"

namespace jobraker::chat::world {

using chat_client::AnswerState;
using chat_client::Frame;
using chat_client::Transcript;

World::World(std::size_t memory, std::size_t high_water, std::size_t devices, Counts& counts)
    : counts_(counts), memory_(memory), high_water_(high_water), devices_(devices) {}

namespace {

/// Members of a frame: `"type":"…","turn_id":"…",…`.
std::string members(std::string_view type, const TurnId& turn,
                    std::initializer_list<std::pair<std::string_view, std::string_view>> texts,
                    std::string_view raw = {}) {
  json::Writer w;
  w.begin_object().member("type", type).member("turn_id", std::string_view{to_string(turn)});
  for (auto [name, value] : texts)
    w.member(name, value);
  w.end_object();
  auto text = w.text();
  return text.substr(1, text.size() - 2) + std::string{raw};
}

std::string words(std::uint32_t arg) {
  static constexpr const char* some[] = {
    "a",    " word",   "\"quoted\"",
    "\n\n", " größer", "\\",
    " 😀",  "",        " a longer piece of text, as models send them"};
  std::string text = some[arg % std::size(some)];
  return text + std::to_string(arg % 7);
}

}  // namespace

// The conversation.

void World::start() {
  if (log_)
    return;
  log_.emplace(id_, rows_.empty() ? StreamPosition{} : rows_.back().position, memory_);
  if (running())
    interrupt();
}

void World::crash(std::uint32_t arg) {
  if (!log_)
    return;
  counts_.died_committing += committing_.has_value();
  log_.reset();
  committing_.reset();
  subscribers_.clear();
  rows_questions_.clear();
  for (auto& device : devices_)
    if (auto& c = device.connection) {
      // What was on its way is lost, or finds the successor; a request that fails is sent again.
      if (arg++ % 2 == 0)
        std::erase_if(c->outbox, [](const ToConversation& m) {
          auto* ask = std::get_if<Ask>(&m);
          return ask == nullptr || ask->replay;
        });
      c->inbox.emplace_back(Down{});
    }
}

/// Stores frames of `turn`, whose view is what holds after them.
void World::commit(std::vector<Frames> frames, TrueTurn& turn) {
  auto position = log_->next();
  counts_.epochs += position.seq == 1;
  turn.view.since = turn.view.text.size();
  for (const auto& frame : frames) {
    rows_.push_back({position, frame.type, frame.members});
    note(turn, position);
    ++position.seq;
  }
  committing_ = std::move(frames);
}

void World::finish_commit() {
  auto frames = std::exchange(committing_, {});
  for (auto& frame : *frames) {
    auto before = log_->bytes();
    publish(log_->append_kept(frame.type, frame.members, frame.ends));
    counts_.trimmed += log_->bytes() < before;
  }
}

void World::publish(const WireFrame& frame) {
  for (int session : subscribers_)
    if (auto* at = connection(session))
      at->inbox.emplace_back(frame);
}

TrueTurn* World::running() { return running_ ? &turns_[*running_] : nullptr; }

void World::begin_next() {
  auto next =
    std::find_if(turns_.begin(), turns_.end(), [](const TrueTurn& turn) { return turn.queued; });
  if (running_ || next == turns_.end())
    return;
  running_ = static_cast<std::size_t>(next - turns_.begin());
  next->queued = false;
  if (log_->begun())
    return;
  next->view.state = AnswerState::writing;
  commit({{"started", members("started", next->view.id, {}), {}}}, *next);
}

void World::accept(TrueTurn& turn) {
  auto view = chat_client::TurnView{};
  view.id = turn.view.id;
  view.asked = turn.view.asked;
  turn.view = std::move(view);
  turn.accepted = log_->next();
  turn.queued = true;
  commit({{"accepted", members("accepted", turn.view.id, {{"content", turn.view.asked}}), {}}},
         turn);
}

void World::ask(std::uint32_t arg) {
  auto& turn = turns_.emplace_back();
  turn.view.id = TurnId::of("turn" + std::to_string(turns_.size()));
  turn.view.asked = words(arg);
  accept(turn);
}

void World::token(std::uint32_t arg) {
  begin_next();
  if (!running_ || committing_)
    return;
  auto& turn = *running();
  auto text = words(arg);
  auto frame = log_->append_token(turn.view.id, text);
  RC_ASSERT(frame.json != nullptr);
  ++counts_.tokens;
  turn.view.text += text;
  turn.view.state = AnswerState::writing;
  note(turn, frame.position);
  publish(frame);
}

void World::restart() {
  if (!running_)
    return;
  auto& turn = *running();
  turn.view.text.resize(turn.view.since);
  auto frame = log_->append_passing(turn.view.id, "restart",
                                    members("restart", turn.view.id, {{"reason", "upstream"}}));
  note(turn, frame.position);
  publish(frame);
}

void World::keep(std::uint32_t arg) {
  begin_next();
  if (!running_ || committing_)
    return;
  auto& turn = *running();
  turn.view.state = AnswerState::writing;
  auto name = "c" + std::to_string(++names_);
  auto& tools = turn.view.tools;
  if (auto& question = turn.view.question) {
    auto said = members("confirmed", turn.view.id, {{"confirmation_id", question->id}});
    question.reset();
    return commit({{"confirmed", said, {}}}, turn);
  }
  if (!tools.empty() && !tools.back().ok) {
    tools.back().ok = true;
    tools.back().result = "[1,\"x\"]";
    auto said = members("tool_result", turn.view.id,
                        {{"call_id", tools.back().call_id}, {"name", tools.back().name}},
                        R"(,"ok":true,"result":[1,"x"])");
    return commit({{"tool_result", said, {}}}, turn);
  }
  if (arg % 2 == 0) {
    turn.view.question = chat_client::Question{name, "updatePreferences", "{}", "May I?"};
    auto said =
      members("confirm", turn.view.id,
              {{"confirmation_id", name}, {"name", "updatePreferences"}, {"text", "May I?"}},
              R"(,"arguments":{})");
    return commit({{"confirm", said, {}}}, turn);
  }
  tools.push_back({name, "searchJobs", R"({"q":"c++"})", {}, {}});
  auto said = members("tool_call", turn.view.id, {{"call_id", name}, {"name", "searchJobs"}},
                      R"(,"arguments":{"q":"c++"})");
  commit({{"tool_call", said, {}}}, turn);
}

void World::end_turn(std::uint32_t arg) {
  if (!running_)
    return;
  auto& turn = *running();
  auto id = turn.view.id;
  running_.reset();
  turn.view.question.reset();
  if (arg % 4 == 0) {
    turn.view.text.clear();
    turn.view.state = AnswerState::failed;
    turn.view.problem = "it broke";
    return commit(
      {{"error", members("error", id, {{"code", "unavailable"}, {"detail", "it broke"}}), id}},
      turn);
  }
  bool cancelled = arg % 4 == 1;
  turn.view.state = cancelled ? AnswerState::cancelled : AnswerState::done;
  turn.view.sources = {{"S1", "job", "7", "C++ developer", {}}};
  auto said = members(
    "message", id,
    {{"message_id", "m"}, {"content", turn.view.text}, {"state", cancelled ? "cancelled" : "done"}},
    R"(,"sources":[{"id":"S1","kind":"job","ref":"7","title":"C++ developer"}])");
  commit({{"message", said, {}}, {"usage", members("usage", id, {}), id}}, turn);
}

void World::rerun(std::uint32_t arg) {
  std::vector<TrueTurn*> open;
  for (auto& turn : turns_)
    if (turn.view.state == AnswerState::failed || turn.view.state == AnswerState::interrupted)
      open.push_back(&turn);
  counts_.ran_again += !open.empty();
  if (!open.empty())
    accept(*open[arg % open.size()]);
}

void World::take_back() {
  auto last =
    std::find_if(turns_.rbegin(), turns_.rend(), [](const TrueTurn& turn) { return turn.queued; });
  if (last == turns_.rend())
    return;
  counts_.taken_back += running_.has_value();
  last->queued = false;
  last->view.state = AnswerState::cancelled;
  last->view.problem = "taken back";
  auto id = last->view.id;
  commit({{"error", members("error", id, {{"code", "cancelled"}, {"detail", "taken back"}}), id}},
         *last);
}

/// What a start does with a turn that was running.
void World::interrupt() {
  auto& turn = *running();
  auto id = turn.view.id;
  running_.reset();
  turn.view.text.clear();
  turn.view.question.reset();
  turn.view.state = AnswerState::interrupted;
  turn.view.problem = "restarted";
  commit({{"interrupted", members("interrupted", id, {{"detail", "restarted"}}), id}}, turn);
}

void World::answer(int session, std::optional<AskReplay> asked, Replay replay) {
  counts_.partial += replay.kind == Replay::Kind::partial;
  counts_.unknown += replay.kind == Replay::Kind::unknown;
  RC_ASSERT(replay.kind != Replay::Kind::partial || !replay.frames.empty());
  for (const auto& frame : replay.frames) {
    counts_.joined += frame.type == "token" && frame.span > 1;
    counts_.widened += frame.type != "token" && frame.span > 1;
  }
  if (replay.kind == Replay::Kind::partial && replay.frames.back().type == "token")
    ++counts_.cut_runs;
  if (auto* at = connection(session))
    at->inbox.emplace_back(Answer{asked, log_->end(), std::move(replay)});
}

bool World::hear(Connection& from, std::uint32_t arg) {
  if (from.outbox.empty())
    return false;
  auto message = std::move(from.outbox.front());
  from.outbox.pop_front();
  if (std::holds_alternative<Forget>(message)) {
    subscribers_.erase(from.id);
    return true;
  }
  start();
  subscribers_.insert(from.id);
  auto asked = std::get<Ask>(message).replay;
  if (!asked) {
    answer(from.id, asked, {});
    return true;
  }
  auto replay = log_->replay(asked->after, 1 + arg % 700);
  if (replay.kind == Replay::Kind::need_rows) {
    ++counts_.need_rows;
    rows_questions_.push_back({from.id, *asked, replay.rows_until, {}, false});
    return true;
  }
  bool stored = rows_.empty() || asked->after <= rows_.back().position;
  counts_.beyond_stored += !stored && replay.kind == Replay::Kind::complete;
  answer(from.id, asked, std::move(replay));
  return true;
}

/// Reads a page of rows, or answers with it: in between the log moves on.
bool World::look_up_rows(std::uint32_t arg) {
  if (rows_questions_.empty())
    return false;
  auto at = rows_questions_.begin() + static_cast<std::ptrdiff_t>(arg % rows_questions_.size());
  if (!at->rows) {
    auto page = 1 + arg / 3 % 6;
    at->rows.emplace();
    for (const auto& row : rows_)
      if (row.position > at->asked.after && row.position <= at->until && at->rows->size() < page)
        at->rows->push_back(row);
    at->whole = at->rows->size() < page;
    return true;
  }
  auto question = std::move(*at);
  rows_questions_.erase(at);
  auto replay =
    log_->replay_rows(question.asked.after, *question.rows, question.whole, 1 + arg / 3 % 900);
  counts_.rows_again += question.whole && replay.kind != Replay::Kind::complete;
  answer(question.session, question.asked, std::move(replay));
  return true;
}

}  // namespace jobraker::chat::world
