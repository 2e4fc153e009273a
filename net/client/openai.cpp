// Vectors and moderation.
#include "net/client/openai.hpp"

#include <cmath>
#include <cstring>

#include "messages/json.hpp"
#include "net/client/openai_failure.hpp"
#include "net/client/reply_parts.hpp"

namespace jobraker::net::openai {
namespace {

Error upstream(std::string detail) {
  return Error{Errc::upstream_failed, std::move(detail), {}, {}};
}

Result<Embedding> vector_of(json::View value) {
  Embedding out;
  if (auto text = value.string()) {
    auto bytes = base64_bytes(*text);
    if (!bytes || bytes->size() % sizeof(float) != 0)
      return fail(upstream("the model sent a vector that is not base64"));
    out.resize(bytes->size() / sizeof(float));
    std::memcpy(out.data(), bytes->data(), bytes->size());  // little endian, as we are
  } else if (value.is_array()) {
    out.reserve(value.size());
    bool numbers = true;
    value.each_element([&](json::View element) {
      auto number = element.number();
      numbers = numbers && number;
      out.push_back(static_cast<float>(number.value_or(0)));
    });
    if (!numbers)
      return fail(upstream("the model sent a vector that holds more than numbers"));
  }
  if (out.size() != embedding_dimensions)
    return fail(upstream("the model sent a vector of " + std::to_string(out.size()) +
                         " dimensions instead of " + std::to_string(embedding_dimensions)));
  double norm = 0;
  for (float x : out)
    norm += static_cast<double>(x) * x;
  if (!std::isfinite(norm) || norm < 1e-12)
    return fail(upstream("the model sent a vector without a direction"));
  auto scale = static_cast<float>(1 / std::sqrt(norm));
  for (float& x : out)
    x *= scale;
  return out;
}

}  // namespace

Result<EmbeddingsReply> read_embeddings_reply(std::string_view body, std::size_t count) {
  auto document = json::Document::parse(body);
  if (!document)
    return fail(upstream("the model's answer was cut or is not JSON"));
  const auto root = document->root();
  const auto data = root["data"];
  if (!data.is_array() || data.size() != count)
    return fail(upstream("the model sent " + std::to_string(data.size()) + " vectors for " +
                         std::to_string(count) + " texts"));
  EmbeddingsReply out;
  out.model = root["model"].string_or("");
  out.usage = read_usage(root["usage"]);
  out.vectors.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    auto item = data.at(i);
    auto index = item["index"].integer().value_or(static_cast<std::int64_t>(i));
    if (index < 0 || static_cast<std::size_t>(index) >= count ||
        !out.vectors[static_cast<std::size_t>(index)].empty())
      return fail(upstream("the model's vectors are numbered wrongly"));
    auto vector = vector_of(item["embedding"]);
    if (!vector)
      return fail(std::move(vector.error()));
    out.vectors[static_cast<std::size_t>(index)] = std::move(*vector);
  }
  return out;
}

Result<std::vector<ModerationVerdict>> read_moderations(std::string_view body, std::size_t count) {
  auto document = json::Document::parse(body);
  if (!document)
    return fail(upstream("the moderation's answer was cut or is not JSON"));
  const auto results = document->root()["results"];
  if (!results.is_array() || results.size() != count)
    return fail(upstream("the moderation sent " + std::to_string(results.size()) +
                         " verdicts for " + std::to_string(count) + " texts"));
  std::vector<ModerationVerdict> out;
  for (std::size_t i = 0; i < count; ++i) {
    const auto flagged = results.at(i)["flagged"].boolean();
    if (!flagged)
      return fail(upstream("the moderation sent no verdict"));
    ModerationVerdict verdict;
    verdict.flagged = *flagged;
    results.at(i)["categories"].each_member([&](std::string_view name, json::View value) {
      if (value.boolean().value_or(false))
        verdict.categories.emplace_back(name);
    });
    out.push_back(std::move(verdict));
  }
  return out;
}

}  // namespace jobraker::net::openai
