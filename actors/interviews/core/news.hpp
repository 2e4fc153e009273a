#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "messages/interviews.hpp"

/// What people are told of an interview.
namespace jobraker::interviews {

/// What has happened to an interview. `none`: nothing that the other side needs to know.
enum class News : std::uint8_t { none, booked, moved, cancelled, done, place };

/// What a change was.
News news_of(const Interview& before, const Interview& after);

/// A notification's words.
struct Words {
  std::string title{};
  std::string text{};
};

/// Says it, with times in `zone`. `before` counts for what was moved.
Words words_for(News news, const Interview& before, const Interview& after, std::string_view zone);

}  // namespace jobraker::interviews
