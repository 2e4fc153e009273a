#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "tools/sandbox/app.hpp"
#include "tools/sandbox/openai_answer.hpp"

/// What OpenAI's and Anthropic's chat have in common once a request is read.
namespace jobraker::sandbox {

/// Reads the pictures of the users' messages; their words then stand in the text as if typed. The
/// error says why a picture could not be read.
task<std::optional<OpenAiError>> read_pictures(App& app, ChatRequest& request);

/// Takes a call from the limits of its key and model: what it will be counted as is its prompt, or
/// `max_tokens` when that is more (OpenAI's rule).
Admission admit(App& app, const net::Request& request, std::string_view model,
                std::uint64_t prompt_tokens, std::optional<std::int64_t> max_tokens = {});

/// The 429 of a call that was not admitted, with `retry-after` and `retry-after-ms` when waiting
/// helps.
OpenAiError over_limit(const Admission& admission, std::string_view model, std::uint64_t tokens);

/// How a stream is counted when it has ended: as `bill`, with the tokens that were sent.
std::function<void(Outcome, std::uint64_t)> settle_into(Served& served, Bill bill);

/// Does to the choices what faults order.
void spoil(std::vector<ChatChoice>& choices, const Mischief& mischief);

}  // namespace jobraker::sandbox
