#include "tools/sandbox/chat_call.hpp"

#include <algorithm>

#include "tools/sandbox/ocr.hpp"
#include "tools/sandbox/shapes.hpp"
#include "tools/sandbox/text.hpp"

namespace jobraker::sandbox {

namespace {

std::uint64_t charged(std::uint64_t prompt_tokens, std::optional<std::int64_t> max_tokens) {
  return std::max(prompt_tokens, static_cast<std::uint64_t>(max_tokens.value_or(0)));
}

OpenAiError unreadable(const Error& error) {
  if (error.code == Errc::unavailable)
    return {400,
            "The sandbox reads pictures with the program tesseract, which is not installed "
            "(Debian: tesseract-ocr, tesseract-ocr-eng).",
            "messages", "image_reader_missing"};
  return {400, "The image could not be read: " + error.detail + ".", "messages",
          "image_parse_error"};
}

}  // namespace

task<std::optional<OpenAiError>> read_pictures(App& app, ChatRequest& request) {
  for (auto& message : request.messages)
    for (auto& image : message.images) {
      auto text =
        co_await read_picture(find_tesseract(app.options.tesseract), std::move(image.bytes));
      if (!text)
        co_return unreadable(text.error());
      message.text += (message.text.empty() ? "" : "\n\n") + *text;
      message.picture_text += (message.picture_text.empty() ? "" : "\n\n") + *text;
    }
  co_return std::nullopt;
}

Admission admit(App& app, const net::Request& request, std::string_view model,
                std::uint64_t prompt_tokens, std::optional<std::int64_t> max_tokens) {
  return app.limits.take(key_of(request), model, charged(prompt_tokens, max_tokens),
                         Limits::Clock::now());
}

OpenAiError over_limit(const Admission& admission, std::string_view model, std::uint64_t tokens) {
  const auto& short_of = admission.by_tokens ? admission.tokens : admission.requests;
  std::string kind = admission.by_tokens ? "tokens" : "requests";
  std::string unit = admission.by_tokens ? "tokens per min (TPM)" : "requests per min (RPM)";
  auto requested = std::to_string(admission.by_tokens ? tokens : 1);
  auto limit = std::to_string(short_of.limit);
  OpenAiError error{429, "", "", "rate_limit_exceeded", kind};
  if (admission.never) {
    error.message = "Request too large for " + std::string{model} + " in organization sandbox on " +
                    unit + ": Limit " + limit + ", Requested " + requested +
                    ". The input or output tokens must be reduced in order to run successfully.";
    return error;
  }
  auto ms = std::max<std::int64_t>(1, admission.wait.count());
  error.message = "Rate limit reached for " + std::string{model} + " in organization sandbox on " +
                  unit + ": Limit " + limit + ", Used " +
                  std::to_string(short_of.limit - short_of.remaining) + ", Requested " + requested +
                  ". Please try again in " + go_duration(std::chrono::milliseconds{ms}) + ".";
  error.headers = {{"retry-after", std::to_string((ms + 999) / 1000)},
                   {"retry-after-ms", std::to_string(ms)}};
  return error;
}

std::function<void(Outcome, std::uint64_t)> settle_into(Served& served, Bill bill) {
  return [&served, bill = std::move(bill)](Outcome outcome, std::uint64_t sent) {
    auto done = bill;
    done.outcome = outcome;
    done.usage.completion = sent;
    served.count(std::move(done));
  };
}

void spoil(std::vector<ChatChoice>& choices, const Mischief& mischief) {
  for (auto& choice : choices) {
    if (mischief.prose && choice.calls.empty())
      choice.content = "Sure! Here is what I think about this. The candidate looks promising "
                       "overall, but I would rather describe it in words than fill in a form.";
    if (mischief.broken_content) {
      choice.content = cut(choice.content, choice.content.size() * 2 / 3);
      for (auto& call : choice.calls)
        call.arguments = cut(call.arguments, call.arguments.size() * 2 / 3);
    }
    if (mischief.unknown_tool && !choice.calls.empty())
      choice.calls.front().name = "transferMoney";
    if (mischief.invented_employer) {
      choice.content = with_invented_employer(std::move(choice.content));
      for (auto& call : choice.calls)
        call.arguments = with_invented_employer(std::move(call.arguments));
    }
    if (mischief.prose || mischief.broken_content || mischief.unknown_tool ||
        mischief.invented_employer)
      count_choice(choice);
  }
}

}  // namespace jobraker::sandbox
