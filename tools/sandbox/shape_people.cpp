#include <algorithm>
#include <set>

#include "tools/sandbox/chat_words.hpp"
#include "tools/sandbox/lexicon.hpp"
#include "tools/sandbox/shapes.hpp"
#include "tools/sandbox/text.hpp"

namespace jobraker::sandbox {

namespace {

std::size_t word_count(std::string_view text) {
  auto flat = squeeze(text);
  return flat.empty() ? 0 : static_cast<std::size_t>(std::count(flat.begin(), flat.end(), ' ')) + 1;
}

bool has_digit(std::string_view text) { return std::any_of(text.begin(), text.end(), is_digit); }

std::vector<std::string> skills_in(std::string_view text) {
  std::vector<std::string> out;
  std::set<std::string> seen;
  for (const auto& hit : Lexicon::instance().find(text))
    if (hit.skill->category != "soft_skill" && seen.insert(hit.skill->name).second)
      out.push_back(hit.skill->name);
  return out;
}

std::string joined(const std::vector<std::string>& items, std::size_t most) {
  std::string out;
  for (std::size_t i = 0; i < std::min(items.size(), most); ++i)
    out += (i ? ", " : "") + items[i];
  return out;
}

}  // namespace

ResumeCheck check_resume(std::string_view text, std::string_view posting) {
  auto resume = read_resume(text);
  ResumeCheck out;
  auto add = [&](std::string section, std::string issue, std::string suggestion,
                 std::string severity) {
    out.findings.push_back(
      {std::move(section), std::move(issue), std::move(suggestion), std::move(severity)});
  };
  if (resume.experience.empty())
    add("experience", "No post with a title and an employer could be read.",
        "List each post with title, employer and dates on one line.", "high");
  for (const auto& post : resume.experience) {
    if (!post.start)
      add("experience", "\"" + post.title + "\" has no dates.",
          "Give month and year of beginning and end.", "high");
    if (!post.description || word_count(*post.description) < 8)
      add("experience", "\"" + post.title + "\" says little about what was done.",
          "Add two or three lines that begin with a verb.", "medium");
    else if (!has_digit(*post.description))
      add("experience", "\"" + post.title + "\" has no figures.",
          "Say how much, how many or how fast: add at least one number.", "medium");
  }
  if (!resume.professional_summary)
    add("summary", "There is no opening summary.",
        "Open with two sentences: what you are, and your strongest result.", "medium");
  if (resume.skills.size() < 4)
    add("skills", "Few skills are named.", "Add a list of the tools and methods you use.",
        "medium");
  if (resume.education.empty())
    add("education", "No education could be read.", "Add school or course with the year.", "low");
  if (!resume.email && text.find("[EMAIL_") == std::string_view::npos)
    add("contact", "No e-mail address stands there.", "Put it below your name.", "high");
  if (word_count(text) > 1200)
    add("length", "It is longer than two pages.", "Cut posts older than ten years to a line.",
        "low");
  std::set<std::string> there;
  for (const auto& skill : skills_in(text))
    there.insert(lower(skill));
  for (const auto& skill : skills_in(posting))
    if (!there.contains(lower(skill)))
      out.keywords.push_back(skill);
  if (!out.keywords.empty())
    add("keywords",
        "The posting asks for " + joined(out.keywords, 5) + ", which are not mentioned.",
        "Name those that are true of you in the words of the posting.", "medium");
  if (!resume.experience.empty())
    out.strengths.push_back("Your posts are easy to find, the latest being " +
                            resume.experience.front().title + ".");
  if (resume.skills.size() >= 4) {
    std::vector<std::string> names;
    for (const auto& skill : resume.skills)
      names.push_back(skill.name);
    out.strengths.push_back("Your skills are named: " + joined(names, 4) + ".");
  }
  if (has_digit(text) &&
      std::any_of(resume.experience.begin(), resume.experience.end(), [](const auto& post) {
        return post.description && has_digit(*post.description);
      }))
    out.strengths.push_back("Some results have figures.");
  int minus = 0;
  for (const auto& finding : out.findings)
    minus += finding.severity == "high" ? 12 : finding.severity == "medium" ? 7 : 3;
  out.score = std::clamp(95 - minus, 10, 95);
  return out;
}

InterviewJudgement judge_answer(std::string_view question, std::string_view answer,
                                std::string_view posting) {
  InterviewJudgement out;
  auto count = word_count(answer);
  if (count == 0) {
    out.feedback = "There was no answer to judge.";
    return out;
  }
  // Length, figures, what one did oneself, and the words that matter to the posting.
  int score = 20 + static_cast<int>(std::min<std::size_t>(count, 80)) / 2;
  auto topic = content_words(posting.empty() ? question : posting);
  auto said = content_words(answer);
  auto shared = static_cast<int>(std::count_if(said.begin(), said.end(), [&](const auto& word) {
    return std::find(topic.begin(), topic.end(), word) != topic.end();
  }));
  score += std::min(shared, 6) * 4;
  bool figures = has_digit(answer);
  auto low = lower(answer);
  bool own = has_phrase(low, "i");
  score += (figures ? 10 : 0) + (own && count > 15 ? 6 : 0);
  out.score = std::clamp(score, 5, 98);
  auto note = [](std::vector<std::string>& list, std::string text) {
    list.push_back(std::move(text));
  };
  if (count >= 40)
    note(out.strengths, "You took the time to explain.");
  else
    note(out.improvements, "Say more: situation, what you did, and what came of it.");
  if (figures)
    note(out.strengths, "You gave a figure.");
  else
    note(out.improvements, "Give one result with a number.");
  if (shared >= 2)
    note(out.strengths, "You spoke of what the posting is about.");
  else
    note(out.improvements, "Connect your answer to what the posting asks for.");
  for (const auto* list : {&out.strengths, &out.improvements})
    for (const auto& line : *list)
      out.feedback += (out.feedback.empty() ? "" : " ") + line;
  return out;
}

std::string interview_question(std::size_t number, std::string_view role,
                               std::string_view posting) {
  auto skills = skills_in(posting);
  auto skill = skills.empty() ? std::string{"the most important tool of this job"}
                              : skills[number % skills.size()];
  auto post = role.empty() ? std::string{"this"} : "the " + std::string{role};
  switch (number % 6) {
  case 0:
    return "Why do you want " + post + " post, and what makes you right for it?";
  case 1:
    return "Tell me about something you did with " + skill + " and what came of it.";
  case 2:
    return "Describe a conflict at work: what did you do, and how did it end?";
  case 3:
    return "How would you spend your first month in " + post + " post?";
  case 4:
    return "Which decision about " + skill + " would you make differently today?";
  default:
    return "What would your last team say that you should work on?";
  }
}

}  // namespace jobraker::sandbox
