#include "actors/profile/match_view.hpp"

#include "messages/codec.hpp"

namespace jobraker {
namespace {

/// The score's members, then the job beside them.
void write_match(json::Writer& writer, const StoredMatch& match) {
  writer.begin_object();
  std::apply(
    [&](const auto&... f) {
      ((writer.key(f.name), json::write(writer, match.first.*f.member)), ...);
    },
    JobScore::fields());
  writer.key("job");
  json::write(writer, match.second);
  writer.end_object();
}

}  // namespace

std::string render_matches(const std::vector<StoredMatch>& matches, std::size_t limit,
                           std::size_t skip, double min_score) {
  json::Writer writer;
  writer.begin_object().key("items").begin_array();
  std::size_t seen = 0;
  bool more = false;
  for (const auto& match : matches) {
    if (match.first.compatibility_score < min_score)
      break;
    if (seen >= skip + limit) {
      more = true;
      break;
    }
    if (seen++ >= skip)
      write_match(writer, match);
  }
  writer.end_array().key("next");
  if (more)
    writer.value(std::string_view{std::to_string(skip + limit)});
  else
    writer.null();
  writer.end_object();
  return writer.text();
}

}  // namespace jobraker
