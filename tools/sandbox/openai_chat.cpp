#include <algorithm>

#include "tools/sandbox/chat_words.hpp"
#include "tools/sandbox/lexicon.hpp"
#include "tools/sandbox/text.hpp"

namespace jobraker::sandbox {

namespace {

struct Topic {
  std::string_view words;  ///< separated by bars
  std::string_view answer;
};

constexpr Topic topics[] = {
  {"cover letter|motivation letter|anschreiben",
   "A cover letter works when it answers three questions in half a page: why this employer, why "
   "this post, and what you have done that proves it. Open with the strongest overlap between the "
   "posting and your last two years, give one result with a figure, and close with when you can "
   "start."},
  {"interview|interviews|vorstellungsgespräch",
   "Prepare four short stories for the interview: a problem you solved, a conflict you settled, a "
   "mistake you learned from, and something you are proud of. Tell each as situation, task, "
   "action, result, in under two minutes. Have three questions ready for them."},
  {"salary|pay|negotiate|negotiation|raise|gehalt|salaire",
   "For pay, find the range in postings for the same title and place, name a figure in its upper "
   "third with one reason, then wait. Ask about the whole package: holiday, pension, training and "
   "working hours."},
  {"resume|résumé|cv|lebenslauf",
   "For the résumé: two pages at most, the newest post first, each with two or three results that "
   "have figures. Put the words of the posting where they are true of you, and leave out what the "
   "posting does not need."},
  {"career change|switch careers|new career|retrain",
   "For a change of trade, look for posts that use half of what you can do already. List the "
   "skills both trades share, close one gap with a short course, and ask two people in the new "
   "trade how they spend a week."},
  {"remote|work from home|home office",
   "For remote work, filter for postings that say so in the title or the first lines, check the "
   "time zones they ask for, and show in your application that you write well and work without "
   "being watched."},
  {"thank you|thanks|danke|merci",
   "You are welcome. Tell me when the next step is due and I will help you prepare it."},
  {"hello|hi|hey|good morning|hallo|bonjour",
   "Hello. I can look for postings, compare your profile with one, or help with a résumé, a cover "
   "letter or an interview. What are you working on?"},
};

bool asks_for_jobs(std::string_view low) {
  for (std::string_view word :
       {"job", "jobs", "position", "positions", "opening", "openings", "vacancy", "vacancies",
        "hiring", "stelle", "stellen", "emploi", "work as", "roles"})
    if (has_phrase(low, word))
      return true;
  return false;
}

/// Openings that share skills, trade or place with a text, best first.
std::vector<PostingPtr> fitting(std::string_view text, const std::vector<PostingPtr>& postings) {
  const auto& lexicon = Lexicon::instance();
  std::vector<std::string> skills;
  for (const auto& hit : lexicon.find(text))
    if (hit.skill->category != "soft_skill")
      skills.push_back(hit.skill->name);
  auto family = lexicon.family_of(text).family;
  auto low = lower(text);
  std::vector<std::pair<double, PostingPtr>> ranked;
  for (const auto& posting : postings) {
    double score = 0;
    for (const auto& skill : posting->skills)
      if (const auto* known = lexicon.by_name(skill);
          known && std::find(skills.begin(), skills.end(), known->name) != skills.end())
        score += 2;
    if (!family.empty() && lexicon.family_of(posting->title).family == family)
      score += 2;
    auto place = lower(posting->place.substr(0, posting->place.find(',')));
    if (score > 0 &&
        (has_phrase(low, place) || (posting->workplace == "remote" && has_phrase(low, "remote"))))
      score += 3;
    if (score >= 2)
      ranked.emplace_back(score, posting);
  }
  std::stable_sort(ranked.begin(), ranked.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  std::vector<PostingPtr> out;
  for (const auto& [score, posting] : ranked)
    if (out.size() < 3)
      out.push_back(posting);
  return out;
}

std::string described(const Posting& posting) {
  auto text = posting.title + " at " + posting.company + " (" +
              (posting.workplace == "remote" ? "remote" : posting.place) + ")";
  if (posting.pay)
    text += ", " + posting.pay->currency + " " +
            std::to_string(static_cast<std::int64_t>(posting.pay->min)) + " to " +
            std::to_string(static_cast<std::int64_t>(posting.pay->max)) +
            (posting.pay->interval == "hour" ? " an hour" : " a year");
  return text;
}

}  // namespace

std::string free_chat(std::string_view text, std::string_view system,
                      const PostingStore& postings) {
  auto low = lower(text);
  const Topic* topic = nullptr;
  for (const auto& candidate : topics) {
    for (auto word : split(candidate.words, '|'))
      if (has_phrase(low, word)) {
        topic = &candidate;
        break;
      }
    if (topic)
      break;
  }
  std::string out;
  auto found =
    asks_for_jobs(low) || !topic ? fitting(text, postings.all()) : std::vector<PostingPtr>{};
  if (!found.empty()) {
    out = "Among the postings I know, these come nearest: ";
    for (std::size_t i = 0; i < found.size(); ++i)
      out += (i ? "; " : "") + described(*found[i]);
    out += ".";
    if (topic)
      out += "\n\n" + std::string{topic->answer};
  } else if (topic) {
    out = topic->answer;
  } else if (asks_for_jobs(low)) {
    out = "I found no posting that fits those words. Name a trade, two skills and a place, and I "
          "will look again.";
  } else {
    out = "You wrote: \"" + std::string{cut(trim(text), 160)} +
          "\". I know about postings, résumés, cover letters, interviews and pay; ask me about one "
          "of them.";
  }
  if (!system.empty() && has_phrase(lower(system), "german"))
    out += "\n\n(Ich antworte auf Englisch.)";
  return out;
}

}  // namespace jobraker::sandbox
