#include "actors/profile/resume_reader.hpp"

#include <algorithm>
#include <cctype>

#include "actors/llm/gateway.hpp"
#include "actors/profile/core/document_type.hpp"
#include "actors/profile/core/prompt.hpp"
#include "actors/profile/core/text_clean.hpp"
#include "actors/profile/resume_picture.hpp"
#include "actors/system/work_pool.hpp"
#include "actors/tasks/tasks_actor.hpp"
#include "net/ask.hpp"
#include "net/process/document_text.hpp"

namespace jobraker {
namespace {

/// Shorter texts hold no résumé.
constexpr std::size_t letters_min = 20;

DocumentTextSettings extractor(const DocumentsConfig& config) {
  DocumentTextSettings settings;
  settings.program = config.program;
  settings.cpu = std::chrono::seconds{config.cpu_seconds};
  settings.memory = static_cast<std::uint64_t>(config.memory_bytes);
  settings.output = static_cast<std::uint64_t>(config.output_bytes_max);
  settings.wall = std::chrono::milliseconds{config.timeout_ms};
  return settings;
}

Result<std::string> cleaned(const std::string& raw, std::size_t limit) {
  auto text = clean_text(raw, limit);
  auto letters = std::count_if(text.begin(), text.end(),
                               [](unsigned char c) { return c >= 0x80 || std::isalpha(c); });
  if (static_cast<std::size_t>(letters) < letters_min)
    return fail(Errc::unprocessable,
                "there is hardly any text in it; a scan has to be converted to text first");
  return text;
}

}  // namespace

Done check_resume_type(const SubmitResume& resume, std::int64_t bytes_max) {
  if (resume.plain_text)
    return {};
  if (is_picture(*resume.bytes)) {
    // Its bytes are copied once it is read; here only its header is looked at.
    auto picture = picture_of(*resume.bytes, bytes_max);
    return picture ? Done{} : fail(std::move(picture.error()));
  }
  auto type = document_type(*resume.bytes, resume.file_name, resume.content_type);
  if (!type)
    return fail(std::move(type.error()));
  return {};
}

task<Result<ParsedResume>> read_resume_document(Services& services, Context context,
                                                SubmitResume resume) {
  const auto& config = services.config.documents;
  report_progress(services, resume.task, "reading the document", 0, 4);
  if (!resume.plain_text && is_picture(*resume.bytes)) {
    auto picture = picture_of(*resume.bytes, services.config.chat.image_bytes_max);
    if (!picture)
      co_return fail(std::move(picture.error()));
    std::vector<ModelImage> pictures;
    pictures.push_back(std::move(*picture));
    report_progress(services, resume.task, "asking the model", 1, 4);
    auto read = co_await resume_of_pictures(services, context, std::move(pictures));
    if (!read)
      co_return fail(std::move(read.error()));
    co_return std::move(read->resume);
  }
  Result<std::string> raw = *resume.bytes;
  if (!resume.plain_text) {
    auto type = document_type(*resume.bytes, resume.file_name, resume.content_type);
    if (!type)
      co_return fail(std::move(type.error()));
    auto deadline = now() + std::chrono::milliseconds{config.timeout_ms};
    raw = co_await document_text(extractor(config), *type, *resume.bytes, deadline);
  }
  if (!raw)
    co_return fail(std::move(raw.error()));
  auto limit = static_cast<std::size_t>(config.text_characters_max);
  auto source = std::make_shared<std::string>(std::move(*raw));
  auto text =
    co_await services.work.run<std::string>([source, limit] { return cleaned(*source, limit); });
  if (!text)
    co_return fail(std::move(text.error()));
  report_progress(services, resume.task, "asking the model", 1, 4);
  llm::ModelCall call;
  call.operation = "parse_cv";
  call.user = context.principal.user;
  ModelMessage question;
  question.text = resume_prompt(*text);
  call.messages.push_back(std::move(question));
  auto answer = co_await llm::ask_model(services, context, std::move(call));
  if (!answer)
    co_return fail(std::move(answer.error()));
  report_progress(services, resume.task, "checking the answer", 2, 4);
  auto said = std::make_shared<std::string>(std::move(answer->reply.text));
  auto clean = std::make_shared<std::string>(std::move(*text));
  co_return co_await services.work.run<ParsedResume>(
    [said, clean] { return parse_answer(*clean, *said, now()); });
}

}  // namespace jobraker
