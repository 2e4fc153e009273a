#include "storage/params.hpp"

#include <charconv>

#include "storage/half.hpp"

namespace jobraker::storage {
namespace {

void append_u16(std::string& out, std::uint16_t value) {
  out.push_back(static_cast<char>(value >> 8));
  out.push_back(static_cast<char>(value & 0xFF));
}

}  // namespace

void Params::add_null() { items_.push_back({buffer_.size(), 0, true, false}); }

void Params::add_text(std::string_view text) {
  has_nul_ = has_nul_ || text.find('\0') != std::string_view::npos;
  items_.push_back({buffer_.size(), static_cast<int>(text.size()), false, false});
  buffer_.append(text).push_back('\0');
}

void Params::add_bytes(const Bytes& bytes) {
  items_.push_back({buffer_.size(), static_cast<int>(bytes.data.size()), false, true});
  buffer_.append(bytes.data).push_back('\0');
}

void Params::add_embedding(const Embedding& embedding) {
  if (embedding.empty())
    return add_null();
  // halfvec_recv: dimensions, a zero, then the elements, all in network order. `$n::halfvec` tells
  // the server the type, so that its OID, which differs per database, need not be known.
  items_.push_back({buffer_.size(), static_cast<int>(4 + 2 * embedding.size()), false, true});
  buffer_.reserve(buffer_.size() + 5 + 2 * embedding.size());
  append_u16(buffer_, static_cast<std::uint16_t>(embedding.size()));
  append_u16(buffer_, 0);
  for (float element : embedding)
    append_u16(buffer_, to_half(element));
  buffer_.push_back('\0');
}

void Params::append_element(std::string& list, std::string_view text) {
  // Room for the worst case first: a check for room at every character costs more than the rest.
  auto size = list.size();
  list.resize(size + 2 * text.size() + 2);
  auto* out = list.data() + size;
  *out++ = '"';
  for (char c : text) {
    if (c == '"' || c == '\\')
      *out++ = '\\';
    *out++ = c;
  }
  *out++ = '"';
  list.resize(static_cast<std::size_t>(out - list.data()));
}

std::string Params::text_of(double value) {
  char text[32];
  auto [end, error] = std::to_chars(text, text + sizeof text, value);
  return {text, end};
}

std::string array_literal(const std::vector<std::string>& list) {
  Params params{list};
  return {params.data(), static_cast<std::size_t>(params.items().front().length)};
}

}  // namespace jobraker::storage
