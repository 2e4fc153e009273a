#pragma once

#include <rapidcheck.h>

#include "messages/applications.hpp"
#include "messages/chat.hpp"
#include "messages/jobs.hpp"
#include "messages/make_event.hpp"

/// Events made up at random, for tests.
namespace jobraker::test {

using AllEvents = std::tuple<JobPosted, ProfileUpdated, ApplicationStatusChanged, MatchFound,
                             DigestSent, ChatTurnCompleted, LlmCall>;

/// Runs `visit(E{})` for every event.
template <class Visit>
void each_event(const Visit& visit) {
  std::apply([&](const auto&... event) { (visit(event), ...); }, AllEvents{});
}

template <NamedEnum E>
std::string any_name() {
  return std::string{*rc::gen::elementOf(
    std::vector<std::string_view>(std::begin(enum_names<E>), std::end(enum_names<E>)))};
}

/// Words of any language and length, none of them with a NUL, which JSON from us never has.
inline std::string any_text() {
  auto pieces =
    *rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(std::vector<std::string>{
      "a", "Zoë", " ", "\"", "\\", "\n", "职位", "🦜", "Ingenieur", "/", "{}", "0"}));
  std::string text;
  for (const auto& piece : pieces)
    text += piece;
  return text;
}

inline std::string any_of(std::vector<std::string> words) {
  return *rc::gen::elementOf(std::move(words));
}

/// A string that the server could write into the member of this name.
inline std::string any_string(std::string_view event, std::string_view name) {
  if (name == "source")
    return any_name<SourceKind>();
  if (name == "country")
    return any_of({"", "DE", "FR", "US"});
  if (name == "workplace")
    return any_name<Workplace>();
  if (name == "seniority")
    return any_name<Seniority>();
  if (name == "salary_currency")
    return any_of({"", "EUR", "USD"});
  if (name == "previous" || name == "status")
    return any_name<ApplicationStatus>();
  if (name == "found_by")
    return any_of({"batch", "posting"});
  if (name == "outcome" && event == ChatTurnCompleted::event_type)
    return any_of({"done", "cancelled", "interrupted", "failed"});
  if (name == "outcome")
    return any_of({"ok", "cached", "shared", "cancelled", "rate_limited", "timed_out"});
  if (name == "operation" || name == "provider" || name == "model")
    return any_of({"chat", "embed", "openai", "gpt-x"});
  return any_text();
}

template <class T>
void fill(T& value, std::string_view event, std::string_view name) {
  if constexpr (json::detail::is_optional<T>) {
    value.reset();
    if (*rc::gen::arbitrary<bool>())
      fill(value.emplace(), event, name);
  } else if constexpr (json::detail::is_vector<T>) {
    value.resize(*rc::gen::inRange<std::size_t>(0, 8));
    for (auto& element : value)
      fill(element, event, name);
  } else if constexpr (std::is_same_v<T, bool>) {
    value = *rc::gen::arbitrary<bool>();
  } else if constexpr (std::is_integral_v<T>) {
    value =
      *rc::gen::oneOf(rc::gen::inRange<T>(1, 100), rc::gen::just(std::numeric_limits<T>::max()));
  } else if constexpr (std::is_floating_point_v<T>) {
    value = *rc::gen::inRange(0, 1001) / (name == "score" ? 10.0 : 1000.0);
  } else if constexpr (std::is_same_v<T, std::string>) {
    value = any_string(event, name);
  } else if constexpr (std::is_same_v<T, Time>) {
    value =
      Time{std::chrono::microseconds{*rc::gen::inRange<std::int64_t>(0, 4'000'000'000'000'000)}};
  } else if constexpr (std::is_same_v<T, Uuid>) {
    value = uuid_of(std::to_string(*rc::gen::inRange(0, 1'000'000)));
  } else {
    value = T::of(std::to_string(*rc::gen::inRange(0, 1'000'000)));
  }
}

/// Within a rapidcheck property.
template <class E>
E any_event() {
  E event;
  std::apply([&](const auto&... f) { (fill(event.*f.member, E::event_type, f.name), ...); },
             E::fields());
  return event;
}

}  // namespace jobraker::test
