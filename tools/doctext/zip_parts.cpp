#include "tools/doctext/zip_parts.hpp"

#include <array>
#include <memory>

#include <archive.h>
#include <archive_entry.h>

namespace jobraker::doctext {
namespace {

constexpr int entries_max = 20'000;
/// Below this nobody asks for the ratio: small parts of repetitive XML pack very well.
constexpr std::size_t ratio_free_bytes = 2U << 20;

struct Close {
  void operator()(archive* a) const { archive_read_free(a); }
};

/// Reads the present entry to its end, counting what really comes out.
tl::expected<std::string, Exit> read_part(archive* a, std::size_t packed, std::size_t& total) {
  std::string part;
  std::array<char, 65536> chunk;
  for (;;) {
    auto n = archive_read_data(a, chunk.data(), chunk.size());
    if (n == 0)
      return part;
    if (n == ARCHIVE_RETRY)
      continue;
    if (n < 0)
      return tl::unexpected(Exit::malformed);
    auto got = static_cast<std::size_t>(n);
    total += got;
    if (total > part_bytes_max || (total > ratio_free_bytes && total / part_ratio_max > packed))
      return tl::unexpected(Exit::limit);
    part.append(chunk.data(), got);
  }
}

}  // namespace

tl::expected<Parts, Exit> unpack(std::string_view bytes,
                                 const std::function<bool(std::string_view)>& wanted) {
  std::unique_ptr<archive, Close> reader{archive_read_new()};
  if (!reader)
    return tl::unexpected(Exit::limit);
  auto* a = reader.get();
  archive_read_support_format_zip_seekable(a);
  if (archive_read_open_memory(a, bytes.data(), bytes.size()) != ARCHIVE_OK)
    return tl::unexpected(Exit::malformed);
  Parts parts;
  std::size_t total = 0;
  for (int count = 0;; ++count) {
    if (count > entries_max)
      return tl::unexpected(Exit::limit);
    archive_entry* entry = nullptr;
    auto code = archive_read_next_header(a, &entry);
    if (code == ARCHIVE_EOF)
      break;
    if (code == ARCHIVE_FATAL || code == ARCHIVE_FAILED)
      return tl::unexpected(Exit::malformed);
    const char* name = archive_entry_pathname(entry);
    if (!name || !wanted(name))
      continue;
    if (archive_entry_is_encrypted(entry))
      return tl::unexpected(Exit::encrypted);
    auto part = read_part(a, bytes.size(), total);
    if (!part)
      return tl::unexpected(part.error());
    parts.emplace(name, std::move(*part));
  }
  return parts;
}

}  // namespace jobraker::doctext
