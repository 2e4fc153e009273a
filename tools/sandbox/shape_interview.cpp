#include <algorithm>

#include "tools/sandbox/shape_facts.hpp"
#include "tools/sandbox/text.hpp"

namespace jobraker::sandbox {

namespace {

using json::View;
using json::Writer;

/// Where the interview stands, read leniently from the first JSON object in the system messages.
struct Progress {
  std::size_t asked = 0;
  bool ended = false;
  double sum = 0;
  std::size_t scored = 0;
  std::string role;
};

Progress read_progress(const Reading& reading) {
  Progress out;
  auto text = material_of(reading, {"progress"});
  if (text.empty())
    text = reading.system;
  auto begin = text.find("{\"");
  auto end = text.rfind('}');
  if (begin == std::string::npos || end == std::string::npos || end < begin)
    return out;
  auto document = json::Document::parse(text.substr(begin, end + 1 - begin));
  if (!document)
    return out;
  auto root = document->root();
  out.role = root["role"].string_or("");
  std::optional<std::int64_t> total;
  root.each_member([&](std::string_view name, View value) {
    if (value.is_array()) {
      out.asked = std::max(out.asked, value.size());
      value.each_element([&](View item) {
        if (auto score = item["score"].number()) {
          out.sum += *score;
          ++out.scored;
        }
      });
    } else if (name == "remain" || name == "remaining" || name == "questions_remaining" ||
               name == "questions_left") {
      out.ended = out.ended || value.integer().value_or(1) <= 0;
    } else if (name == "finished" || name == "stop" || name == "end_now" ||
               name == "wants_to_stop" || name == "person_wants_to_stop") {
      out.ended = out.ended || value.boolean().value_or(false);
    } else if (name == "questions" || name == "total") {
      total = value.integer();
    } else if (name == "number" || name == "asked") {
      out.asked = std::max(out.asked, static_cast<std::size_t>(value.integer().value_or(0)));
    }
  });
  out.ended = out.ended || (total && out.asked >= static_cast<std::size_t>(*total));
  return out;
}

void write_list(Writer& out, std::string_view name, const std::vector<std::string>& items) {
  out.key(name).begin_array();
  for (const auto& item : items)
    out.value(std::string_view{item});
  out.end_array();
}

}  // namespace

void write_interview(Writer& out, const Reading& reading) {
  auto progress = read_progress(reading);
  auto role = material_of(reading, {"role"});
  auto posting = material_of(reading, {"job", "posting"});
  auto question = material_of(reading, {"question"});
  auto answer = material_of(reading, {"answer"});
  auto judged = judge_answer(question, answer, posting);
  if (answer.empty()) {
    out.key("score").null().key("feedback_on_answer").null().key("feedback").null();
  } else {
    out.member("score", judged.score)
      .member("feedback_on_answer", std::string_view{judged.feedback})
      .member("feedback", std::string_view{judged.feedback});
  }
  bool finished = progress.ended && !question.empty();
  auto next = interview_question(progress.asked, role.empty() ? progress.role : role, posting);
  out.member("finished", finished).member("done", finished);
  for (auto name : {"next_question", "question"}) {
    if (finished)
      out.key(name).null();
    else
      out.member(name, std::string_view{next});
  }
  write_list(out, "strengths", judged.strengths);
  write_list(out, "improvements", judged.improvements);
  out.key("final_feedback");
  if (!finished)
    return void(out.null());
  auto count = progress.scored + (answer.empty() ? 0 : 1);
  auto overall =
    count > 0 ? (progress.sum + (answer.empty() ? 0 : judged.score)) / static_cast<double>(count)
              : 0;
  if (judged.improvements.empty())
    judged.improvements.push_back("Practise your best story until it takes two minutes.");
  if (judged.strengths.empty())
    judged.strengths.push_back("You answered the questions to the end.");
  out.begin_object();
  write_list(out, "strengths", judged.strengths);
  write_list(out, "improvements", judged.improvements);
  out.member("overall_score", overall).end_object();
}

}  // namespace jobraker::sandbox
