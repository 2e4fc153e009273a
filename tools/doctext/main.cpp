// jobraker-doctext: one document on standard input, its text in UTF-8 on standard output.

#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <new>
#include <optional>

#include "messages/documents.hpp"
#include "tools/doctext/extract.hpp"

namespace {

using namespace jobraker;
using doctext::Exit;

constexpr const char* usage =
  "usage: jobraker-doctext --type docx|odt|rtf|txt|pdf [--cpu SECONDS] [--memory BYTES] "
  "[--output BYTES] < document\n"
  "Writes the document's text in UTF-8. Exit: 0 text written, 2 usage, 3 malformed, 4 encrypted,\n"
  "5 too large or over a limit, 6 no text in it, 7 could not run.\n";

struct Options {
  std::optional<DocumentType> type;
  unsigned long cpu = 0, memory = 0;  ///< 0: as inherited
  std::size_t output = 16U << 20;
};

std::optional<Options> parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i + 1 < argc; i += 2) {
    std::string_view name = argv[i], value = argv[i + 1];
    unsigned long number = 0;
    if (name == "--type") {
      options.type = enum_from<DocumentType>(value);
      continue;
    }
    auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (error != std::errc{} || end != value.data() + value.size() || number == 0)
      return std::nullopt;
    if (name == "--cpu")
      options.cpu = number;
    else if (name == "--memory")
      options.memory = number;
    else if (name == "--output")
      options.output = number;
    else
      return std::nullopt;
  }
  if (!options.type || argc % 2 == 0)
    return std::nullopt;
  return options;
}

/// Before the first byte of the document is looked at.
void lower_limits(const Options& options) {
  auto lower = [](__rlimit_resource resource, rlim_t value) {
    rlimit limit{};
    if (::getrlimit(resource, &limit) == 0 && limit.rlim_max > value) {
      limit = {value, value};
      ::setrlimit(resource, &limit);
    }
  };
  if (options.cpu)
    lower(RLIMIT_CPU, options.cpu);
  if (options.memory)
    lower(RLIMIT_AS, options.memory);
  lower(RLIMIT_CORE, 0);
}

std::optional<std::string> read_all() {
  std::string bytes;
  std::array<char, 65536> buffer;
  for (;;) {
    auto n = ::read(0, buffer.data(), buffer.size());
    if (n == 0)
      return bytes;
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return std::nullopt;
    bytes.append(buffer.data(), static_cast<std::size_t>(n));
  }
}

doctext::Extracted extract(DocumentType type, std::size_t output_max) {
  // A PDF is read by pdftotext from the same descriptor; this program need not hold it.
  if (type == DocumentType::pdf)
    return doctext::pdf_text(output_max);
  auto bytes = read_all();
  if (!bytes)
    return tl::unexpected(Exit::failed);
  switch (type) {
  case DocumentType::docx:
    return doctext::docx_text(*bytes);
  case DocumentType::odt:
    return doctext::odt_text(*bytes);
  case DocumentType::rtf:
    return doctext::rtf_text(*bytes);
  case DocumentType::txt:
    return doctext::plain_text(*bytes);
  case DocumentType::pdf:
    break;
  }
  return tl::unexpected(Exit::failed);
}

bool write_all(std::string_view text) {
  while (!text.empty()) {
    auto n = ::write(1, text.data(), text.size());
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      return false;
    text.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  // Also where memory ends inside a library that cannot say so.
  std::set_new_handler([] { ::_exit(static_cast<int>(Exit::limit)); });
  auto options = parse(argc, argv);
  if (!options) {
    std::fputs(usage, stderr);
    return static_cast<int>(Exit::usage);
  }
  lower_limits(*options);
  auto text = extract(*options->type, options->output);
  if (!text)
    return static_cast<int>(text.error());
  if (text->size() > options->output)
    return static_cast<int>(Exit::limit);
  if (doctext::is_blank(*text))
    return static_cast<int>(Exit::no_text);
  return static_cast<int>(write_all(*text) ? Exit::ok : Exit::failed);
}
