#include "actors/chat/core/fuse.hpp"

#include <algorithm>
#include <charconv>
#include <set>
#include <tuple>
#include <utility>

namespace jobraker::chat {
namespace {

/// A chunk with what all lists say of it.
struct Scored {
  const FoundChunk* chunk = nullptr;
  double score = 0;
};

auto key_of(const FoundChunk& chunk) { return std::tie(chunk.kind, chunk.ref, chunk.chunk); }

/// Reciprocal rank fusion; within a list the first mention counts.
std::vector<Scored> scored(const std::vector<RankedList>& lists, double k) {
  using Key = std::tuple<std::string, std::string, std::int64_t>;
  std::map<Key, Scored> found;
  for (const auto& list : lists) {
    std::set<Key> seen;
    double rank = 0;
    for (const auto& hit : list.hits) {
      Key key{key_of(hit)};
      if (!seen.insert(key).second)
        continue;
      rank += 1;
      auto& entry = found[key];
      if (!entry.chunk)
        entry.chunk = &hit;
      entry.score += list.weight / (k + rank);
    }
  }
  std::vector<Scored> out;
  for (const auto& [key, entry] : found)
    out.push_back(entry);
  std::stable_sort(out.begin(), out.end(),
                   [](const Scored& a, const Scored& b) { return a.score > b.score; });
  return out;
}

/// A text without what differs between two copies of it.
std::string squeezed(std::string_view text) {
  std::string out;
  for (char c : text)
    if (c != ' ' && c != '\n' && c != '\t' && c != '\r')
      out += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return out;
}

struct Chosen {
  std::vector<const FoundChunk*> chunks{};
  double score = 0;
};

std::size_t cap_of(const FuseOptions& options, const std::string& kind) {
  auto found = options.kind_caps.find(kind);
  return found == options.kind_caps.end() ? options.per_kind_max : found->second;
}

/// The texts of one source in reading order.
std::string text_of(std::vector<const FoundChunk*> chunks) {
  std::sort(chunks.begin(), chunks.end(),
            [](const auto* a, const auto* b) { return a->chunk < b->chunk; });
  std::string out;
  for (std::size_t i = 0; i < chunks.size(); ++i) {
    if (i > 0)
      out += chunks[i]->chunk == chunks[i - 1]->chunk + 1 ? "\n" : "\n\xE2\x80\xA6\n";
    out += chunks[i]->text;
  }
  return out;
}

/// Takes the best chunks as long as caps and budget allow; one that is too big leaves its place to
/// smaller ones behind it.
std::vector<Chosen> choose(const std::vector<Scored>& ranked, const FuseOptions& options,
                           const CountTokens& count) {
  std::vector<Chosen> out;
  std::map<std::pair<std::string, std::string>, std::size_t> places;
  std::map<std::string, std::size_t> kinds;
  std::set<std::string> texts;
  auto left = options.budget_tokens;
  for (const auto& [chunk, score] : ranked) {
    if (chunk->text.find_first_not_of(" \t\r\n") == std::string::npos)
      continue;
    auto place = places.find({chunk->kind, chunk->ref});
    bool fresh = place == places.end();
    if (fresh
          ? out.size() >= options.sources_max || kinds[chunk->kind] >= cap_of(options, chunk->kind)
          : out[place->second].chunks.size() >= options.chunks_per_source_max)
      continue;
    auto cost = count(chunk->text) + (fresh ? count(chunk->title) : 1);
    if (cost > left || !texts.insert(squeezed(chunk->text)).second)
      continue;
    left -= cost;
    if (fresh) {
      ++kinds[chunk->kind];
      places[{chunk->kind, chunk->ref}] = out.size();
      out.push_back({{chunk}, score});
    } else {
      out[place->second].chunks.push_back(chunk);
    }
  }
  return out;
}

/// The number of `S7` in a list between brackets, or 0.
std::size_t source_number(std::string_view name) {
  while (name.starts_with(' '))
    name.remove_prefix(1);
  while (name.ends_with(' '))
    name.remove_suffix(1);
  if (name.size() < 2 || name[0] != 'S' || name[1] == '0')
    return 0;
  std::size_t number = 0;
  auto [end, error] = std::from_chars(name.data() + 1, name.data() + name.size(), number);
  return error == std::errc{} && end == name.data() + name.size() ? number : 0;
}

}  // namespace

std::vector<RetrievedSource> fuse(const std::vector<RankedList>& lists, const FuseOptions& options,
                                  const CountTokens& count) {
  std::vector<RetrievedSource> out;
  if (options.chunks_per_source_max == 0)
    return out;
  for (const auto& chosen : choose(scored(lists, options.k), options, count)) {
    const auto& best = *chosen.chunks.front();
    auto id = "S" + std::to_string(out.size() + 1);
    out.push_back({{std::move(id), best.kind, best.ref, best.title, best.url},
                   text_of(chosen.chunks),
                   chosen.score});
  }
  return out;
}

std::string sources_block(const std::vector<RetrievedSource>& sources, const Fence& fence,
                          PersonalData* personal) {
  auto hidden = [&](const std::string& text) { return personal ? personal->hide(text) : text; };
  std::string out;
  for (const auto& [source, text, score] : sources) {
    if (!out.empty())
      out += '\n';
    out += fence(source.id, source.kind, hidden(source.title), hidden(text));
  }
  return out;
}

std::vector<Source> sources_of(const std::vector<RetrievedSource>& sources) {
  std::vector<Source> out;
  for (const auto& source : sources)
    out.push_back(source.source);
  return out;
}

std::vector<Source> cited(std::string_view answer, const std::vector<Source>& sources) {
  std::set<std::string> named;
  for (auto open = answer.find('['); open != std::string_view::npos;
       open = answer.find('[', open + 1)) {
    auto close = answer.find(']', open);
    if (close == std::string_view::npos)
      break;
    auto list = answer.substr(open + 1, close - open - 1);
    while (!list.empty()) {
      auto end = std::min(list.size(), list.find_first_of(",;"));
      if (auto number = source_number(list.substr(0, end)))
        named.insert("S" + std::to_string(number));
      list.remove_prefix(std::min(list.size(), end + 1));
    }
  }
  std::vector<Source> out;
  for (const auto& source : sources)
    if (named.contains(source.id))
      out.push_back(source);
  return out;
}

}  // namespace jobraker::chat
