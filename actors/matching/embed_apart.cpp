#include "actors/matching/embed_apart.hpp"

#include <spdlog/spdlog.h>

#include "actors/llm/gateway.hpp"
#include "actors/matching/core/halving.hpp"

namespace jobraker {
namespace {

/// What the gateway sends in one call anyway.
constexpr std::size_t lot_max = 64;

/// Whether the provider embeds anything at all: a dimension or a model that it does not like is
/// refused like a text, and must not be remembered as one.
task<Done> probe(Services& services, const Context& context, std::optional<UserId> user) {
  // Another text each time, so that no kept answer stands for the provider's.
  std::vector<std::string> harmless{"A nurse is wanted. " + to_rfc3339(now())};
  auto answer = co_await llm::embed_texts(services, context, std::move(harmless), user);
  if (answer)
    co_return Done{};
  auto error = std::move(answer.error());
  if (error.code == Errc::unprocessable)
    error = Error{Errc::upstream_failed, "no text is embedded: " + error.detail, {}, {}};
  co_return fail(std::move(error));
}

}  // namespace

task<Result<std::vector<Embedding>>> embed_apart(Services& services, Context context,
                                                 std::vector<std::string> texts,
                                                 std::optional<UserId> user) {
  std::vector<Embedding> out(texts.size());
  matching::Halving halving{texts.size(), lot_max};
  bool probed = false;
  while (auto lot = halving.next()) {
    std::vector<std::string> asked;
    for (auto i = lot->begin; i < lot->end; ++i)
      asked.push_back(texts[i]);
    auto answer = co_await llm::embed_texts(services, context, std::move(asked), user);
    if (answer) {
      std::move(answer->begin(), answer->end(),
                out.begin() + static_cast<std::ptrdiff_t>(lot->begin));
      halving.taken();
      continue;
    }
    if (answer.error().code != Errc::unprocessable)
      co_return fail(std::move(answer.error()));
    if (!std::exchange(probed, true))
      if (auto good = co_await probe(services, context, user); !good)
        co_return fail(std::move(good.error()));
    if (halving.refused())
      spdlog::warn("event=embedding.text_refused bytes={} why=\"{}\"", texts[lot->begin].size(),
                   answer.error().detail);
  }
  co_return out;
}

}  // namespace jobraker
