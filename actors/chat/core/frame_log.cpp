#include "actors/chat/core/frame_log.hpp"

#include <algorithm>
#include <charconv>

#include "messages/json.hpp"

namespace jobraker::chat {
namespace {

constexpr std::string_view token_type = "token";
constexpr std::size_t token_overhead = 192;  // of a token's frame, beside its text

void append_number(std::string& out, std::int64_t number) {
  char digits[20];
  auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  out.append(digits, static_cast<std::size_t>(end - digits));
}

void append_place(std::string& out, std::string_view tail, StreamPosition position,
                  std::int64_t span) {
  out += tail;
  append_number(out, position.epoch);
  out += R"(,"seq":)";
  append_number(out, position.seq);
  if (span != 1) {
    out += R"(,"span":)";
    append_number(out, span);
  }
  out += '}';
}

bool holds(const std::vector<TurnId>& turns, const TurnId& turn) {
  return std::find(turns.begin(), turns.end(), turn) != turns.end();
}

}  // namespace

FrameLog::FrameLog(ConversationId id, StreamPosition last, std::size_t bytes_max)
    : tail_(R"(,"conversation_id":")" + to_string(id) + R"(","epoch":)"), stored_(last),
      bytes_max_(bytes_max) {}

StreamPosition FrameLog::end() const noexcept {
  return begun() ? StreamPosition{epoch_, seq_} : stored_;
}

StreamPosition FrameLog::next() const noexcept {
  return begun() ? StreamPosition{epoch_, seq_ + 1} : StreamPosition{stored_.epoch + 1, 1};
}

std::size_t FrameLog::Entry::bytes() const noexcept {
  return sizeof(Entry) + (json ? json->size() + sizeof *json : 0) + text.capacity() +
         ends.capacity() * sizeof ends[0];
}

/// The first position of this epoch that memory covers.
std::int64_t FrameLog::oldest() const noexcept {
  return entries_.empty() ? seq_ + 1 : entries_.front().first;
}

WireFrame FrameLog::render(std::string_view type, std::string_view members, StreamPosition position,
                           std::int64_t span) const {
  std::string json;
  json.reserve(members.size() + tail_.size() + 72);
  json += '{';
  json += members;
  append_place(json, tail_, position, span);
  return {position, span, std::string{type}, std::make_shared<const std::string>(std::move(json))};
}

WireFrame FrameLog::render_token(const TurnId& turn, std::string_view text, std::int64_t seq,
                                 std::int64_t span) const {
  std::string json;
  json.reserve(token_overhead + text.size() + text.size() / 8);
  json += R"({"type":"token","turn_id":")";
  if (turn == token_turn_)
    json += token_turn_text_;
  else
    json += to_string(turn);
  json += R"(","text":")";
  json::append_escaped(json, text);
  json += '"';
  append_place(json, tail_, {epoch_, seq}, span);
  return {{epoch_, seq},
          span,
          std::string{token_type},
          std::make_shared<const std::string>(std::move(json))};
}

WireFrame FrameLog::append_kept(std::string_view type, std::string_view members,
                                const TurnId& ends) {
  auto position = next();
  epoch_ = position.epoch;
  seq_ = position.seq;
  auto frame = render(type, members, position, 1);
  Entry entry;
  entry.kept = true;
  entry.type = type;
  entry.json = frame.json;
  entry.members = members.size();
  remember(std::move(entry));
  if (ends && std::erase(open_, ends) != 0)
    ended_.push_back({ends, seq_});
  trim();
  return frame;
}

WireFrame FrameLog::append_token(const TurnId& turn, std::string_view text) {
  if (!begun())
    return {stored_, 1, std::string{token_type}, nullptr};
  ++seq_;
  if (turn != token_turn_ || token_turn_text_.empty()) {
    token_turn_ = turn;
    token_turn_text_ = to_string(turn);
  }
  bool joins = !entries_.empty() && entries_.back().run() && entries_.back().turn == turn;
  if (!joins) {
    Entry entry;
    entry.turn = turn;
    remember(std::move(entry));
  }
  auto& run = entries_.back();
  bytes_ -= run.bytes();
  run.last = seq_;
  run.text += text;
  run.ends.push_back(static_cast<std::uint32_t>(run.text.size()));
  bytes_ += run.bytes();
  auto frame = render_token(turn, text, seq_, 1);
  trim();
  return frame;
}

WireFrame FrameLog::append_passing(const TurnId& turn, std::string_view type,
                                   std::string_view members) {
  if (!begun())
    return {stored_, 1, std::string{type}, nullptr};
  ++seq_;
  auto frame = render(type, members, {epoch_, seq_}, 1);
  Entry entry;
  entry.turn = turn;
  entry.type = type;
  entry.json = frame.json;
  entry.members = members.size();
  remember(std::move(entry));
  trim();
  return frame;
}

/// Takes an entry in, as the one at the log's end.
void FrameLog::remember(Entry entry) {
  entry.first = entry.last = seq_;
  if (!entry.kept && !holds(open_, entry.turn))
    open_.push_back(entry.turn);
  bytes_ += entry.bytes();
  entries_.push_back(std::move(entry));
}

void FrameLog::trim() {
  while (bytes_ > bytes_max_)
    if (!ended_.empty()) {
      drop_ended_turn();
    } else if (!entries_.empty() && entries_.front().kept) {
      bytes_ -= entries_.front().bytes();
      entries_.pop_front();
    } else {
      return;  // the text of a turn that runs
    }
}

