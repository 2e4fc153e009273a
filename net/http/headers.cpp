#include "net/http/headers.hpp"

#include <algorithm>

namespace jobraker::net {

Headers::Headers(std::initializer_list<std::pair<std::string_view, std::string_view>> fields) {
  for (const auto& [name, value] : fields)
    add(name, value);
}

bool Headers::add(std::string_view name, std::string_view value) {
  if (name.empty() || !std::all_of(name.begin(), name.end(), is_token_char) ||
      value.find_first_of(std::string_view{"\r\n\0", 3}) != std::string_view::npos)
    return false;
  Field field;
  field.name = static_cast<std::uint32_t>(text_.size());
  field.name_size = static_cast<std::uint32_t>(name.size());
  text_.append(name);
  field.value = static_cast<std::uint32_t>(text_.size());
  field.value_size = static_cast<std::uint32_t>(value.size());
  text_.append(value);
  fields_.push_back(field);
  return true;
}

bool Headers::set(std::string_view name, std::string_view value) {
  // The views may point into this object: a copy keeps them whole while it changes.
  const std::string kept_name{name};
  const std::string kept_value{value};
  remove(kept_name);
  return add(kept_name, kept_value);
}

void Headers::remove(std::string_view name) {
  for (std::size_t i = fields_.size(); i-- > 0;) {
    if (same_token(name_at(i), name))
      fields_.erase(fields_.begin() + static_cast<std::ptrdiff_t>(i));
  }
}

void Headers::clear() noexcept {
  text_.clear();
  fields_.clear();
}

std::optional<std::string_view> Headers::get(std::string_view name) const noexcept {
  for (std::size_t i = 0; i < fields_.size(); ++i) {
    if (fields_[i].name_size == name.size() && same_token(name_at(i), name))
      return value_at(i);
  }
  return std::nullopt;
}

std::string_view Headers::value(std::string_view name) const noexcept {
  return get(name).value_or(std::string_view{});
}

std::optional<std::string> Headers::combined(std::string_view name) const {
  std::optional<std::string> all;
  for (std::size_t i = 0; i < fields_.size(); ++i) {
    if (!same_token(name_at(i), name))
      continue;
    if (all)
      all->append(", ").append(value_at(i));
    else
      all.emplace(value_at(i));
  }
  return all;
}

std::string_view Headers::name_at(std::size_t index) const noexcept {
  const auto& field = fields_[index];
  return std::string_view{text_}.substr(field.name, field.name_size);
}

std::string_view Headers::value_at(std::size_t index) const noexcept {
  const auto& field = fields_[index];
  return std::string_view{text_}.substr(field.value, field.value_size);
}

}  // namespace jobraker::net
