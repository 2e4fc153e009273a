#include "net/process/document_text.hpp"

#include <algorithm>
#include <limits>

#include <spdlog/spdlog.h>

#include "net/process/child.hpp"

namespace jobraker {
namespace {

// AddressSanitizer reserves terabytes of address space, so a limit on it would end every child.
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
constexpr bool instrumented = true;
#else
constexpr bool instrumented = false;
#endif
#else
constexpr bool instrumented = false;
#endif

/// The exit codes of jobraker-doctext (tools/doctext/extract.hpp has the other half).
enum DoctextExit {
  ok = 0,
  usage = 2,
  broken = 3,
  encrypted = 4,
  limit = 5,
  no_text = 6,
  failed = 7
};

std::string_view title_of(DocumentType type) {
  switch (type) {
  case DocumentType::pdf:
    return "PDF";
  case DocumentType::docx:
    return "Word document";
  case DocumentType::odt:
    return "OpenDocument text";
  case DocumentType::rtf:
    return "RTF document";
  case DocumentType::txt:
    return "text file";
  }
  return "document";
}

/// What the log keeps of a standard error: its first line, without what could forge a log line.
/// The extractor writes no text of the document there.
std::string first_line(std::string_view errors) {
  std::string line{errors.substr(0, std::min<std::size_t>(errors.find('\n'), 200))};
  std::replace_if(
    line.begin(), line.end(), [](char c) { return c < ' ' || c > '~' || c == '"'; }, '?');
  return line;
}

Result<std::string> read_outcome(ChildOutcome outcome, DocumentType type) {
  std::string title{title_of(type)};
  if (outcome.ended_by == ChildLimit::wall)
    return fail(Errc::timed_out,
                "reading the " + title + " took too long; please send a simpler one");
  if (outcome.ended_by == ChildLimit::output || outcome.status == limit)
    return fail(Errc::too_large, "the " + title + " unpacks to more than can be read");
  const bool known = outcome.status == ok || outcome.status == broken ||
                     outcome.status == encrypted || outcome.status == no_text;
  if (!known && outcome.ended_by == ChildLimit::none)
    spdlog::warn("event=child.failed type={} status={} signal={} errors=\"{}\"", name_of(type),
                 outcome.status, outcome.signal, first_line(outcome.errors));
  // A processor or memory limit ends the child by a signal: the document asks for too much.
  if (outcome.signal != 0 && (outcome.ended_by == ChildLimit::cpu || outcome.signal == 9))
    return fail(Errc::too_large,
                "reading the " + title + " needs too much processor time or memory");
  switch (outcome.status) {
  case ok:
    return std::move(outcome.output);
  case encrypted:
    return fail(Errc::unprocessable,
                "the " + title +
                  " is protected by a password or forbids copying its text; please "
                  "send a copy without protection");
  case no_text:
    return fail(Errc::unprocessable,
                "the " + title +
                  " holds no text (it may be a scan or a picture); please send a document whose "
                  "text can be selected");
  case broken:
    return fail(Errc::malformed, "the " + title + " is damaged and cannot be read");
  default:
    break;
  }
  if (outcome.signal != 0)  // the parser fell over it
    return fail(Errc::malformed, "the " + title + " is damaged and cannot be read");
  return fail(Errc::internal, "the document reader failed");
}

}  // namespace

task<Result<std::string>> document_text(const DocumentTextSettings& settings, DocumentType type,
                                        std::string bytes, Time deadline) {
  auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - now());
  if (left <= std::chrono::milliseconds{0})
    co_return fail(Errc::timed_out, "no time was left to read the document");
  if (bytes.empty())
    co_return fail(Errc::unprocessable, "the file is empty");
  ChildSpec spec;
  spec.argv = {settings.program.empty() ? executable_directory() + "/jobraker-doctext"
                                        : settings.program,
               "--type", std::string{name_of(type)}, "--output", std::to_string(settings.output)};
  spec.input = std::move(bytes);
  spec.limits.cpu = settings.cpu;
  spec.limits.memory = instrumented ? std::numeric_limits<std::uint64_t>::max() : settings.memory;
  spec.limits.output = settings.output;
  spec.limits.wall = std::min(settings.wall, left);
  auto outcome = co_await run_child(std::move(spec));
  if (!outcome)
    co_return fail(std::move(outcome.error()));
  co_return read_outcome(std::move(*outcome), type);
}

}  // namespace jobraker
