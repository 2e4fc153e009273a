#include "actors/workflows/core/kit_documents.hpp"

#include "messages/codec.hpp"

namespace jobraker::workflows {
namespace {

template <class T>
Result<T> read(std::string_view json, const char* what) {
  auto value = json::decode<T>(json, json::Unknown::ignore);
  if (!value)
    return fail(Errc::upstream_failed,
                std::string{"the model's "} + what + " cannot be read: " + value.error().detail);
  return value;
}

}  // namespace

Result<KitResume> read_resume_answer(std::string_view json) {
  return read<KitResume>(json, "résumé");
}

Result<KitLetter> read_letter_answer(std::string_view json) {
  return read<KitLetter>(json, "letter");
}

Result<std::string> read_analysis_answer(std::string_view json) {
  auto document = json::Document::parse(json);
  bool good = document && document->root()["summary"].is_string();
  for (auto list : {"must_have", "nice_to_have", "responsibilities", "unclear", "warning_signs"})
    good = good && document->root()[list].is_array();
  if (!good)
    return fail(Errc::upstream_failed, "the model's analysis of the posting cannot be read");
  return document->root().dump();
}

}  // namespace jobraker::workflows