/// Drops the passing frames of the turn that ended first. All of them: a run of tokens without its
/// beginning would be a gap in the text.
void FrameLog::drop_ended_turn() {
  auto [turn, end] = ended_.front();
  ended_.pop_front();
  std::int64_t uncovered = 0;  // the first position whose frame went; 0 when none has
  auto stays = entries_.begin();
  for (auto& entry : entries_) {
    if (!entry.kept && entry.turn == turn && entry.last < end) {
      uncovered = uncovered == 0 ? entry.first : uncovered;
      bytes_ -= entry.bytes();
      continue;
    }
    // The turn's last frame lies behind all of them, so there is always one that covers the place.
    if (uncovered != 0)
      entry.first = std::exchange(uncovered, 0);
    if (&*stays != &entry)
      *stays = std::move(entry);
    ++stays;
  }
  entries_.erase(stays, entries_.end());
}

/// What lies after `after` and is not in memory: up to where. Nothing when memory reaches back.
std::optional<StreamPosition> FrameLog::missing(StreamPosition after) const {
  if (begun() && oldest() > 1) {
    StreamPosition until{epoch_, oldest() - 1};
    return after < until ? std::optional{until} : std::nullopt;
  }
  return after < stored_ ? std::optional{stored_} : std::nullopt;
}

/// Appends tokens of a run after `at`, as one frame; false when not all of them have found room.
bool FrameLog::append_run(Replay& out, const Entry& run, std::int64_t at, std::size_t& left) const {
  auto count = static_cast<std::int64_t>(run.ends.size());
  auto begin = run.last - count + 1;  // seq of the first token
  auto from = static_cast<std::size_t>(std::max(at + 1, begin) - begin);
  auto text_from = from == 0 ? 0 : run.ends[from - 1];
  auto room = left > token_overhead ? left - token_overhead : 0;
  auto to =
    static_cast<std::size_t>(std::upper_bound(run.ends.begin() + static_cast<std::ptrdiff_t>(from),
                                              run.ends.end(), text_from + room) -
                             run.ends.begin());
  if (to == from) {
    if (!out.frames.empty())
      return false;
    to = from + 1;
  }
  auto text = std::string_view{run.text}.substr(text_from, run.ends[to - 1] - text_from);
  auto seq = begin + static_cast<std::int64_t>(to) - 1;
  out.frames.push_back(render_token(run.turn, text, seq, seq - at));
  left -= std::min(left, out.frames.back().json->size());
  return to == run.ends.size();
}

/// Appends what memory holds after `position`, which it reaches back to.
void FrameLog::append_memory(Replay& out, StreamPosition position, std::size_t left) const {
  auto at = position.epoch == epoch_ ? position.seq : 0;
  auto entry = std::partition_point(entries_.begin(), entries_.end(),
                                    [&](const Entry& e) { return e.last <= at; });
  for (; entry != entries_.end(); at = entry->last, ++entry) {
    if (entry->run()) {
      if (append_run(out, *entry, at, left))
        continue;
      out.kind = Replay::Kind::partial;
      return;
    }
    if (!out.frames.empty() && entry->json->size() > left) {
      out.kind = Replay::Kind::partial;
      return;
    }
    auto span = entry->last - at;
    StreamPosition place{epoch_, entry->last};
    if (span == 1)
      out.frames.push_back({place, 1, entry->type, entry->json});
    else
      out.frames.push_back(
        render(entry->type, std::string_view{*entry->json}.substr(1, entry->members), place, span));
    left -= std::min(left, entry->json->size());
  }
}

Replay FrameLog::replay(StreamPosition after, std::size_t bytes_max) const {
  Replay out;
  auto last = end();
  // Behind the end of an earlier epoch, or of one that this log has not begun to follow, lie
  // passing frames that went with the actor that had made them.
  if (after.epoch > last.epoch || (begun() && after.epoch == epoch_ && after.seq > seq_)) {
    out.kind = Replay::Kind::unknown;
  } else if (auto until = missing(after)) {
    out.kind = Replay::Kind::need_rows;
    out.rows_until = *until;
  } else {
    append_memory(out, after, bytes_max);
  }
  return out;
}

Replay FrameLog::replay_rows(StreamPosition after, const std::vector<StoredFrame>& rows, bool whole,
                             std::size_t bytes_max) const {
  Replay out;
  auto left = bytes_max;
  auto at = after;
  for (const auto& row : rows) {
    auto span = row.position.epoch == at.epoch ? row.position.seq - at.seq : row.position.seq;
    auto frame = render(row.type, row.body, row.position, span);
    if (!out.frames.empty() && frame.json->size() > left) {
      out.kind = Replay::Kind::partial;
      return out;
    }
    left -= std::min(left, frame.json->size());
    out.frames.push_back(std::move(frame));
    at = row.position;
  }
  auto until = missing(at);
  if (!rows.empty() && (!whole || until)) {
    out.kind = Replay::Kind::partial;
  } else if (rows.empty() && until && !whole) {
    out.kind = Replay::Kind::need_rows;
    out.rows_until = *until;
  } else {
    // No row although some were missing: they are gone for good, and memory is all there is.
    append_memory(out, at, left);
  }
  return out;
}

}  // namespace jobraker::chat
