#include "actors/chat/core/interview.hpp"

#include <algorithm>
#include <cmath>

#include "actors/chat/core/history.hpp"
#include "actors/profile/core/unicode.hpp"
#include "messages/json.hpp"

namespace jobraker::chat {
namespace {

constexpr std::size_t text_max = 1 << 14;
constexpr std::size_t points_max = 20;
constexpr double good_score = 70;  // as the prompt defines it
constexpr std::size_t own_points_max = 3;

/// Asked when the model has no question left but the interview has.
constexpr std::string_view spare_questions[] = {
  "Tell me about yourself and what drew you to this role.",
  "Describe a difficult problem at work and how you solved it.",
  "Tell me about a time when you disagreed with a colleague. What came of it?",
  "Which result of the last years are you most proud of, and what was your part in it?",
  "Tell me about something that went wrong. What did you change afterwards?",
  "How do you decide what to do first when everything is urgent?",
  "How do you learn something that you need for your work and do not know yet?",
  "What would you want to have achieved after six months in this role?",
};

std::string cut(std::string_view text) { return std::string{cut_bytes(trim(text), text_max)}; }

std::optional<double> mended(std::optional<double> score) {
  if (!score || !std::isfinite(*score))
    return std::nullopt;
  return std::clamp(*score, 0.0, 100.0);
}

Strings points(json::View list) {
  Strings out;
  list.each_element([&](json::View one) {
    if (auto text = cut(one.string().value_or("")); !text.empty() && out.size() < points_max)
      out.push_back(std::move(text));
  });
  return out;
}

bool was_asked(const Interview& interview, std::string_view question) {
  return std::any_of(interview.asked.begin(), interview.asked.end(),
                     [&](const auto& asked) { return trim(asked.question) == question; });
}

std::string next_question(const Interview& interview, std::string_view proposed) {
  proposed = trim(proposed);
  if (!proposed.empty() && !was_asked(interview, proposed))
    return std::string{proposed};
  for (auto question : spare_questions)
    if (!was_asked(interview, question))
      return std::string{question};
  return std::string{spare_questions[interview.asked.size() % std::size(spare_questions)]};
}

std::int64_t answered(const Interview& interview) {
  return std::count_if(interview.asked.begin(), interview.asked.end(),
                       [](const auto& asked) { return !asked.answer.empty(); });
}

/// What the feedback on the single answers says, when the model sums nothing up.
InterviewFeedback own_feedback(const Interview& interview) {
  auto asked = interview.asked;
  std::erase_if(asked, [](const auto& one) { return !one.score || one.feedback.empty(); });
  std::stable_sort(asked.begin(), asked.end(),
                   [](const auto& a, const auto& b) { return *a.score > *b.score; });
  InterviewFeedback out;
  for (const auto& one : asked)
    if (*one.score >= good_score && out.strengths.size() < own_points_max)
      out.strengths.push_back(one.feedback);
  for (auto one = asked.rbegin(); one != asked.rend(); ++one)
    if (*one->score < good_score && out.improvements.size() < own_points_max)
      out.improvements.push_back(one->feedback);
  return out;
}

std::string number(double value) {
  json::Writer writer;
  if (std::trunc(value) == value)
    writer.value(static_cast<std::int64_t>(value));
  else
    writer.value(value);
  return writer.text();
}

std::string said(const InterviewFeedback& feedback) {
  std::string out;
  auto line = [&](const std::string& text) { out += (out.empty() ? "" : "\n") + text; };
  if (feedback.overall_score)
    line(number(*feedback.overall_score) + " / 100");
  for (const auto& text : feedback.strengths)
    line("+ " + text);
  for (const auto& text : feedback.improvements)
    line("- " + text);
  return out;
}

void end(Interview& interview, const InterviewReply& reply) {
  interview.finished = true;
  if (!interview.asked.empty() && interview.asked.back().answer.empty())
    interview.asked.pop_back();
  auto given = reply.final_feedback.value_or(InterviewFeedback{});
  bool empty = given.strengths.empty() && given.improvements.empty();
  interview.feedback = empty ? own_feedback(interview) : std::move(given);
  interview.feedback->overall_score = average_score(interview);
}

}  // namespace

Result<InterviewReply> read_interview_reply(std::string_view text) {
  auto begin = text.find('{'), last = text.rfind('}');
  if (begin == std::string_view::npos || last == std::string_view::npos || last < begin)
    return fail(Errc::malformed, "the interviewer's reply is no JSON object");
  auto document = json::Document::parse(text.substr(begin, last + 1 - begin));
  if (!document)
    return fail(std::move(document.error()));
  auto root = document->root();
  InterviewReply out{.score = mended(root["score"].number()),
                     .feedback_on_answer = cut(root["feedback_on_answer"].string_or("")),
                     .next_question = cut(root["next_question"].string_or("")),
                     .finished = root["finished"].boolean().value_or(false)};
  if (auto feedback = root["final_feedback"]; feedback.is_object())
    out.final_feedback =
      InterviewFeedback{mended(feedback["overall_score"].number()), points(feedback["strengths"]),
                        points(feedback["improvements"])};
  return out;
}

InterviewStep advance(Interview& interview, std::string_view answer, const InterviewReply& reply,
                      bool end_now) {
  if (interview.finished)
    return {said(interview.feedback.value_or(InterviewFeedback{})), true};
  interview.questions = std::clamp<std::int64_t>(interview.questions, 1, 30);
  bool open = !interview.asked.empty() && interview.asked.back().answer.empty();
  std::string heard;
  if (open && !trim(answer).empty() && !end_now) {
    auto& last = interview.asked.back();
    last.answer = std::string{trim(answer)};
    last.score = mended(reply.score);
    last.feedback = heard = reply.feedback_on_answer;
    open = false;
  }
  if (end_now || answered(interview) >= interview.questions) {
    end(interview, reply);
    return {join_text(heard, said(*interview.feedback)), true};
  }
  if (!open)
    interview.asked.push_back({.question = next_question(interview, reply.next_question)});
  return {join_text(heard, interview.asked.back().question), false};
}

std::optional<double> average_score(const Interview& interview) {
  double sum = 0;
  int count = 0;
  for (const auto& asked : interview.asked)
    if (asked.score) {
      sum += *asked.score;
      ++count;
    }
  if (count == 0)
    return std::nullopt;
  return std::round(sum / count * 10) / 10;
}

std::string interview_progress(const Interview& interview, bool end_now) {
  auto remain = interview.questions - static_cast<std::int64_t>(interview.asked.size());
  json::Writer writer;
  writer.begin_object().member("role", std::string_view{interview.role});
  writer.member("questions", interview.questions);
  writer.member("remain", end_now ? std::int64_t{0} : std::max<std::int64_t>(0, remain));
  writer.member("person_wants_to_stop", end_now);
  writer.key("asked").begin_array();
  for (const auto& asked : interview.asked) {
    writer.begin_object().member("question", std::string_view{asked.question});
    writer.key("score");
    if (asked.score)
      writer.value(*asked.score);
    else
      writer.null();
    writer.end_object();
  }
  return writer.end_array().end_object().text();
}

}  // namespace jobraker::chat
