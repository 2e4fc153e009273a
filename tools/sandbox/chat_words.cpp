#include "tools/sandbox/chat_words.hpp"

#include <algorithm>
#include <cstdlib>
#include <set>

#include "tools/sandbox/chat_orders.hpp"
#include "tools/sandbox/text.hpp"

namespace jobraker::sandbox {

namespace {

bool has_any(std::string_view low, std::initializer_list<std::string_view> phrases) {
  return std::any_of(phrases.begin(), phrases.end(),
                     [&](auto phrase) { return has_phrase(low, phrase); });
}

std::string singular(std::string word) {
  if (word.size() > 3 && word.ends_with('s') && !word.ends_with("ss"))
    word.pop_back();
  return word;
}

std::size_t shared_words(const std::vector<std::string>& wanted, std::string_view text) {
  std::set<std::string> there;
  for (auto& word : content_words(text))
    there.insert(std::move(word));
  return static_cast<std::size_t>(
    std::count_if(wanted.begin(), wanted.end(), [&](const auto& w) { return there.contains(w); }));
}

struct Quote {
  const FencedText* source;
  std::string sentence;
  std::size_t score;
};

/// The sentence of a source that shares most with the question.
Quote best_sentence(const FencedText& source, const std::vector<std::string>& wanted) {
  Quote out{&source, {}, 0};
  for (const auto& sentence : sentences(source.text)) {
    if (without_orders(sentence, {}).empty())
      continue;
    auto score = shared_words(wanted, sentence) * 2 + (sentence.size() > 40 ? 1U : 0U);
    if (score > out.score) {
      out.score = score;
      out.sentence = sentence;
    }
  }
  return out;
}

std::string placeholder_in(std::string_view text, std::string_view kind) {
  auto start = "[" + std::string{kind} + "_";
  for (auto at = text.find(start); at != std::string_view::npos; at = text.find(start, at + 1)) {
    auto end = at + start.size();
    while (end < text.size() && is_digit(text[end]))
      ++end;
    if (end < text.size() && text[end] == ']' && end > at + start.size())
      return std::string{text.substr(at, end + 1 - at)};
  }
  return {};
}

}  // namespace

std::vector<std::string> content_words(std::string_view text) {
  static const std::set<std::string> dull{
    "the",   "a",      "an",    "of",    "for",    "to",    "in",    "by",       "and",
    "or",    "with",   "from",  "this",  "that",   "is",    "are",   "was",      "were",
    "be",    "been",   "do",    "does",  "did",    "have",  "has",   "had",      "what",
    "which", "who",    "whom",  "how",   "when",   "where", "why",   "me",       "my",
    "i",     "you",    "your",  "it",    "its",    "on",    "at",    "as",       "can",
    "could", "should", "would", "will",  "please", "tell",  "about", "any",      "some",
    "not",   "there",  "they",  "their", "them",   "we",    "our",   "us",       "if",
    "so",    "than",   "then",  "but",   "get",    "give",  "know",  "want",     "like",
    "need",  "more",   "much",  "many",  "say",    "says",  "said",  "anything", "something"};
  std::vector<std::string> out;
  for (auto& word : words(text)) {
    auto one = singular(word);
    if (one.size() > 1 && !dull.contains(word) && !dull.contains(one) &&
        std::find(out.begin(), out.end(), one) == out.end())
      out.push_back(std::move(one));
  }
  return out;
}

std::optional<std::string> grounded(const Reading& reading) {
  auto wanted = content_words(reading.question);
  auto needed = wanted.size() <= 2 ? 1U : 2U;
  std::vector<Quote> quotes;
  for (const auto& source : reading.sources) {
    bool citable = source.id.size() > 1 && source.id.front() == 'S' && is_digit(source.id[1]);
    if (!citable || shared_words(wanted, source.title + " " + source.text) < needed)
      continue;
    auto quote = best_sentence(source, wanted);
    if (quote.score >= 2)
      quotes.push_back(std::move(quote));
  }
  if (quotes.empty())
    return std::nullopt;
  std::stable_sort(quotes.begin(), quotes.end(),
                   [](const auto& a, const auto& b) { return a.score > b.score; });
  std::string out;
  for (std::size_t i = 0; i < std::min<std::size_t>(2, quotes.size()); ++i) {
    const auto& [source, sentence, score] = quotes[i];
    auto lead = source->title.empty()
                  ? std::string{i == 0 ? "What I found says" : "It is also said"}
                  : "\"" + source->title + "\" says";
    out +=
      (i ? " " : "") + lead + ": \"" + std::string{cut(sentence, 240)} + "\" [" + source->id + "].";
  }
  return out;
}

std::optional<std::string> personal_answer(const Reading& reading) {
  auto low = lower(reading.question);
  if (!has_any(low, {"what is my", "what's my", "which is my", "do you know my", "tell me my",
                     "who am i", "what are my"}))
    return std::nullopt;
  struct Kind {
    std::string_view name, said;
    std::initializer_list<std::string_view> words;
  };
  static const Kind kinds[] = {
    {"EMAIL", "Your e-mail address is ", {"email", "e-mail", "mail address"}},
    {"PHONE", "Your phone number is ", {"phone", "telephone", "number"}},
    {"ADDRESS", "Your address is ", {"address", "street"}},
    {"LINK", "Your page is ", {"link", "page", "website", "profile link"}},
    {"NAME", "Your name is ", {"name", "who am i"}}};
  std::string out;
  for (const auto& kind : kinds) {
    if (!has_any(low, kind.words))
      continue;
    auto found = placeholder_in(reading.all, kind.name);
    if (!found.empty())
      out += (out.empty() ? "" : " ") + std::string{kind.said} + found + ".";
    if (kind.name == "EMAIL" && !out.empty())
      return out;
  }
  if (out.empty())
    return "You have not told me that.";
  return out;
}

std::optional<std::string> repeated(std::string_view question) {
  auto low = lower(question);
  for (std::string_view lead :
       {"repeat after me", "repeat exactly", "repeat this", "repeat:", "say exactly", "say this"}) {
    if (!low.starts_with(lead) && !low.starts_with("please " + std::string{lead}))
      continue;
    auto rest = trim(question.substr(low.find(lead) + lead.size()));
    if (rest.starts_with(":"))
      rest = trim(rest.substr(1));
    if (rest.size() > 1 && rest.front() == '"' && rest.back() == '"')
      rest = rest.substr(1, rest.size() - 2);
    if (!rest.empty())
      return std::string{rest};
  }
  return std::nullopt;
}

std::optional<std::string> long_answer(std::string_view question) {
  auto low = lower(question);
  std::size_t wanted =
    has_any(low, {"at length", "in detail", "long answer", "long text", "essay", "detailed"}) ? 400
                                                                                              : 0;
  auto list = words(low);
  for (std::size_t i = 0; i + 1 < list.size(); ++i)
    if ((list[i + 1] == "words" || list[i + 1] == "word") &&
        std::all_of(list[i].begin(), list[i].end(), is_digit) && list[i].size() < 6)
      wanted = static_cast<std::size_t>(std::atoi(list[i].c_str()));
  if (wanted < 20)
    return std::nullopt;
  wanted = std::min<std::size_t>(wanted, 20'000);
  static constexpr std::string_view parts[] = {
    "The first thing to settle about {} is what you want from it in the next year.",
    "Write down three facts about {} that a stranger could check, and leave out the rest.",
    "Many people treat {} as a matter of luck, but most of it is preparation.",
    "Ask somebody who has done it before how they went about {}, and what they would drop.",
    "A small plan for {} on one page is worth more than a large one that nobody reads.",
    "Set a date by which {} has to move, and tell one person about that date.",
    "Figures help: say how much, how many and how long whenever you speak of {}.",
    "If something about {} goes wrong, note the reason the same day while you still know it.",
    "Compare two or three examples of {} and keep what they have in common.",
    "Half an hour each week spent on {} is better than a whole day every other month.",
    "Be honest about what you do not know of {}; questions are taken as interest.",
    "In the end {} is judged by results, so keep a short list of yours at hand."};
  auto topic_words = content_words(question);
  std::string topic;
  for (const auto& word : topic_words)
    if (word != "length" && word != "word" && word != "write" && word != "detail" &&
        !is_digit(word.front()) && std::count(topic.begin(), topic.end(), ' ') < 3)
      topic += (topic.empty() ? "" : " ") + word;
  if (topic.empty())
    topic = "your search";
  std::string out;
  std::size_t written = 0;
  for (std::size_t i = 0; written < wanted; ++i) {
    std::string sentence{parts[i % std::size(parts)]};
    if (i >= std::size(parts))
      sentence = "Point " + std::to_string(i + 1) + ": " + sentence;
    if (auto hole = sentence.find("{}"); hole != std::string::npos)
      sentence.replace(hole, 2, topic);
    auto count = static_cast<std::size_t>(std::count(sentence.begin(), sentence.end(), ' ')) + 1;
    if (written + count > wanted) {
      // To the word: the last sentence ends early.
      std::size_t end = 0;
      for (auto left = wanted - written; left > 0 && end != std::string::npos; --left)
        end = sentence.find(' ', end + 1);
      sentence.resize(std::min(end, sentence.size()));
      sentence += ".";
      count = wanted - written;
    }
    out += (out.empty() ? "" : i % 4 == 0 ? "\n\n" : " ") + sentence;
    written += count;
  }
  return out;
}

std::string summary_of(std::string_view transcript, std::size_t words_max) {
  std::string out;
  std::size_t written = 0;
  for (const auto& sentence : sentences(transcript)) {
    if (sentence.size() < 12 || without_orders(sentence, {}).empty())
      continue;
    auto count = static_cast<std::size_t>(std::count(sentence.begin(), sentence.end(), ' ')) + 1;
    if (written + count > words_max)
      break;
    out += (out.empty() ? "" : " ") + std::string{cut(sentence, 300)};
    written += count;
  }
  return out.empty() ? "Nothing of note was said." : out;
}

}  // namespace jobraker::sandbox
