#include "actors/profile/core/answer_reader.hpp"

#include <algorithm>

#include "actors/profile/core/unicode.hpp"

namespace jobraker {

void AnswerReader::drop(std::string pointer, std::string_view value, std::string reason) {
  if (out.dropped.size() < 500)
    out.dropped.push_back(
      {std::move(pointer), std::string{cut_bytes(value, 200)}, std::move(reason)});
}

std::optional<Span> AnswerReader::locate(const std::string& pointer, std::string_view value,
                                         json::View evidence) {
  auto words = evidence.string();
  auto span = words ? index.find(*words) : std::nullopt;
  if (!span)
    drop(pointer, value, words ? "the evidence is not in the text" : "there is no evidence");
  return span;
}

std::string AnswerReader::quote(Span span) const {
  return std::string{index.text().substr(span.begin, span.end - span.begin)};
}

std::string_view AnswerReader::neighbourhood(Span span) const {
  auto text = index.text();
  auto begin = span.begin, end = span.end;
  for (int lines = 0; begin > 0 && !(text[begin - 1] == '\n' && ++lines == 2); --begin) {
  }
  for (int lines = 0; end < text.size() && !(text[end] == '\n' && ++lines == 2); ++end) {
  }
  return text.substr(begin, end - begin);
}

bool AnswerReader::borne_out(std::string_view value, Span span) const {
  return supported_by(value, index.text().substr(span.begin, span.end - span.begin)) ||
         EvidenceIndex{neighbourhood(span)}.find(value).has_value();
}

std::string AnswerReader::fit(const std::string& pointer, std::string_view text,
                              std::size_t max_length) {
  text = trim(text);
  if (text.size() > max_length)
    drop(pointer, text.substr(max_length), "cut to " + std::to_string(max_length) + " bytes");
  return std::string{cut_bytes(text, max_length)};
}

void AnswerReader::remember(std::string pointer, Span span) {
  out.profile.evidence.push_back({std::move(pointer), static_cast<std::int64_t>(span.begin),
                                  static_cast<std::int64_t>(span.end), quote(span)});
}

}  // namespace jobraker
