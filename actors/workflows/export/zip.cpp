#include "actors/workflows/export/zip.hpp"

#include <memory>

#include <archive.h>
#include <archive_entry.h>

namespace jobraker::documents {
namespace {

/// 1980-01-01, the earliest time a zip file can state.
constexpr std::int64_t earliest = 315'532'800;

la_ssize_t append(archive*, void* target, const void* bytes, std::size_t count) {
  static_cast<std::string*>(target)->append(static_cast<const char*>(bytes), count);
  return static_cast<la_ssize_t>(count);
}

tl::unexpected<Error> broken(archive* writer) {
  const char* why = archive_error_string(writer);
  return fail(Errc::internal, std::string{"the file cannot be packed: "} + (why ? why : "?"));
}

}  // namespace

Result<std::string> make_zip(const std::vector<std::pair<std::string, std::string>>& entries) {
  std::string out;
  std::unique_ptr<archive, decltype(&archive_write_free)> writer{archive_write_new(),
                                                                 archive_write_free};
  auto* w = writer.get();
  if (archive_write_set_format_zip(w) != ARCHIVE_OK ||
      archive_write_set_options(w, "zip:compression=deflate") < ARCHIVE_WARN ||
      archive_write_set_bytes_in_last_block(w, 1) != ARCHIVE_OK ||
      archive_write_open(w, &out, nullptr, append, nullptr) != ARCHIVE_OK)
    return broken(w);
  for (const auto& [name, content] : entries) {
    std::unique_ptr<archive_entry, decltype(&archive_entry_free)> entry{archive_entry_new(),
                                                                        archive_entry_free};
    archive_entry_set_pathname(entry.get(), name.c_str());
    archive_entry_set_size(entry.get(), static_cast<la_int64_t>(content.size()));
    archive_entry_set_filetype(entry.get(), AE_IFREG);
    archive_entry_set_perm(entry.get(), 0644);
    archive_entry_set_mtime(entry.get(), earliest, 0);
    if (archive_write_header(w, entry.get()) != ARCHIVE_OK ||
        archive_write_data(w, content.data(), content.size()) !=
          static_cast<la_ssize_t>(content.size()))
      return broken(w);
  }
  if (archive_write_close(w) != ARCHIVE_OK)
    return broken(w);
  return out;
}

}  // namespace jobraker::documents
